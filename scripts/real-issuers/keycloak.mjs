// Keycloak on loopback, prepared by the same commands that docs/access.md gives.
import path from 'node:path';
import { freePort, output, serve } from '../real-proxies/run.mjs';

const ADMIN = { username: 'admin', password: 'of this run alone' };
const REALM = 'acme';
const ORIGIN = 'http://127.0.0.1:4000';
export const REDIRECT_URI = `${ORIGIN}/callback`;
const KEY_PROVIDER = 'org.keycloak.keys.KeyProvider';

/** @param home what installKeycloak answered. @param scratch a folder of this run's. */
export async function startKeycloak(home, scratch) {
  const port = await freePort();
  // It is asked by its address, and names itself as it was told.
  const [url, named] = [`http://127.0.0.1:${port}`, `http://localhost:${port}`];
  const args = ['start-dev', '--db=dev-mem', '--http-host=127.0.0.1', `--http-port=${port}`, `--hostname=${named}`];
  const server = await serve({
    program: path.join(home, 'bin', 'kc.sh'),
    args,
    port,
    seconds: 180,
    cwd: scratch,
    env: {
      ...process.env,
      JAVA_OPTS_KC_HEAP: '-Xms64m -Xmx512m',
      KC_BOOTSTRAP_ADMIN_USERNAME: ADMIN.username,
      KC_BOOTSTRAP_ADMIN_PASSWORD: ADMIN.password,
    },
  });
  const run = (script, ...more) => {
    const given = [home, url, ADMIN.username, ADMIN.password, REALM, ...more];
    return output(180, 'bash', [path.join(import.meta.dirname, script), ...given], { cwd: scratch });
  };
  return { url, issuer: `${named}/realms/${REALM}`, admin: asks(url), run, stop: server.stop };
}

/** The clients by the scripts, and by the administration's interface what a company has already: people and groups. */
export async function setUpKeycloak({ run, admin }) {
  await run('keycloak-setup.sh', ORIGIN);
  const pipelines = {
    user: readPipeline('pipeline', await run('keycloak-pipeline.sh', 'pipeline')),
    client: readPipeline('machine', await run('keycloak-pipeline.sh', 'machine', '--as-client')),
  };
  const admins = await admin('POST', '/groups', { name: 'ledger-admins' });
  const team = await admin('POST', '/groups', { name: 'team' });
  const integrations = await admin('POST', `/groups/${team}/children`, { name: 'integrations' });
  const ada = await addPerson(admin, { username: 'ada', firstName: 'Ada', lastName: 'Lovelace' }, admins);
  const grace = await addPerson(admin, { username: 'grace', firstName: 'Grace', lastName: 'Hopper' }, integrations);
  return { pipelines, people: { ada, grace } };
}

function readPipeline(clientId, printed) {
  const [, secret, kind, identity] = /^secret: (\S+)\ngrant to: (USER|CLIENT) (\S+)$/m.exec(printed) ?? [];
  if (secret === undefined) throw new Error(`keycloak-pipeline.sh printed something else: ${printed}`);
  return { clientId, secret, kind, identity };
}

async function addPerson(admin, { username, ...names }, group) {
  const password = `${username}, of this run alone`;
  const email = `${username}@example.com`;
  const id = await admin('POST', '/users', { username, ...names, email, emailVerified: true, enabled: true });
  await admin('PUT', `/users/${id}/reset-password`, { type: 'password', value: password, temporary: false });
  await admin('PUT', `/users/${id}/groups/${group}`);
  return { id, name: `${names.firstName} ${names.lastName}`, fill: { username, password } };
}

/** Signs with a new key from now on, and drops the one before: Keycloak's set of keys has it no more. */
export async function replaceKey(admin) {
  const { id: parentId } = await admin('GET', '');
  const before = await admin('GET', `/components?type=${KEY_PROVIDER}`);
  const config = { priority: ['200'], enabled: ['true'], active: ['true'], algorithm: ['RS256'] };
  const added = { name: 'newer', providerId: 'rsa-generated', providerType: KEY_PROVIDER, parentId, config };
  await admin('POST', '/components', added);
  for (const each of before.filter(({ providerId }) => providerId === 'rsa-generated')) {
    const disabled = { ...each, config: { ...each.config, enabled: ['false'], active: ['false'] } };
    await admin('PUT', `/components/${each.id}`, disabled);
  }
}

/** For tokens from now on. @param seconds less than a minute */
export async function shortenTokens(admin, seconds) {
  const [client] = await admin('GET', '/clients?clientId=proxy-ledger-console');
  const attributes = { ...client.attributes, 'access.token.lifespan': `${seconds}` };
  await admin('PUT', `/clients/${client.id}`, { ...client, attributes });
}

/** Asks the realm's administration; of what was created it answers the id. */
function asks(url) {
  return async (method, of, body) => {
    const signedIn = await fetch(`${url}/realms/master/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', ...ADMIN }),
    });
    const { access_token: token } = await signedIn.json();
    const response = await fetch(`${url}/admin/realms/${REALM}${of}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`Keycloak answered ${method} ${of} with ${response.status}: ${text}`);
    if (response.status === 201) return response.headers.get('location').split('/').at(-1);
    return text === '' ? undefined : JSON.parse(text);
  };
}
