import type { Asker } from '../../src/event-sourcing/asker.ts';
import { type Data, errorsOf } from '../support/app.ts';
import { ADMIN, IdentifiedApi, user } from '../support/identities.ts';

const ISSUE =
  'mutation($input: IssueTokenInput!) { issueToken(input: $input) { token { id expiresAt createdBy { identity } } secret commit { authority { role via } } userErrors { code path message } } }';
const REVOKE =
  'mutation($input: RevokeTokenInput!) { revokeToken(input: $input) { token { revokedAt } userErrors { code path } } }';

const api = new IdentifiedApi();
const owner = user('owner');

beforeAll(async () => {
  for (const key of ['crm', 'erp']) await api.send(ADMIN, 'createProject', { key, name: key });
  await api.grant('crm', 'owner', 'OWNER');
  for (const role of ['VIEWER', 'AUDITOR', 'OPERATOR', 'EDITOR'] as const) await api.grant('crm', role, role);
});

const issue = (asker: Asker, input: object): Promise<Data> =>
  api.get(asker, ISSUE, { input: { name: 'ci', ...input } });

/** The codes of errors, and what they are about. */
async function faults(asker: Asker, query: string, input: object): Promise<string[]> {
  const { errors, data } = await api.ask(asker, query, { input });
  const [payload] = Object.values(data ?? {}) as Data[];
  const told = (errors ?? []).map(({ message, path }) => `${message} at ${path?.join('.')}`);
  return payload ? [...told, ...errorsOf(payload)] : told;
}

/** As the token that somebody issued. */
function bearer(payload: Data, isAdministrator: boolean): Asker & { expiresAt?: string } {
  const [, local = ''] = /:([^:]*)$/.exec(Buffer.from(payload.token.id, 'base64url').toString('latin1')) ?? [];
  return {
    actor: { kind: 'TOKEN', id: `token:${local}`, name: 'ci', auth: 'token' },
    standing: { groups: [], isAdministrator, token: { id: local, ...(!isAdministrator && { project: 'crm' }) } },
    ...(payload.token.expiresAt !== null && { expiresAt: payload.token.expiresAt }),
  };
}

describe('tokens', () => {
  test('of a project are issued and revoked by its owners and by administrators', async () => {
    const issued = await issue(owner, { projectKey: 'crm', role: 'OWNER' });
    expect(issued.commit.authority).toEqual({ role: 'OWNER', via: 'own' });
    const { token } = await issue(ADMIN, { projectKey: 'crm', role: 'EDITOR' });
    for (const name of ['VIEWER', 'AUDITOR', 'OPERATOR', 'EDITOR']) {
      expect(await faults(user(name), ISSUE, { projectKey: 'crm', role: 'VIEWER', name: '' })).toEqual([
        'this needs the right OWN at issueToken',
      ]);
      expect(await faults(user(name), REVOKE, { id: token.id })).toEqual(['this needs the right OWN at revokeToken']);
    }
    const stranger = user('stranger');
    expect(await faults(stranger, ISSUE, { projectKey: 'crm', role: 'VIEWER', name: 'ci' })).toEqual([
      'NOT_FOUND input.projectKey',
    ]);
    expect(await faults(stranger, REVOKE, { id: token.id })).toEqual(['NOT_FOUND input.id']);
    expect((await api.get(owner, REVOKE, { input: { id: token.id } })).token.revokedAt).not.toBeNull();
  });

  test('of the instance are for administrators alone, in a log that had no commit before too', async () => {
    const { token, commit } = await issue(ADMIN, {});
    expect(commit.authority).toEqual({ role: 'ADMINISTRATOR', via: 'administrator' });
    for (const asker of [owner, user('stranger')]) {
      expect(await faults(asker, ISSUE, { name: 'ci' })).toEqual(['this needs the right ADMINISTER at issueToken']);
      expect(await faults(asker, REVOKE, { id: token.id })).toEqual(['NOT_FOUND input.id']);
      expect(await api.get(asker, `{ node(id: "${token.id}") { id } }`)).toBeNull();
      expect(await api.get(asker, '{ instance { position } }')).toBeNull();
    }
    const listed = await api.get(ADMIN, '{ instance { tokens { nodes { id } } } }');
    expect(listed.tokens.nodes).toEqual([{ id: token.id }]);
  });

  test('are shown to who may read grants, wherever they are asked for', async () => {
    const { token } = await issue(owner, { projectKey: 'crm', role: 'VIEWER' });
    const query = `query($id: ID!) { node(id: $id) { id } project(key: "crm") { resource(id: $id) { id } } }`;
    for (const [name, sees] of [...['AUDITOR', 'owner'].map((each) => [each, true]), ['EDITOR', false]] as const) {
      const found = sees ? { id: token.id } : null;
      const { data } = await api.ask(user(String(name)), query, { id: token.id });
      expect(JSON.parse(JSON.stringify(data))).toEqual({ node: found, project: { resource: found } });
    }
    const LIST = '{ project(key: "crm") { tokens { totalCount } } }';
    expect((await api.get(user('AUDITOR'), LIST)).tokens.totalCount).toBeGreaterThan(0);
    const { data, errors } = await api.ask(user('EDITOR'), LIST);
    expect(JSON.parse(JSON.stringify(data))).toEqual({ project: { tokens: null } });
    expect(errors?.map(({ message, path }) => [message, path])).toEqual([
      ['this needs the right READ_GRANTS', ['project', 'tokens']],
    ]);
  });

  test('that tokens issue end no later than those', async () => {
    const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
    for (const what of [{ projectKey: 'crm', role: 'OWNER' }, {}]) {
      const issuer = bearer(await issue(ADMIN, { ...what, expiresAt }), !('role' in what));
      const issued = await issue(issuer, what);
      expect(issued.token).toMatchObject({ expiresAt, createdBy: { identity: issuer.actor.id } });
      expect(issued.commit.authority.via).toBe('token');
      const later = await issue(issuer, { ...what, expiresAt: new Date(Date.parse(expiresAt) + 1).toISOString() });
      expect(errorsOf(later)).toEqual(['INVALID_VALUE input.expiresAt']);
      expect(later.userErrors[0].message).toContain(expiresAt);
    }
  });

  test('of one project issue none for another, nor for the instance', async () => {
    const token = bearer(await issue(owner, { projectKey: 'crm', role: 'OWNER' }), false);
    expect(await faults(token, ISSUE, { name: 'ci', projectKey: 'erp', role: 'VIEWER' })).toEqual([
      'NOT_FOUND input.projectKey',
    ]);
    expect(await faults(token, ISSUE, { name: 'ci' })).toEqual(['this needs the right ADMINISTER at issueToken']);
  });
});
