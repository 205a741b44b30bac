// Ory Hydra on loopback, with the application for login and consent that whoever runs Hydra writes.
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { freePort, serve } from '../real-proxies/run.mjs';

export const AUDIENCE = 'proxy-ledger';
export const REDIRECT_URI = 'http://127.0.0.1:4000/callback';

/** What the application knows of the one who signs in. */
export const PERSON = { subject: 'ada', name: 'Ada Lovelace', groups: ['ledger-admins'] };

/** @param program what installHydra answered. @param scratch a folder of this run's. */
export async function startHydra(program, scratch) {
  const [port, adminPort] = [await freePort(), await freePort()];
  const adminUrl = `http://127.0.0.1:${adminPort}/admin`;
  const application = await startApplication(adminUrl);
  const config = path.join(scratch, 'hydra.json');
  writeFileSync(
    config,
    JSON.stringify({
      dsn: 'memory',
      log: { level: 'warn' },
      secrets: { system: ['of this run alone, and 16 or longer'] },
      serve: { public: { host: '127.0.0.1', port }, admin: { host: '127.0.0.1', port: adminPort } },
      urls: {
        self: { issuer: `http://127.0.0.1:${port}/` },
        login: `${application.url}/login`,
        consent: `${application.url}/consent`,
      },
      // As it comes, access tokens are opaque, and the claims of a session stand below `ext` alone.
      strategies: { access_token: 'jwt' },
      oauth2: { allowed_top_level_claims: ['groups', 'name'] },
    }),
  );
  const args = ['serve', 'all', '--dev', '--config', config];
  const env = { ...process.env, SQA_OPT_OUT: 'true', HOME: scratch };
  const server = await serve({ program, args, port, seconds: 60, cwd: scratch, env }).catch((error) => {
    application.close();
    throw error;
  });
  const stop = async () => {
    await server.stop();
    application.close();
  };
  const issuer = `http://127.0.0.1:${port}/`;
  // It makes its keys when first asked, each request on its own (findings/hydra-first-keys.sh): so one asks alone.
  await fetch(`${issuer}.well-known/jwks.json`).then((response) => response.arrayBuffer());
  return { issuer, admin: asks(adminUrl), stop };
}

/** The clients of people and pipelines, and one pipeline whose tokens are opaque. */
export async function setUpHydra(admin, secret) {
  const pipeline = {
    ...{ grant_types: ['client_credentials'], audience: [AUDIENCE], client_secret: secret },
    token_endpoint_auth_method: 'client_secret_basic',
  };
  await admin('POST', '/clients', {
    ...{ client_id: 'proxy-ledger-console', token_endpoint_auth_method: 'none', audience: [AUDIENCE] },
    ...{ grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] },
    ...{ redirect_uris: [REDIRECT_URI], scope: 'openid offline_access' },
  });
  await admin('POST', '/clients', { ...pipeline, client_id: 'pipeline' });
  await admin('POST', '/clients', { ...pipeline, client_id: 'opaque', access_token_strategy: 'opaque' });
}

/** Who comes is PERSON, and agrees to everything. */
async function startApplication(adminUrl) {
  const admin = asks(adminUrl);
  const accept = async (kind, challenge, body) => {
    const of = `/oauth2/auth/requests/${kind}`;
    const query = `?${kind}_challenge=${encodeURIComponent(challenge)}`;
    const asked = await admin('GET', `${of}${query}`);
    return (await admin('PUT', `${of}/accept${query}`, body(asked))).redirect_to;
  };
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url, 'http://application');
    const login = searchParams.get('login_challenge');
    const next =
      login === null
        ? accept('consent', searchParams.get('consent_challenge') ?? '', (asked) => ({
            grant_scope: asked.requested_scope,
            grant_access_token_audience: asked.requested_access_token_audience,
            session: { access_token: { name: PERSON.name, groups: PERSON.groups } },
          }))
        : accept('login', login, () => ({ subject: PERSON.subject }));
    next.then(
      (location) => response.writeHead(302, { location }).end(),
      (error) => response.writeHead(500).end(error.message),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${server.address().port}`, close };
}

function asks(adminUrl) {
  return async (method, of, body) => {
    const response = await fetch(`${adminUrl}${of}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`Hydra answered ${method} ${of.split('?')[0]} with ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
}
