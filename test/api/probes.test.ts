import { errorsOf, mutation, startTestApp } from '../support/app.ts';
import { createAuthority } from '../support/certificates.ts';
import { describeWith } from '../support/programs.ts';
import { besidesQuestions, SQUID, startProxyChain, startSquid } from '../support/proxies.ts';
import { startTarget } from '../support/targets.ts';

const CANARY = 'c%41@n:a$r!y ü-secret';
const authority = await createAuthority();
const app = await startTestApp({ PROBES_PER_ACTOR_PER_MINUTE: '20' });
const send = mutation(app);
const proxy = await startProxyChain({ credentials: { user: 'svc', password: CANARY } });
const target = await startTarget();
const secure = await startTarget({ tls: await authority.issue() });
afterAll(() => Promise.all([proxy.stop(), target.stop(), secure.stop()]));

await send('createProject', { key: 'probes', name: 'P' });
for (const [key, value] of [
  ['host', '127.0.0.1'],
  ['port', String(proxy.port)],
]) {
  await send('setConfigParameter', {
    projectKey: 'probes',
    key: `corp.${key}`,
    values: [{ environment: 'dev', value }],
  });
}
const saved = (
  await send('createProxyConnection', {
    projectKey: 'probes',
    name: 'Corporate',
    type: 'HTTP',
    host: '${corp.host}',
    port: '${corp.port}',
    authType: 'BASIC',
    user: 'svc',
    password: CANARY,
  })
).proxyConnection.id as string;
const draft = { type: 'HTTP', host: '127.0.0.1', port: proxy.port, authType: 'BASIC', user: 'svc' };
const probe = (input: object, actor = 'tester') =>
  send('testProxy', { projectKey: 'probes', targetUrl: target.url.href, ...input }, { actor });

describe('testing a saved proxy', () => {
  test('goes through it, as its own record and the target say, and is recorded', async () => {
    const before = target.record().length;
    const passed = (await proxy.record()).length;
    const { test: result, commit, userErrors } = await probe({ proxyConnectionId: saved });
    expect(userErrors).toEqual([]);
    expect(result).toMatchObject({
      success: true,
      failure: null,
      targetStatus: 200,
      environment: 'dev',
      proxyVersion: 1,
      stale: false,
      proxyUrl: `http://127.0.0.1:${proxy.port}`,
      by: { identity: 'x-actor:tester' },
    });
    expect(result.stages.map(({ name, status }: { name: string; status: string }) => `${name} ${status}`)).toEqual([
      'RESOLVE PASSED',
      'CONNECT PASSED',
      'PROXY_TLS SKIPPED',
      'PROXY_AUTH PASSED',
      'TUNNEL SKIPPED',
      'TARGET_TLS SKIPPED',
      'RESPONSE PASSED',
    ]);
    expect(commit.changes).toMatchObject([{ type: 'PROXY_TESTED', version: 1, subjectName: 'Corporate' }]);
    // The question whether it wants a login comes first.
    const record = await proxy.record(passed + 2);
    expect(besidesQuestions(record.slice(passed))).toHaveLength(1);
    expect(record).toHaveLength(passed + 2);
    expect(target.record()).toHaveLength(before + 1);
    const shown = await app.get(
      'query($id: ID!) { node(id: $id) { ... on ProxyConnection { version editedAt createdAt lastTest { success stale } } } }',
      { id: saved },
    );
    expect(shown).toMatchObject({ version: 1, lastTest: { success: true, stale: false } });
    expect(shown.editedAt).toBe(shown.createdAt);
  });

  test('names every parameter without a value in that environment', async () => {
    const result = await probe({ proxyConnectionId: saved, environment: 'prod' });
    expect(errorsOf(result)).toEqual(['PARAMETER_UNDEFINED input.proxyConnectionId']);
    expect(result.userErrors[0].message).toMatch(/corp\.host.*corp\.port/);
    expect(errorsOf(await probe({ proxyConnectionId: saved, environment: 'nope' }))).toEqual([
      'ENVIRONMENT_UNKNOWN input.environment',
    ]);
  });

  test('is stale once what would be probed differs', async () => {
    await probe({ proxyConnectionId: saved });
    const stale = async () =>
      (
        await app.get(
          'query($id: ID!) { node(id: $id) { ... on ProxyConnection { lastTest(environment: "dev") { stale environment } } } }',
          { id: saved },
        )
      ).lastTest;
    await send('updateProxyConnection', { id: saved, description: 'other words' });
    expect(await stale()).toEqual({ stale: false, environment: 'dev' });
    const set = (value: string) =>
      send('setConfigParameter', { projectKey: 'probes', key: 'corp.port', values: [{ environment: 'dev', value }] });
    await set('1');
    expect((await stale()).stale).toBe(true);
    await set(String(proxy.port));
    expect((await stale()).stale).toBe(false);
    await send('updateProject', { key: 'probes', renameEnvironments: [{ from: 'dev', to: 'development' }] });
    expect(
      (
        await app.get(
          'query($id: ID!) { node(id: $id) { ... on ProxyConnection { lastTest { environment stale } } } }',
          { id: saved },
        )
      ).lastTest,
    ).toEqual({ environment: 'development', stale: false });
    await send('updateProject', { key: 'probes', renameEnvironments: [{ from: 'development', to: 'dev' }] });
    await send('updateProxyConnection', { id: saved, password: CANARY });
    expect((await stale()).stale).toBe(true);
  });
});

describe('testing a draft', () => {
  test('needs no saved proxy, and is no last test of one', async () => {
    const before = await app.get('{ project(key: "probes") { position } }');
    const { test: result, commit } = await probe({ draft: { ...draft, password: CANARY } });
    expect(result).toMatchObject({ success: true, proxyVersion: null, stale: false });
    expect(commit.position).toBe(before.position + 1);
    expect(commit.changes[0]).toMatchObject({ subjectName: null, version: null });
  });

  test('gets the stored password only for the place that it was given for', async () => {
    expect(errorsOf(await probe({ proxyConnectionId: saved, draft: { ...draft, host: 'localhost' } }))).toEqual([
      'REQUIRED input.draft.password',
    ]);
    expect(errorsOf(await probe({ draft }))).toEqual(['REQUIRED input.draft.password']);
    const same = { ...draft, host: '${corp.host}', port: '${corp.port}' };
    expect((await probe({ proxyConnectionId: saved, draft: same })).test).toMatchObject({ success: true });
  });

  test('is told how wrong credentials end', async () => {
    expect((await probe({ draft: { ...draft, password: 'wrong' } })).test).toMatchObject({
      success: false,
      failure: 'PROXY_AUTH_REJECTED',
      retryable: false,
    });
    expect((await probe({ draft: { type: 'HTTP', host: '127.0.0.1', port: proxy.port } })).test).toMatchObject({
      failure: 'PROXY_AUTH_REQUIRED',
    });
  });

  test.each([
    ['neither an id nor a draft', {}, 'REQUIRED input.proxyConnectionId'],
    ['an unknown id', { proxyConnectionId: 'nonsense' }, 'NOT_FOUND input.proxyConnectionId'],
    ['too short a time', { draft: { ...draft, password: 'p' }, timeoutMs: 99 }, 'INVALID_VALUE input.timeoutMs'],
    [
      'a target of another scheme',
      { draft: { ...draft, password: 'p' }, targetUrl: 'ftp://x/' },
      'INVALID_VALUE input.targetUrl',
    ],
    [
      'a target with a user',
      { draft: { ...draft, password: 'p' }, targetUrl: 'https://u:p@x/' },
      'INVALID_VALUE input.targetUrl',
    ],
    [
      'a metadata address as target',
      { draft: { ...draft, password: 'p' }, targetUrl: 'http://169.254.169.254/' },
      'EGRESS_DENIED input.targetUrl',
    ],
    ['a bad host', { draft: { ...draft, password: 'p', host: 'a b' } }, 'INVALID_VALUE input.draft.host'],
  ])('refuses %s, and appends nothing', async (_, input, error) => {
    const before = await app.get('{ project(key: "probes") { position } }');
    expect(errorsOf(await probe(input))).toEqual([error]);
    expect(await app.get('{ project(key: "probes") { position } }')).toEqual(before);
  });

  test('does not connect to a denied proxy address', async () => {
    const { test: result } = await probe({ draft: { type: 'HTTP', host: '169.254.169.254', port: 80 } });
    expect(result).toMatchObject({ failure: 'ADDRESS_NOT_ALLOWED' });
    expect(result.message).toContain('169.254.169.254');
  });

  test('is limited for each actor', async () => {
    const codes = new Set<string>();
    for (let count = 0; count < 25; count += 1) {
      const { errors } = await app.ask(
        `mutation { testProxy(input: { projectKey: "probes", draft: { type: HTTP, host: "127.0.0.1", port: 9 }, timeoutMs: 100 }) { commit { position } } }`,
        {},
        { actor: 'eager' },
      );
      if (errors?.[0]) codes.add(errors[0].extensions.code);
    }
    expect([...codes]).toEqual(['TOO_MANY_REQUESTS']);
  });
});

const [withSquid, name] = describeWith(SQUID, 'through squid');
withSquid(name, () => {
  test('an https target is reached through its tunnel', async () => {
    const squid = await startSquid();
    const { test: result } = await probe(
      { draft: { type: 'HTTP', host: '127.0.0.1', port: squid.port }, targetUrl: secure.url.href },
      'other',
    );
    expect(result).toMatchObject({ failure: 'TARGET_CERTIFICATE_UNTRUSTED', targetTls: expect.anything() });
    expect((await squid.record(1))[0]).toMatchObject({ method: 'CONNECT' });
    await squid.stop();
  }, 20_000);
});

test('the password is found nowhere but in the mind of who typed it', async () => {
  await app.restart();
  expect((await probe({ proxyConnectionId: saved }, 'last')).test.success).toBe(true);
  const answer = await app.ask(
    '{ project(key: "probes") { history(first: 100) { nodes { commit { hash } fields { field before after } } } } }',
  );
  await app.close();
  const places = [app.storedBytes().toString('latin1'), app.lines.join(''), answer.text];
  const forms = [
    CANARY,
    Buffer.from(CANARY).toString('base64'),
    Buffer.from(`svc:${CANARY}`).toString('base64'),
    encodeURIComponent(CANARY),
    JSON.stringify(CANARY).slice(1, -1),
  ];
  for (const place of places)
    for (const form of forms)
      expect(place.includes(form) || place.includes(Buffer.from(form).toString('latin1'))).toBe(false);
}, 20_000);
