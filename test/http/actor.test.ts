import { readActor } from '../../src/http/actor.ts';
import { json, post, startServer, type TestServer } from './support.ts';

/** As Node hands over the bytes of a header. */
const header = (text: string | Uint8Array) => Buffer.from(text as string).toString('latin1');

const named = (name: string, id = `x-actor:${name}`) => ({
  ok: true,
  actor: { kind: 'USER', id, name, auth: 'header' },
});

describe('the actor', () => {
  test('is local when nobody is named', () => {
    expect(readActor({})).toEqual({ ok: true, actor: { kind: 'USER', id: 'local', name: 'local', auth: 'none' } });
  });

  test.each([
    'ada',
    'local',
    'Ada Lovelace',
    'Zoë Müller',
    '山田 太郎',
    'מרים',
    '🦊',
    'a, b',
    "o'brien$",
    'x'.repeat(200),
    '🦊'.repeat(200),
  ])('is whom X-Actor names: %s', (name) => {
    expect(readActor({ 'x-actor': [header(name)] })).toEqual(named(name));
  });

  test('has its name trimmed', () => {
    expect(readActor({ 'x-actor': [header('\u00a0 ada\u3000')] })).toEqual(named('ada'));
  });

  test('may be named in Latin-1, where that is no UTF-8', () => {
    expect(readActor({ 'x-actor': [header(Buffer.from('Zo\u00eb', 'latin1'))] })).toEqual(named('Zo\u00eb'));
  });

  test('has one id, however its name is composed', () => {
    expect(readActor({ 'x-actor': [header('Zoe\u0308')] })).toEqual(named('Zoe\u0308', 'x-actor:Zo\u00eb'));
  });

  test.each([
    ['an empty name', '', 'has 0'],
    ['white space', ' \u2003 ', 'has 0'],
    ['201 characters', 'x'.repeat(201), 'has 201'],
    ['a control character', 'a\u0007b', 'visible'],
    ['a tab', 'a\tb', 'visible'],
    ['a C1 control character', 'a\u0085b', 'visible'],
    ['a right-to-left override', 'nimda\u202e', 'visible'],
    ['an isolate', '\u2066ada\u2069', 'visible'],
    ['a left-to-right mark', 'ada\u200e', 'visible'],
    ['a space of no width', 'a\u200bda', 'visible'],
    ['a soft hyphen', 'a\u00adda', 'visible'],
    ['a line separator', 'a\u2028da', 'visible'],
    ['a filler', 'ada\u3164', 'visible'],
    ['a blank pattern', 'ada\u2800', 'visible'],
    ['a tag', 'ada\u{e0061}', 'visible'],
    ['a private-use character', 'ada\ue000', 'visible'],
    ['a noncharacter', 'ada\uffff', 'visible'],
    ['an encoded surrogate', Buffer.from([0xed, 0xa0, 0x80]), 'visible'],
    ['a cut sequence', Buffer.from([0x61, 0xe2, 0x82]), 'visible'],
  ])('is not named by %s', (_what, text, word) => {
    expect(readActor({ 'x-actor': [header(text)] })).toEqual({ ok: false, fault: expect.stringContaining(word) });
  });

  test('is named once', () => {
    expect(readActor({ 'x-actor': ['ada', 'ada'] })).toEqual({ ok: false, fault: 'X-Actor must be given once.' });
  });
});

describe('over HTTP', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.server.close());

  test('a GraphQL request has its actor', async () => {
    const answer = await server.send(post({}, { 'x-actor': header('Zoë 🦊') }));
    expect(json(answer)).toMatchObject({ data: { actor: { id: 'x-actor:Zoë 🦊', auth: 'header' } } });
    expect(json(await server.send(post({})))).toMatchObject({ data: { actor: { id: 'local' } } });
  });

  test.each([[['ada', 'eve']], [['']], [[header('\u202eada')]]])(
    'a header that names nobody is a clear error: %j',
    async (values) => {
      const answer = await server.send(post({}, { 'x-actor': values }));
      expect(answer.status).toBe(400);
      expect(json(answer)).toEqual({
        errors: [{ message: expect.stringMatching(/^X-Actor must/), extensions: { code: 'BAD_USER_INPUT' } }],
      });
    },
  );
});
