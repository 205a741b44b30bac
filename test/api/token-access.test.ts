import { askControlServer } from '../../src/control/control-client.ts';
import { controlSocketPath } from '../../src/control/socket-path.ts';
import { ISSUE_TOKEN_VERB, readIssuedToken } from '../../src/control/token-verb.ts';
import { type Answer, type Data, errorsOf, MUTATIONS, startTestApp } from '../support/app.ts';

const app = await startTestApp({ AUTH: 'required' });
const texts: string[] = [];

/** As the command line does it. */
async function firstToken(name = 'root'): Promise<string> {
  const input = { name, user: 'operator' };
  const answer = await askControlServer(controlSocketPath(app.directory) ?? '', { verb: ISSUE_TOKEN_VERB, input });
  if (!answer?.ok) throw new Error(answer?.message);
  const text = readIssuedToken(answer.value);
  texts.push(text);
  return text;
}

const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const ask = (token: string, query: string, variables: object = {}) => app.ask(query, variables, as(token));
const get = (token: string, query: string, variables: object = {}): Promise<Data> =>
  app.get(query, variables, as(token));

const ISSUE =
  'mutation($input: IssueTokenInput!) { issueToken(input: $input) { token { id expiresAt } secret userErrors { code path message } } }';
const REVOKE = 'mutation($input: RevokeTokenInput!) { revokeToken(input: $input) { userErrors { code path } } }';
const VIEWER =
  '{ viewer { actor { identity kind name } isAdministrator expiresAt role(projectKey: "crm") roles(projectKey: "crm") } }';

async function issue(by: string, input: object): Promise<{ id: string; text: string; expiresAt: string }> {
  const { token, secret, userErrors } = await get(by, ISSUE, { input: { name: 'ci', ...input } });
  expect(userErrors).toEqual([]);
  texts.push(secret);
  return { ...token, text: secret };
}

/** The same for every reason. */
function expectRefused({ status, data, errors }: Answer): void {
  expect(status).toBe(401);
  expect(data ?? null).toBeNull();
  expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
}

const root = await firstToken();
await get(root, MUTATIONS.createProject, { input: { key: 'crm', name: 'CRM' } });
await get(root, MUTATIONS.createProject, { input: { key: 'erp', name: 'ERP' } });

describe('a server that knows API tokens alone', () => {
  test('refuses whoever brings none, or one that is not good, in the same words', async () => {
    const answers = await Promise.all([
      app.ask('{ viewer { isAdministrator } }'),
      ask(`${root.slice(0, -1)}x`, '{ viewer { isAdministrator } }'),
      ask('plt__', '{ viewer { isAdministrator } }'),
    ]);
    for (const answer of answers) expectRefused(answer);
    const told = answers.map(({ errors }) => errors?.map(({ message }) => message));
    expect(new Set(told.map((each) => JSON.stringify(each))).size).toBe(1);
  });

  test('knows who holds one, and what they may do', async () => {
    expect(await get(root, VIEWER)).toMatchObject({
      actor: { identity: expect.stringMatching(/^token:\w{12}$/), kind: 'TOKEN', name: 'root' },
      ...{ isAdministrator: true, expiresAt: expect.any(String), role: null, roles: [] },
    });
    const { text, expiresAt } = await issue(root, { projectKey: 'crm', role: 'EDITOR' });
    expect(await get(text, VIEWER)).toMatchObject({
      actor: { kind: 'TOKEN', name: 'ci' },
      ...{ isAdministrator: false, expiresAt, role: 'EDITOR', roles: ['EDITOR'] },
    });
    const { data } = await ask(text, '{ projects { nodes { key } totalCount } erp: project(key: "erp") { key } }');
    expect(data).toEqual({ projects: { nodes: [{ key: 'crm' }], totalCount: 1 }, erp: null });
    const set = { projectKey: 'crm', key: 'k', defaultValue: 'v' };
    const COMMIT = 'commit { actor { name } authority { role via } } userErrors { code path }';
    const SET = `mutation($input: SetConfigParameterInput!) { setConfigParameter(input: $input) { ${COMMIT} } }`;
    expect((await get(text, SET, { input: set })).commit).toEqual({
      actor: { name: 'ci' },
      authority: { role: 'EDITOR', via: 'token' },
    });
    expect(errorsOf(await get(text, SET, { input: { ...set, projectKey: 'erp' } }))).toEqual([
      'NOT_FOUND input.projectKey',
    ]);
    const forbidden = await ask(text, ISSUE, { input: { projectKey: 'crm', role: 'VIEWER', name: 'x' } });
    expect(forbidden.errors?.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
  });

  test('refuses a token from its revocation on', async () => {
    for (const input of [{ projectKey: 'crm', role: 'VIEWER' }, {}]) {
      const { id, text } = await issue(root, input);
      expect((await ask(text, VIEWER)).status).toBe(200);
      expect((await get(root, REVOKE, { input: { id } })).userErrors).toEqual([]);
      expectRefused(await ask(text, VIEWER));
    }
  });

  test('refuses a token once it has expired', async () => {
    const expiresAt = new Date(Date.now() + 1_000).toISOString();
    const { text } = await issue(root, { projectKey: 'crm', role: 'VIEWER', expiresAt });
    expect((await ask(text, VIEWER)).status).toBe(200);
    while (Date.now() < Date.parse(expiresAt)) await new Promise((resolve) => setTimeout(resolve, 50));
    expectRefused(await ask(text, VIEWER));
  });

  test('tells in which hour a token was used last', async () => {
    const { id, text } = await issue(root, { projectKey: 'crm', role: 'VIEWER' });
    const lastUse = async () =>
      (await get(root, `{ node(id: "${id}") { ... on ApiToken { lastUsedAt } } }`)).lastUsedAt;
    expect(await lastUse()).toBeNull();
    const before = Date.now();
    await ask(text, VIEWER);
    let at: string | null = null;
    for (let tries = 0; tries < 100 && at === null; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      at = await lastUse();
    }
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:00:00\.000Z$/);
    expect(Date.parse(at ?? '')).toBeGreaterThan(before - 3_600_000);
  });

  test('takes the same tokens after a restart, and wrote their texts down nowhere', async () => {
    await app.close();
    const stored = app.storedBytes();
    await app.restart();
    expect((await ask(root, VIEWER)).status).toBe(200);
    expect(texts.length).toBeGreaterThan(4);
    for (const text of texts) {
      const secret = text.slice(-49, -6);
      expect(stored.includes(secret)).toBe(false);
      expect(app.lines.filter((line) => line.includes(secret))).toEqual([]);
    }
  });
});
