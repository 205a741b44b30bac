// Holds the server to what Hydra sends.
import path from 'node:path';
import { createProject, edit, grant, refused, same, seesProject, whoIs } from './asks.mjs';
import { clientCredentials, signIn } from './browser.mjs';
import { AUDIENCE, PERSON, REDIRECT_URI, setUpHydra, startHydra } from './hydra.mjs';
import { HYDRA, installHydra } from './install.mjs';
import { post, startServer, until } from './server.mjs';

const SECRET = 'of this run alone';
const KEYS_MS = 40_000;
const KEY_SET = '/keys/hydra.jwt.access-token';

/** @param check runs one check and tells what came of it. @param folder where what is installed stays. */
export async function checkHydra({ check, folder, scratch, note }) {
  note(`Hydra ${HYDRA} is built, unless it was before, and starts`);
  const hydra = await startHydra(await installHydra(folder), scratch);
  try {
    await setUpHydra(hydra.admin, SECRET);
    const server = await startServer({
      DATA_DIR: path.join(scratch, 'hydra-data'),
      OIDC_ISSUER: hydra.issuer,
      OIDC_AUDIENCE: AUDIENCE,
      ADMINS: 'group:ledger-admins',
    });
    try {
      await hold(check, hydra, server);
    } finally {
      await server.stop();
    }
  } finally {
    await hydra.stop();
  }
}

async function hold(check, { issuer, admin }, server) {
  const { url } = server;
  const metadata = await (await fetch(`${issuer}.well-known/openid-configuration`)).json();
  const parameters = { audience: AUDIENCE };
  const comes = (more) =>
    signIn(metadata, {
      ...{ clientId: 'proxy-ledger-console', redirectUri: REDIRECT_URI, scope: 'openid offline_access' },
      ...{ parameters: more, fill: {} },
    });
  const runs = async (clientId, more = parameters) =>
    (await clientCredentials(metadata, { clientId, secret: SECRET, parameters: more })).access_token;

  const ada = await comes(parameters);
  const owner = ada.access_token;
  await check('a person who signed in by code and PKCE is a USER, by name and groups at the top level', async () => {
    const { kind, identity, name, isAdministrator } = await whoIs(url, owner);
    same({ kind, identity, name }, { kind: 'USER', identity: `oidc:${issuer}#${PERSON.subject}`, name: PERSON.name });
    same(isAdministrator, true);
    await createProject(url, owner);
  });
  await check('without audience= in the authorization request the token is refused, and the log says so', async () => {
    await refused(server, (await comes({})).access_token, /it has no audience/);
  });
  await check('a pipeline is a CLIENT by its id, and edits once that was granted', async () => {
    const token = await runs('pipeline');
    const { kind, identity } = await whoIs(url, token);
    same({ kind, identity }, { kind: 'CLIENT', identity: `oidc-client:${issuer}#pipeline` });
    same(await seesProject(url, token), false);
    await grant(url, owner, 'CLIENT', `${issuer}#pipeline`, 'EDITOR');
    same(await edit(url, token, 'pipeline'), { role: 'EDITOR', via: 'own' });
  });
  await check('without audience= at the token endpoint its token is refused, and the log says so', async () => {
    await refused(server, await runs('pipeline', {}), /it has no audience/);
  });
  await check('an opaque access token is refused, and the log says what it is', async () => {
    await refused(server, await runs('opaque'), /it has two parts as an opaque token has/);
  });
  await check('a refresh token is refused, and the log says what it is like', async () => {
    await refused(server, ada.refresh_token, /it has two parts as an opaque token has/);
  });
  await check('an ID token is refused, as it is for another audience', async () => {
    await refused(server, ada.id_token, /it is for another audience/);
  });
  await check('a revoked token lives on', async () => {
    const token = (await comes(parameters)).access_token;
    const body = new URLSearchParams({ token, client_id: 'proxy-ledger-console' });
    same((await fetch(metadata.revocation_endpoint, { method: 'POST', body })).status, 200);
    same((await whoIs(url, token)).name, PERSON.name);
  });
  await check('behind a new key the deleted one lets nobody in, as soon as the keys were fetched again', async () => {
    const before = await runs('pipeline');
    await whoIs(url, before);
    const { keys } = await admin('GET', KEY_SET);
    await admin('POST', KEY_SET, { alg: 'RS256', use: 'sig', kid: 'newer' });
    for (const { kid } of keys) await admin('DELETE', `${KEY_SET}/${kid}`);
    const after = await runs('pipeline');
    const isIn = async () => (await post(url, after, '{ viewer { actor { identity } } }')).status === 200;
    await until(isIn, KEYS_MS, () => 'a token of the new key is not let in');
    await refused(server, before, /the issuer's keys have none of its kid/);
  });
}
