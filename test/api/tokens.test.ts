import { parseApiToken } from '../../src/access/api-token.ts';
import { type Data, errorsOf, mutation, startTestApp } from '../support/app.ts';

const app = await startTestApp();
const create = mutation(app);

const TOKEN =
  '__typename id resourceId name role expiresAt createdBy { identity } createdAt revokedAt revokedBy { identity } lastUsedAt';
const COMMIT =
  'commit { position changes { type subjectId subjectName version fields { field before after secret } } } userErrors { code path message }';
const ISSUE = `mutation($input: IssueTokenInput!) { issueToken(input: $input) { token { ${TOKEN} } secret ${COMMIT} } }`;
const REVOKE = `mutation($input: RevokeTokenInput!) { revokeToken(input: $input) { token { ${TOKEN} } ${COMMIT} } }`;
const NODE = `query($id: ID!) { node(id: $id) { id ... on ApiToken { ${TOKEN} } } }`;

const issue = (input: object): Promise<Data> => app.get(ISSUE, { input: { name: 'ci', ...input } });
const revoke = (id: string, more: object = {}): Promise<Data> => app.get(REVOKE, { input: { id, ...more } });
const node = (id: string): Promise<Data> => app.get(NODE, { id });

let keys = 0;
async function project(): Promise<string> {
  keys += 1;
  const key = `project-${keys}`;
  await create('createProject', { key, name: key });
  return key;
}

describe('API tokens', () => {
  test('of a project are issued with their text, listed by name without it, and found by their ids', async () => {
    const projectKey = await project();
    const issued = await issue({ projectKey, role: 'EDITOR', name: 'b' });
    expect(errorsOf(issued)).toEqual([]);
    expect(parseApiToken(issued.secret)).toMatchObject({ ok: true, project: projectKey });
    expect(issued.token).toMatchObject({
      ...{ name: 'b', role: 'EDITOR', createdBy: { identity: 'local' }, revokedAt: null, lastUsedAt: null },
      resourceId: issued.token.id,
    });
    const days = (Date.parse(issued.token.expiresAt) - Date.parse(issued.token.createdAt)) / 86_400_000;
    expect(Math.round(days)).toBe(90);
    expect(await node(issued.token.id)).toEqual(issued.token);
    const { token: other } = await issue({ projectKey, role: 'OWNER', name: 'A' });
    const listed = await app.get(
      `query($key: String!) { project(key: $key) { tokens(first: 1) { nodes { ${TOKEN} } totalCount pageInfo { endCursor } } } }`,
      { key: projectKey },
    );
    expect(listed.tokens).toMatchObject({ nodes: [other], totalCount: 2 });
    const rest = await app.get(
      'query($key: String!, $after: String) { project(key: $key) { tokens(after: $after) { nodes { name } } } }',
      { key: projectKey, after: listed.tokens.pageInfo.endCursor },
    );
    expect(rest.tokens.nodes).toEqual([{ name: 'b' }]);
  });

  test('are changes of their own, which tell the digest to nobody', async () => {
    const projectKey = await project();
    const { token, commit } = await issue({ projectKey, role: 'VIEWER', expiresAt: soon(10) });
    const subject = { subjectId: token.id, subjectName: 'ci' };
    const given = (field: string, after: string) => ({ field, before: null, after, secret: false });
    expect(commit.changes).toEqual([
      {
        ...{ type: 'TOKEN_ISSUED', ...subject, version: 1 },
        fields: [given('name', 'ci'), given('role', 'VIEWER'), given('expiresAt', token.expiresAt)],
      },
    ]);
    const revoked = await revoke(token.id);
    expect(revoked.commit.changes).toEqual([{ type: 'TOKEN_REVOKED', ...subject, version: 2, fields: [] }]);
    expect(await app.log(projectKey)).toEqual(['PROJECT_CREATED', 'TOKEN_ISSUED', 'TOKEN_REVOKED']);
    const versions = await app.get('query($key: String!) { project(key: $key) { version } }', { key: projectKey });
    expect(versions.version).toBe(1);
  });

  test('are revoked once; again, and by an id of the past, changes nothing', async () => {
    const projectKey = await project();
    const { token, commit } = await issue({ projectKey, role: 'VIEWER' });
    const asOf = await app.get(
      `query($key: String!, $at: Int!) { project(key: $key, asOf: { position: $at }) { tokens { nodes { ${TOKEN} } } } }`,
      { key: projectKey, at: commit.position },
    );
    const [past] = asOf.tokens.nodes;
    expect(past).toEqual({ ...token, id: past.id });
    expect(past.id).not.toBe(token.id);
    const revoked = await revoke(past.id);
    expect(revoked.token).toMatchObject({ id: token.id, revokedBy: { identity: 'local' } });
    expect(revoked.token.revokedAt).not.toBeNull();
    expect(await revoke(token.id)).toEqual({ token: revoked.token, commit: null, userErrors: [] });
    expect(await node(past.id)).toEqual(past);
    expect(await node(token.id)).toEqual(revoked.token);
  });

  test('are issued once for one idempotency key, and their text is answered once', async () => {
    const projectKey = await project();
    const input = { projectKey, role: 'VIEWER', idempotencyKey: 'k' };
    const first = await issue(input);
    expect(first.secret).toMatch(/^plt_/);
    expect(await issue({ ...input, neverExpires: false })).toEqual({ ...first, secret: null });
    expect(errorsOf(await issue({ ...input, name: 'other' }))).toEqual(['IDEMPOTENCY_KEY_REUSED input.idempotencyKey']);
  });

  test('of the instance are in its own log, and nowhere else', async () => {
    const before = await app.get('{ projects { totalCount } }');
    const issued = await issue({ name: 'root' });
    expect(parseApiToken(issued.secret)).toEqual({ ok: true, id: expect.any(String) });
    expect(issued.token.role).toBeNull();
    expect(await node(issued.token.id)).toEqual(issued.token);
    const { revokedAt } = (await revoke(issued.token.id)).token;
    const instance = await app.get(
      '{ instance { position tokens { nodes { id name revokedAt } } history(direction: ASC) { nodes { id type subjectId } } } }',
    );
    expect(instance.tokens.nodes).toEqual([{ id: issued.token.id, name: 'root', revokedAt }]);
    const subjectId = issued.token.id;
    expect(instance.history.nodes).toMatchObject([
      { type: 'TOKEN_ISSUED', subjectId },
      { type: 'TOKEN_REVOKED', subjectId },
    ]);
    expect(await node(instance.history.nodes[0].id)).toEqual({ id: instance.history.nodes[0].id });
    expect(await app.get('{ projects { totalCount } }')).toEqual(before);
    expect(await app.get('{ project(key: "$instance") { key } }')).toBeNull();
  });

  test('are refused with the path of what is wrong', async () => {
    const projectKey = await project();
    const refused = async (input: object) => errorsOf(await issue(input));
    expect(await refused({ projectKey })).toEqual(['REQUIRED input.role']);
    expect(await refused({ role: 'OWNER' })).toEqual(['INVALID_VALUE input.role']);
    expect(await refused({ projectKey: 'nobody', role: 'OWNER' })).toEqual(['NOT_FOUND input.projectKey']);
    expect(await refused({ projectKey: '$instance', role: 'OWNER' })).toEqual(['NOT_FOUND input.projectKey']);
    expect(await refused({ projectKey, role: 'OWNER', expiresAt: soon(367) })).toEqual([
      'INVALID_VALUE input.expiresAt',
    ]);
    expect(await refused({ projectKey, role: 'OWNER', expiresAt: soon(-1) })).toEqual([
      'INVALID_VALUE input.expiresAt',
    ]);
    expect(await refused({ projectKey, role: 'OWNER', neverExpires: true })).toEqual([
      'INVALID_VALUE input.neverExpires',
    ]);
    const { token } = await issue({ projectKey, role: 'OWNER' });
    const { projectId } = await app
      .get('query($key: String!) { project(key: $key) { id } }', { key: projectKey })
      .then(({ id }) => ({ projectId: id }));
    const elsewhere = token.id.replace(/.$/, (last: string) => (last === 'A' ? 'B' : 'A'));
    for (const id of [projectId, elsewhere, 'x', ''])
      expect(errorsOf(await revoke(id))).toEqual(['NOT_FOUND input.id']);
    expect(await app.log(projectKey)).toEqual(['PROJECT_CREATED', 'TOKEN_ISSUED']);
  });

  test('leave their text in no file and no line of the log', async () => {
    const projectKey = await project();
    const texts: string[] = [];
    for (const input of [{ projectKey, role: 'OWNER', idempotencyKey: 'k' }, {}]) {
      texts.push((await issue(input)).secret);
    }
    await app.close();
    const stored = app.storedBytes();
    await app.restart();
    for (const text of texts) {
      const secret = text.slice(-49, -6);
      expect(stored.includes(secret)).toBe(false);
      expect(app.lines.filter((line) => line.includes(secret))).toEqual([]);
    }
  });
});

function soon(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString();
}
