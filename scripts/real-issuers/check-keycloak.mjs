// Holds the server to what Keycloak sends.
import path from 'node:path';
import {
  createProject,
  edit,
  grant,
  PROJECT,
  refused,
  refusedEdit,
  revoke,
  same,
  seesProject,
  whoIs,
} from './asks.mjs';
import { clientCredentials, signIn } from './browser.mjs';
import { installKeycloak, KEYCLOAK } from './install.mjs';
import { REDIRECT_URI, replaceKey, setUpKeycloak, shortenTokens, startKeycloak } from './keycloak.mjs';
import { askSocket, change, post, startServer, until } from './server.mjs';

const TOLERANCE_SECONDS = 30;
const SHORT_LIFE_SECONDS = 5;
/** Keys are looked for once in 30 s at most. */
const KEYS_MS = 40_000;

/** @param check runs one check and tells what came of it. @param folder where what is installed stays. */
export async function checkKeycloak({ check, folder, scratch, note }) {
  const home = await installKeycloak(folder);
  note(`Keycloak ${KEYCLOAK} starts`);
  const keycloak = await startKeycloak(home, scratch);
  try {
    note('and is prepared by keycloak-setup.sh and keycloak-pipeline.sh');
    const company = await setUpKeycloak(keycloak);
    const settings = {
      DATA_DIR: path.join(scratch, 'keycloak-data'),
      OIDC_ISSUER: keycloak.issuer,
      OIDC_AUDIENCE: 'proxy-ledger',
      ADMINS: 'group:/ledger-admins',
    };
    await holdToLetter(check, keycloak, { ...settings, DATA_DIR: path.join(scratch, 'keycloak-letter') });
    const server = await startServer(settings);
    try {
      await hold(check, keycloak, company, server);
    } finally {
      await server.stop();
    }
  } finally {
    await keycloak.stop();
  }
}

async function holdToLetter(check, { issuer }, settings) {
  await check('an OIDC_ISSUER with a slash too many gets no keys, and the log has both texts', async () => {
    const server = await startServer({ ...settings, OIDC_ISSUER: `${issuer}/` });
    try {
      await server.says(new RegExp(`of the issuer \\\\"${issuer}\\\\", while OIDC_ISSUER is \\\\"${issuer}/\\\\"`));
    } finally {
      await server.stop();
    }
  });
}

async function hold(check, keycloak, { pipelines, people }, server) {
  const { issuer, admin } = keycloak;
  const { url } = server;
  const metadata = await (await fetch(`${keycloak.url}/realms/acme/.well-known/openid-configuration`)).json();
  const comes = ({ fill }) =>
    signIn(metadata, {
      ...{ clientId: 'proxy-ledger-console', redirectUri: REDIRECT_URI, scope: 'openid profile email', fill },
    });
  const runs = async (pipeline) => (await clientCredentials(metadata, pipeline)).access_token;

  await check('with --hostname it names itself so, whatever address it was asked by', () => {
    same(metadata.issuer, issuer);
  });

  const ada = await comes(people.ada);
  const grace = await comes(people.grace);
  const owner = ada.access_token;
  await check(
    'a person who signed in by code and PKCE is a USER by her sub, and administrator by a group',
    async () => {
      const { kind, identity, name, isAdministrator } = await whoIs(url, owner);
      same(
        { kind, identity, name },
        { kind: 'USER', identity: `oidc:${issuer}#${people.ada.id}`, name: people.ada.name },
      );
      same(isAdministrator, true);
    },
  );
  await check('she creates a project as administrator, and owns it', async () => {
    const { commit, project } = await createProject(url, owner);
    same(commit.authority, { role: 'ADMINISTRATOR', via: 'administrator' });
    const principal = { kind: 'USER', identity: `${issuer}#${people.ada.id}` };
    same(project.access.nodes, [{ principal, role: 'OWNER' }]);
  });

  for (const [title, pipeline, prefix] of [
    ['a pipeline by its secret is a USER, by the UUID of its service account', pipelines.user, 'oidc'],
    ['with --as-client it is a CLIENT, by its id', pipelines.client, 'oidc-client'],
  ]) {
    await check(`${title}, and edits once that was granted`, async () => {
      const token = await runs(pipeline);
      const { kind, identity } = await whoIs(url, token);
      same({ kind, identity }, { kind: pipeline.kind, identity: `${prefix}:${pipeline.identity}` });
      same(await seesProject(url, token), false);
      same(await refusedEdit(url, token), ['NOT_FOUND']);
      await grant(url, owner, pipeline.kind, pipeline.identity, 'EDITOR');
      same(await edit(url, token, pipeline.clientId), { role: 'EDITOR', via: 'own' });
    });
  }

  await check('a group is granted a role by its path, and its members have it', async () => {
    const token = grace.access_token;
    same(await seesProject(url, token), false);
    await grant(url, owner, 'GROUP', '/team/integrations', 'OPERATOR');
    same((await whoIs(url, token)).roles, ['OPERATOR']);
    same(await refusedEdit(url, token), ['FORBIDDEN']);
    await grant(url, owner, 'GROUP', '/team/integrations', 'EDITOR');
    same(await edit(url, token, 'grace'), { role: 'EDITOR', via: 'group:/team/integrations' });
  });

  let words;
  await check('an ID token is refused, and the log says what it is', async () => {
    words = await refused(server, ada.id_token, /it is an ID token/);
  });
  await check('a refresh token is refused in the same words, and the log says what it is', async () => {
    same(await refused(server, ada.refresh_token, /it is a refresh token/), words);
  });
  await check('no credential is refused in the same words', async () => {
    same(await refused(server, undefined, /there is no credential/), words);
  });
  await check('a WebSocket takes the access token, and is closed with 4403 for the ID token', async () => {
    const query = `{ project(key: "${PROJECT}") { key } }`;
    same(await askSocket(url, owner, query), { data: { project: { key: PROJECT } } });
    same(await askSocket(url, ada.id_token, query), { closedWith: 4403 });
  });

  await check('a revoked grant ends at once what a token may do that lives on', async () => {
    await revoke(url, owner, 'GROUP', '/team/integrations');
    same(await seesProject(url, grace.access_token), false);
    same(await refusedEdit(url, grace.access_token), ['NOT_FOUND']);
  });

  await check(
    'after logout, revocation and the end of her account a token lives to its exp, and no longer',
    async () => {
      await shortenTokens(admin, SHORT_LIFE_SECONDS);
      const { access_token: token, id_token: hint, refresh_token: refresh } = await comes(people.grace);
      await whoIs(url, token);
      const logout = await fetch(`${metadata.end_session_endpoint}?${new URLSearchParams({ id_token_hint: hint })}`);
      same(logout.status, 200);
      for (const each of [refresh, token]) {
        const body = new URLSearchParams({ token: each, client_id: 'proxy-ledger-console' });
        same((await fetch(metadata.revocation_endpoint, { method: 'POST', body })).status, 200);
      }
      const person = await admin('GET', `/users/${people.grace.id}`);
      await admin('PUT', `/users/${people.grace.id}`, { ...person, enabled: false });
      const { exp } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
      let last = 0;
      const isRefused = async () => {
        const asked = Date.now() / 1_000;
        if ((await post(url, token, '{ viewer { actor { identity } } }')).status === 401) return true;
        last = asked;
        return false;
      };
      const limit = SHORT_LIFE_SECONDS + TOLERANCE_SECONDS + 5;
      await until(isRefused, limit * 1_000, () => 'it still is let in');
      if (last < exp + TOLERANCE_SECONDS - 1) throw new Error(`it was let in last ${exp - last} s before its exp`);
    },
  );

  await check('behind a new key the disabled one lets nobody in, as soon as the keys were fetched again', async () => {
    await shortenTokens(admin, 300);
    const before = (await comes(people.ada)).access_token;
    await whoIs(url, before);
    await replaceKey(admin);
    const after = (await comes(people.ada)).access_token;
    const isIn = async () => (await post(url, after, '{ viewer { actor { identity } } }')).status === 200;
    await until(isIn, KEYS_MS, () => 'a token of the new key is not let in');
    await refused(server, before, /the issuer's keys have none of its kid/);
  });

  await check('while Keycloak is away its tokens are let in, and API tokens', async () => {
    const token = (await comes(people.ada)).access_token;
    await keycloak.stop();
    same((await whoIs(url, token)).name, people.ada.name);
    const input = { projectKey: PROJECT, name: 'pipeline', role: 'EDITOR' };
    const mutation = `mutation ($input: IssueTokenInput!) {
      issueToken(input: $input) { secret userErrors { code path message } } }`;
    const { secret } = await change(url, token, mutation, { input });
    same(await edit(url, secret, 'by a token'), { role: 'EDITOR', via: 'token' });
  });
}
