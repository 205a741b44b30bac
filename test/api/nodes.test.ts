import { randomBytes } from 'node:crypto';
import { newApiToken } from '../../src/access/api-token.ts';
import { errorsOf, mutation, startTestApp } from '../support/app.ts';
import { GraphqlSocket } from '../support/graphql-socket.ts';
import { ISSUER, KeyFileIssuer } from '../support/key-file-issuer.ts';
import { findMongo } from '../support/mongo.ts';

const mongo = await findMongo();
const url = 'skipped' in mongo ? undefined : mongo.url;
const [group, name] =
  'skipped' in mongo
    ? [describe.skip, `two nodes on one MongoDB (skipped: ${mongo.skipped})`]
    : [describe, `two nodes on ${mongo.kind}`];
afterAll(() => ('skipped' in mongo ? undefined : mongo.stop()));

group(name as string, () => {
  const keys = `k1:${randomBytes(32).toString('base64')}`;
  const env = { MONGODB_URL: url ?? '', SECRETS_KEYS: keys };
  const proxy = { type: 'HTTP', host: 'h', port: 1 };
  const start = async () => {
    const apps = [await startTestApp(env), await startTestApp(env)] as const;
    return [apps[0], apps[1], mutation(apps[0]), mutation(apps[1])] as const;
  };
  let count = 0;
  const fresh = () => {
    count += 1;
    return `project-${count}`;
  };

  test('see each other, win a name once, and free it for each other at once', async () => {
    const [one, two, first, second] = await start();
    const projectKey = fresh();
    await first('createProject', { key: projectKey, name: 'Shared' });
    const created = await first('createProxyConnection', { projectKey, name: 'P', ...proxy, idempotencyKey: 'i' });
    const seen = await two.get(
      'query($key: String!, $at: Int) { project(key: $key, atLeastPosition: $at) { position proxyConnections { nodes { name } } } }',
      { key: projectKey, at: 2 },
    );
    expect(seen).toEqual({ position: 2, proxyConnections: { nodes: [{ name: 'P' }] } });
    expect(await second('createProxyConnection', { projectKey, name: 'P', ...proxy, idempotencyKey: 'i' })).toEqual(
      created,
    );
    expect(errorsOf(await second('createProject', { key: projectKey, name: 'again' }))).toEqual([
      'NAME_TAKEN input.key',
    ]);

    for (let round = 0; round < 10; round += 1) {
      const race = await Promise.all(
        [first, second, first, second].map((send) =>
          send('createProxyConnection', { projectKey, name: `race ${round}`, ...proxy }),
        ),
      );
      expect(race.filter(({ commit }) => commit !== null)).toHaveLength(1);
      expect(race.flatMap(errorsOf)).toEqual(Array(3).fill('NAME_TAKEN input.name'));
    }
    let holder = created.proxyConnection.id;
    for (let round = 0; round < 10; round += 1) {
      const [deleting, taking] = round % 2 ? [first, second] : [second, first];
      expect((await deleting('deleteProxyConnection', { id: holder })).userErrors).toEqual([]);
      const taken = await taking('createProxyConnection', { projectKey, name: 'p', ...proxy });
      expect(errorsOf(taken)).toEqual([]);
      holder = taken.proxyConnection.id;
    }
    const state =
      'query($key: String!, $at: Int!) { project(key: $key, asOf: { position: $at }) { proxyConnections(filter: { state: ANY }) { nodes { id name version } } history(first: 100) { nodes { id commit { hash } } } } }';
    for (const at of [1, 5, 20, 30]) {
      expect(await one.get(state, { key: projectKey, at })).toEqual(await two.get(state, { key: projectKey, at }));
    }
  }, 60_000);

  test('wait for a position in vain no longer than they say', async () => {
    const [one, , first] = await start();
    const projectKey = fresh();
    await first('createProject', { key: projectKey, name: 'Short' });
    const { errors } = await one.ask('query($key: String!) { project(key: $key, atLeastPosition: 9) { id } }', {
      key: projectKey,
    });
    expect(errors?.[0]?.extensions).toEqual({ code: 'POSITION_NOT_REACHED', position: 1 });
  }, 60_000);

  test('one that has other keys is not ready, says which it lacks, and stores no secret', async () => {
    const [, , first] = await start();
    const projectKey = fresh();
    await first('createProject', { key: projectKey, name: 'Keys' });
    const stranger = await startTestApp({ ...env, SECRETS_KEYS: `k2:${randomBytes(32).toString('base64')}` });
    const ready = await fetch(stranger.url.replace('/graphql', '/health/ready'));
    expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('k1')]);
    const { errors } = await stranger.ask(
      'mutation($input: CreateProxyConnectionInput!) { createProxyConnection(input: $input) { commit { position } } }',
      { input: { projectKey, name: 'S', ...proxy, authType: 'BASIC', user: 'u', password: 'p' } },
    );
    expect(errors?.[0]?.extensions.code).toBe('STORE_UNAVAILABLE');
  }, 60_000);

  test('let in who was let in on the other one, list to them what they may read, and turn them away again', async () => {
    const issue = `mutation($input: IssueTokenInput!) {
      issueToken(input: $input) { secret token { id } userErrors { message } }
    }`;
    const [one] = await start();
    const projectKey = fresh();
    for (const key of [projectKey, fresh()]) await mutation(one)('createProject', { key, name: key });
    const { secret: root } = await one.get(issue, { input: { name: 'root' } });
    const [first, second] = [
      await startTestApp({ ...env, AUTH: 'required' }),
      await startTestApp({ ...env, AUTH: 'required' }),
    ];
    const as = (secret: string) => ({ headers: { authorization: `Bearer ${secret}` } });
    const list = async (secret: string) => {
      const { status, data } = await second.ask('{ projects { totalCount nodes { key } } }', {}, as(secret));
      return status === 200 ? data.projects : status;
    };
    // Of another token of the project: what the node knows of the project is from before the one that counts.
    expect(await list(newApiToken(projectKey).text)).toBe(401);
    const { secret, token } = await first.get(issue, { input: { projectKey, name: 'ci', role: 'VIEWER' } }, as(root));
    const until = async (isSo: (listed: unknown) => boolean) => {
      let listed = await list(secret);
      for (let turn = 0; turn < 200 && !isSo(listed); turn += 1) {
        await new Promise((resolve) => setTimeout(resolve, 25));
        listed = await list(secret);
      }
      return listed;
    };
    expect(await until((listed) => listed !== 401)).toEqual({ totalCount: 1, nodes: [{ key: projectKey }] });
    const revoke = 'mutation($id: ID!) { revokeToken(input: { id: $id }) { userErrors { message } } }';
    expect(await first.get(revoke, { id: token.id }, as(root))).toEqual({ userErrors: [] });
    expect(await until((listed) => listed === 401)).toBe(401);
  }, 60_000);

  test('end the connections of those whose token or grant was revoked on the other one', async () => {
    const issuer = await KeyFileIssuer.create();
    const identified = { ...env, ...issuer.env };
    const [first, second] = [await startTestApp(identified), await startTestApp(identified)];
    const admin = { headers: await issuer.headers('admin') };
    const projectKey = fresh();
    await mutation(first)('createProject', { key: projectKey, name: 'Followed' }, admin);
    const eve = { projectKey, kind: 'USER', identity: `${ISSUER}#eve` };
    const granted = 'mutation($input: GrantAccessInput!) { grantAccess(input: $input) { userErrors { code } } }';
    await first.get(granted, { input: { ...eve, role: 'VIEWER' } }, admin);
    const { secret, token } = await first.get(
      'mutation($input: IssueTokenInput!) { issueToken(input: $input) { secret token { id } } }',
      { input: { projectKey, name: 'ci', role: 'VIEWER' } },
      admin,
    );
    // What a node lists may be late to show.
    const query = 'query($key: String!) { project(key: $key, atLeastPosition: 3) { position } }';
    const follow = async (headers: Record<string, string>) => {
      await second.get(query, { key: projectKey }, { headers });
      const socket = await GraphqlSocket.open(second, {}, headers);
      socket.subscribe('1', `subscription { changes(projectKey: "${projectKey}", afterPosition: 0) { type } }`);
      await socket.next(({ type }) => type === 'next');
      return socket;
    };
    const [ofToken, ofEve] = [
      await follow({ authorization: `Bearer ${secret}` }),
      await follow(await issuer.headers('eve')),
    ];
    const revokeToken = 'mutation($input: RevokeTokenInput!) { revokeToken(input: $input) { userErrors { code } } }';
    const revokeAccess = 'mutation($input: RevokeAccessInput!) { revokeAccess(input: $input) { userErrors { code } } }';
    expect(await first.get(revokeToken, { input: { id: token.id } }, admin)).toEqual({ userErrors: [] });
    expect(await first.get(revokeAccess, { input: eve }, admin)).toEqual({ userErrors: [] });
    expect(await ofToken.closed).toEqual([4403, 'the credential has ended']);
    expect(await ofEve.closed).toEqual([4403, 'a project that is followed may not be read any more']);
    issuer.remove();
  }, 60_000);
});
