import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { accepted, graphqlClient } from '../example/api.mjs';
import { startServer } from '../example/server.mjs';

const ROOT = path.resolve(import.meta.dirname, '../..');
const ISSUER = 'https://sso.example.com';
const PROJECT = 'crm-integration';
const GRANTS = [
  ['USER', `${ISSUER}#ada`, 'OWNER', 'Owns the integration'],
  ['USER', `${ISSUER}#grace`, 'EDITOR', 'Looks after the gateways'],
  ['GROUP', '/audit', 'AUDITOR', null],
  ['GROUP', '/on-call', 'OPERATOR', 'Tests and calls, and changes nothing'],
];

/** A server that wants to know who asks, with a project that some may do something in. */
export async function startGuardedServer(scratch, signal) {
  const keys = path.join(scratch, 'jwks.json');
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = { ...publicKey.export({ format: 'jwk' }), kid: '1', alg: 'ES256', use: 'sig' };
  await writeFile(keys, JSON.stringify({ keys: [key] }));
  const settings = {
    DATA_DIR: path.join(scratch, 'guarded'),
    OIDC_ISSUER: ISSUER,
    OIDC_AUDIENCE: 'proxy-ledger',
    OIDC_JWKS_FILE: keys,
  };
  const server = await startServer(settings, signal);
  try {
    const args = ['dist/main.js', 'token', 'issue', '--admin', '--name', 'ada'];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env: settings, signal });
    const token = stdout.trim();
    await fill(graphqlClient(server.url, { token, signal }));
    return { ...server, token };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function fill(graphql) {
  const mutate = async (mutation, type, input) =>
    accepted(
      await graphql(`mutation ($input: ${type}!) { ${mutation}(input: $input) { userErrors { code path message } } }`, {
        input,
      }),
    );
  await mutate('createProject', 'CreateProjectInput', { key: PROJECT, name: 'CRM integration' });
  for (const [kind, identity, role, reason] of GRANTS)
    await mutate('grantAccess', 'GrantAccessInput', { projectKey: PROJECT, kind, identity, role, reason });
  await mutate('issueToken', 'IssueTokenInput', { projectKey: PROJECT, name: 'Deployment pipeline', role: 'EDITOR' });
}
