import { errorsOf } from '../support/app.ts';
import { ADMIN, IdentifiedApi, user } from '../support/identities.ts';

const api = new IdentifiedApi();
const OWNER = user('owner');
const EDITOR = user('editor');
const projectKey = 'crm';
await api.send(ADMIN, 'createProject', { key: projectKey, name: 'CRM' });
await api.grant(projectKey, 'owner', 'OWNER');
await api.grant(projectKey, 'editor', 'EDITOR');
await api.send(OWNER, 'setConfigParameter', { projectKey, key: 'host', defaultValue: 'proxy.example.com' });
await api.send(OWNER, 'setConfigParameter', { projectKey, key: 'token', secret: true, defaultValue: 'hidden' });
await api.send(OWNER, 'createProxyConnection', {
  ...{ projectKey, name: 'Corporate', type: 'HTTP', host: `\${host}`, port: 80 },
  ...{ authType: 'BASIC', user: 'u', password: 'p' },
});

async function position(): Promise<number> {
  return (await api.node.image(projectKey)).position;
}

describe('an EDITOR', () => {
  test('is refused where stored secrets would go elsewhere, at the field, naming whose they are; nothing is appended', async () => {
    const before = await position();
    const set = { projectKey, key: 'host', defaultValue: 'evil.example.com' };
    const { userErrors, configParameter, commit } = await api.send(EDITOR, 'setConfigParameter', set);
    expect({ userErrors, configParameter, commit }).toEqual({
      userErrors: [
        {
          ...{ code: 'FORBIDDEN', path: ['input', 'defaultValue'] },
          message:
            'host says where stored secrets of proxy connection Corporate go: that is for an OWNER of the project to decide',
        },
      ],
      ...{ configParameter: null, commit: null },
    });
    const deleted = await api.send(EDITOR, 'deleteConfigParameter', { projectKey, key: 'host' });
    expect(errorsOf(deleted)).toEqual(['FORBIDDEN input.key']);
    const naming = {
      ...{ projectKey, name: 'Leak', baseUrl: 'https://evil.example.com' },
      headers: [{ name: 'X-Key', value: `\${token}`, secret: true }],
    };
    expect(errorsOf(await api.send(EDITOR, 'createDataSource', naming))).toEqual(['FORBIDDEN input.headers.0.value']);
    expect(await position()).toBe(before);
    expect(errorsOf(await api.send(OWNER, 'createDataSource', naming))).toEqual([]);
    expect(errorsOf(await api.send(OWNER, 'setConfigParameter', set))).toEqual([]);
    expect(await position()).toBe(before + 2);
  });

  test('decides where what they give themselves goes', async () => {
    const own = { projectKey, name: 'Own', type: 'HTTP', host: 'own.example.com', port: 80 };
    const login = { authType: 'BASIC', user: 'u', password: 'p' };
    const created = await api.send(EDITOR, 'createProxyConnection', { ...own, ...login });
    expect(errorsOf(created)).toEqual([]);
    const moved = { id: created.proxyConnection.id, host: 'other.example.com', password: 'q' };
    expect(errorsOf(await api.send(EDITOR, 'updateProxyConnection', moved))).toEqual([]);
  });
});

test('a commit says that an OWNER decided where that was needed, else the role that sufficed', async () => {
  const set = (defaultValue: string, description: string) =>
    api.send(OWNER, 'setConfigParameter', { projectKey, key: 'host', defaultValue, description });
  await set('a.example.com', 'moved');
  const roleOf = async () =>
    (
      await api.get(
        ADMIN,
        'query($at: Int!) { project(key: "crm") { commit(position: $at) { authority { role via } } } }',
        { at: await position() },
      )
    ).commit.authority;
  expect(await roleOf()).toEqual({ role: 'OWNER', via: 'own' });
  await api.send(EDITOR, 'setConfigParameter', { projectKey, key: 'host', description: 'described' });
  expect(await roleOf()).toEqual({ role: 'EDITOR', via: 'own' });
});
