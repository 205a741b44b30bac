import { startTestApp, type TestApp } from '../support/app.ts';
import { GraphqlSocket } from '../support/graphql-socket.ts';
import { ISSUER, KeyFileIssuer } from '../support/key-file-issuer.ts';

let issuer: KeyFileIssuer;
let app: TestApp;
let admin: Record<string, string>;

beforeAll(async () => {
  issuer = await KeyFileIssuer.create();
  admin = await issuer.headers('admin');
  app = await startTestApp({
    ...issuer.env,
    OIDC_CLOCK_TOLERANCE_SECONDS: '0',
    SOCKETS_PER_IDENTITY: '3',
    SUBSCRIPTIONS_PER_IDENTITY: '2',
  });
  await app.get(
    'mutation { createProject(input: { key: "crm", name: "CRM" }) { userErrors { message } } }',
    {},
    { headers: admin },
  );
});

afterAll(() => issuer.remove());

/** A socket that says in its first message who it is. */
async function opened(authorization: unknown, headers: Record<string, string> = {}): Promise<GraphqlSocket> {
  const socket = new GraphqlSocket(app, { protocol: 'graphql-transport-ws', headers });
  await socket.opened();
  socket.send({ type: 'connection_init', payload: { authorization } });
  return socket;
}

async function acknowledged(headers: Record<string, string>): Promise<GraphqlSocket> {
  const socket = await opened(headers.authorization);
  await socket.next(({ type }) => type === 'connection_ack');
  return socket;
}

/** One that is let in, as soon as the server has seen that another has gone. */
async function acknowledgedInTheEnd(headers: Record<string, string>): Promise<GraphqlSocket> {
  for (let tries = 0; tries < 200; tries += 1) {
    const socket = await opened(headers.authorization);
    const code = await Promise.race([
      socket.next(({ type }) => type === 'connection_ack').then(() => undefined),
      socket.closed.then(([closed]) => closed),
    ]);
    if (code === undefined) return socket;
    expect(code).toBe(4429);
  }
  throw new Error('it was never let in');
}

const WHO = '{ viewer { actor { identity } } }';
const FOLLOW = 'subscription { changes(projectKey: "crm", afterPosition: 0) { type } }';

async function grant(kind: string, identity: string, role: string): Promise<void> {
  const text = `mutation($kind: PrincipalKind!, $identity: String!, $role: Role!) {
    grantAccess(input: { projectKey: "crm", kind: $kind, identity: $identity, role: $role }) { userErrors { message } }
  }`;
  expect(await app.get(text, { kind, identity, role }, { headers: admin })).toEqual({ userErrors: [] });
}

async function revoke(kind: string, identity: string): Promise<void> {
  const text = `mutation($kind: PrincipalKind!, $identity: String!) {
    revokeAccess(input: { projectKey: "crm", kind: $kind, identity: $identity }) { userErrors { message } }
  }`;
  expect(await app.get(text, { kind, identity }, { headers: admin })).toEqual({ userErrors: [] });
}

describe('who is connected', () => {
  test('is whom the payload of the first message names, before the header', async () => {
    const [ada, bob] = [await issuer.headers('ada'), await issuer.headers('bob')];
    const both = await opened(ada.authorization, bob);
    await both.next(({ type }) => type === 'connection_ack');
    expect((await both.ask('1', WHO)).data.viewer.actor.identity).toBe(`oidc:${ISSUER}#ada`);
    const header = await GraphqlSocket.open(app, bob);
    expect((await header.ask('1', WHO)).data.viewer.actor.identity).toBe(`oidc:${ISSUER}#bob`);
    for (const socket of [both, header]) socket.close();
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a token that nobody issued', 'Bearer plt_no'],
    ['no text', 7],
    ['a text of a mebibyte', `Bearer ${'a'.repeat(1024 * 1024)}`],
  ])('is nobody who brings %s', async (_, authorization) => {
    const socket = await opened(authorization);
    expect(await socket.closed).toEqual([4403, 'Forbidden']);
  });

  test('a bad credential in the payload is not mended by a good header', async () => {
    const socket = await opened('Bearer plt_no', admin);
    expect((await socket.closed)[0]).toBe(4403);
  });
});

describe('a connection ends', () => {
  test('when its credential does', async () => {
    const exp = Math.floor(Date.now() / 1_000) + 2;
    const socket = await acknowledged(await issuer.headers('short', { exp }));
    expect(await socket.closed).toEqual([4403, 'the credential has ended']);
  });

  test('when its token is revoked', async () => {
    const issued = await app.get(
      'mutation { issueToken(input: { projectKey: "crm", name: "t", role: VIEWER }) { secret token { id } } }',
      {},
      { headers: admin },
    );
    const socket = await acknowledged({ authorization: `Bearer ${issued.secret}` });
    socket.subscribe('1', FOLLOW);
    await socket.next(({ type }) => type === 'next');
    await app.get(
      'mutation($id: ID!) { revokeToken(input: { id: $id }) { userErrors { code } } }',
      { id: issued.token.id },
      { headers: admin },
    );
    expect((await socket.closed)[0]).toBe(4403);
  });

  test('when a project that it follows may not be read any more, but not while another grant lets it', async () => {
    const eve = `${ISSUER}#eve`;
    await grant('USER', eve, 'EDITOR');
    await grant('GROUP', 'readers', 'VIEWER');
    const socket = await acknowledged(await issuer.headers('eve', { groups: ['readers'] }));
    socket.subscribe('1', FOLLOW);
    await socket.next(({ type }) => type === 'next');
    await revoke('USER', eve);
    expect((await socket.ask('2', '{ project(key: "crm") { key } }')).data.project).toEqual({ key: 'crm' });
    await revoke('GROUP', 'readers');
    expect(await socket.closed).toEqual([4403, 'a project that is followed may not be read any more']);
  });
});

describe('an identity has at most so many', () => {
  test('connections, however many it opens at once', async () => {
    const headers = await issuer.headers('many');
    const sockets = await Promise.all(Array.from({ length: 6 }, () => opened(headers.authorization)));
    const first = await Promise.all(
      sockets.map((socket) =>
        Promise.race([socket.next(({ type }) => type === 'connection_ack').then(() => 'in'), socket.closed]),
      ),
    );
    const out = first.filter((each) => each !== 'in');
    expect(out).toHaveLength(3);
    expect(out[0]).toEqual([4429, 'TOO_MANY_REQUESTS: an identity has at most 3 connections']);
    const mine = sockets.filter((_, index) => first[index] === 'in');
    mine[0]?.close();
    await mine[0]?.closed;
    const again = await acknowledgedInTheEnd(headers);
    for (const socket of [...mine, again]) socket.close();
    await Promise.all([...mine, again].map(({ closed }) => closed));
  });

  test('subscriptions over all its connections', async () => {
    await grant('USER', `${ISSUER}#sub`, 'VIEWER');
    const headers = await issuer.headers('sub');
    const [one, two] = [await acknowledged(headers), await acknowledged(headers)];
    one.subscribe('a', FOLLOW);
    two.subscribe('b', FOLLOW);
    await Promise.all([one, two].map((socket) => socket.next(({ type }) => type === 'next')));
    const refused = await two.ask('c', FOLLOW);
    expect(refused.errors[0].extensions).toEqual({ code: 'TOO_MANY_REQUESTS', retryAfterMs: 0 });
    one.close();
    await one.closed;
    let outcome = 'refused';
    for (let tries = 200; tries > 0 && outcome === 'refused'; tries -= 1) {
      two.subscribe(`d${tries}`, FOLLOW);
      const { type } = await two.next(({ id }) => id === `d${tries}`);
      outcome = type === 'next' ? 'followed' : 'refused';
    }
    expect(outcome).toBe('followed');
    two.close();
  });
});
