import fc from 'fast-check';
import { serverAudits } from 'graphql-http';
import { chooseAnswerType } from '../../src/api/answer-type.ts';
import { type Data, mutation, startTestApp } from '../support/app.ts';

const app = await startTestApp();
await mutation(app)('createProject', { key: 'http', name: 'HTTP' });

const JSON_TYPE = 'application/json';
const RESPONSE_TYPE = 'application/graphql-response+json';
const VIEWER = '{ viewer { actor { identity } } }';

interface Told {
  readonly status: number;
  readonly type: string | null;
  readonly body: Data;
}

async function told(response: Response): Promise<Told> {
  return { status: response.status, type: response.headers.get('content-type'), body: await response.json() };
}

const post = async (body: unknown, headers: Record<string, string> = {}) =>
  told(
    await fetch(app.url, {
      method: 'POST',
      headers: { 'content-type': JSON_TYPE, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );
const get = async (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
  told(await fetch(`${app.url}?${new URLSearchParams(parameters)}`, { headers }));

describe('GraphQL over HTTP', () => {
  test('passes the public audit whole, warnings and notices included', async () => {
    const audits = serverAudits({ url: () => app.url, fetchFn: fetch });
    const results = await Promise.all(audits.map((audit) => audit.fn()));
    expect(results.filter(({ status }) => status !== 'ok').map(({ name }) => name)).toEqual([]);
    expect(results).toHaveLength(61);
  });

  test.each([
    ['no header at all', {}],
    ['an Accept header alone', { accept: `${RESPONSE_TYPE}, ${JSON_TYPE}` }],
    ['the headers of a page of this server', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }],
    ['what the address bar sends', { 'sec-fetch-site': 'none', accept: 'text/html,*/*;q=0.8' }],
  ])('answers a GET with %s', async (_, headers) => {
    expect(await get({ query: VIEWER }, headers as Record<string, string>)).toMatchObject({
      status: 200,
      body: { data: { viewer: { actor: { identity: 'local' } } } },
    });
  });

  test.each(['cross-site', 'same-site'])('refuses a GET that a page makes its browser send: %s', async (site) => {
    expect(await get({ query: VIEWER }, { 'sec-fetch-site': site })).toMatchObject({
      status: 403,
      body: { errors: [{ extensions: { code: 'FORBIDDEN' } }] },
    });
  });

  test('carries out no mutation by GET', async () => {
    const query = 'mutation { createProject(input: { key: "by-get", name: "G" }) { project { id } } }';
    expect(await get({ query })).toMatchObject({ status: 405 });
    expect(await app.get('{ project(key: "by-get") { id } }')).toBeNull();
  });

  test('refuses batches, forms and foreign pages', async () => {
    expect((await post(`[{"query":"${VIEWER}"}]`)).status).toBe(400);
    expect((await post(`query=${VIEWER}`, { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(415);
    expect((await post({ query: VIEWER }, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post({ query: VIEWER }, { origin: 'https://evil.example.com' })).status).toBe(403);
  });

  test('takes an empty operationName for none', async () => {
    expect(await get({ query: VIEWER, operationName: '' })).toMatchObject({ body: { data: {} } });
    expect(await post({ query: VIEWER, operationName: '' })).toMatchObject({ body: { data: {} } });
  });
});

describe('the status of a request error', () => {
  const FAULTS: readonly object[] = [
    { query: '{ viewer' },
    { query: '{ nothing }' },
    { query: `query A ${VIEWER} query B ${VIEWER}` },
    { query: 'query($key: String!) { project(key: $key) { id } }' },
    { query: 'subscription { changes(projectKey: "http") { id } }' },
  ];

  test.each([
    ['200 under application/json', JSON_TYPE, 200, JSON_TYPE],
    ['200 when any type will do', '*/*', 200, JSON_TYPE],
    ['400 under application/graphql-response+json', RESPONSE_TYPE, 400, RESPONSE_TYPE],
    ['400 when that one is named before JSON', `${RESPONSE_TYPE}, ${JSON_TYPE}`, 400, RESPONSE_TYPE],
    ['200 when it is named behind JSON', `${JSON_TYPE}, ${RESPONSE_TYPE}`, 200, JSON_TYPE],
    ['400 when JSON is liked less', `${JSON_TYPE};q=0.9, ${RESPONSE_TYPE}; charset=utf-8`, 400, RESPONSE_TYPE],
  ])('is %s', async (_, accept, status, type) => {
    for (const body of FAULTS) {
      expect(await post(body, { accept })).toMatchObject({
        status,
        type: `${type}; charset=utf-8`,
        body: { errors: [expect.anything()] },
      });
    }
    expect(await post({ query: VIEWER }, { accept })).toMatchObject({ status: 200, type: `${type}; charset=utf-8` });
    expect(await post({ query: '{ project(key: "http", asOf: { position: 9 }) { id } }' }, { accept })).toMatchObject({
      status: 200,
      body: { data: { project: null }, errors: [expect.anything()] },
    });
    expect(await post({ qeury: VIEWER }, { accept })).toMatchObject({ status: 400, type: `${type}; charset=utf-8` });
    expect(await post('{', { accept })).toMatchObject({ status: 400, type: `${type}; charset=utf-8` });
  });

  test('is 406 where no type is acceptable, before anything is carried out', async () => {
    const query = 'mutation { createProject(input: { key: "unread", name: "U" }) { project { id } } }';
    expect(await post({ query }, { accept: 'text/html' })).toEqual({
      status: 406,
      type: expect.stringContaining(JSON_TYPE),
      body: {
        errors: [{ message: expect.stringContaining(RESPONSE_TYPE), extensions: { code: 'NOT_ACCEPTABLE' } }],
      },
    });
    expect(await app.get('{ project(key: "unread") { id } }')).toBeNull();
  });
});

test.each(['GET', 'POST'])('server-sent events asked for by %s are told which protocol is spoken', async (method) => {
  const query = 'subscription { changes(projectKey: "http") { id } }';
  const headers = { accept: 'text/event-stream' };
  expect(await (method === 'GET' ? get({ query }, headers) : post({ query }, headers))).toMatchObject({
    status: 406,
    body: { errors: [{ message: expect.stringMatching(/WebSocket \(graphql-transport-ws\), not as server-sent/) }] },
  });
});

describe('the media type of an answer', () => {
  const quality = fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10);

  test('is the one with the higher quality, in whatever order', () => {
    fc.assert(
      fc.property(quality, quality, fc.boolean(), (json, response, isJsonFirst) => {
        const ranges = [`${JSON_TYPE};q=${json}`, `${RESPONSE_TYPE}; q=${response}`];
        const chosen = chooseAnswerType((isJsonFirst ? ranges : ranges.reverse()).join(','));
        const expected =
          json === response ? (isJsonFirst ? JSON_TYPE : RESPONSE_TYPE) : json > response ? JSON_TYPE : RESPONSE_TYPE;
        expect(chosen).toBe(Math.max(json, response) === 0 ? undefined : expected);
      }),
    );
  });

  test.each<[string | undefined, string | undefined]>([
    [undefined, JSON_TYPE],
    ['', JSON_TYPE],
    ['*/*', JSON_TYPE],
    ['application/*', JSON_TYPE],
    ['Application/GraphQL-Response+JSON', RESPONSE_TYPE],
    [`*/*, ${RESPONSE_TYPE}`, RESPONSE_TYPE],
    [`${JSON_TYPE};q=0, */*`, RESPONSE_TYPE],
    [`${RESPONSE_TYPE};q=0.5, */*;q=0.9`, JSON_TYPE],
    ['text/html, image/*', undefined],
    ['*/*;q=0', undefined],
    [`${JSON_TYPE};q=nonsense`, undefined],
    [',', undefined],
  ])('for %j is %s', (accept, type) => {
    expect(chooseAnswerType(accept)).toBe(type);
  });
});
