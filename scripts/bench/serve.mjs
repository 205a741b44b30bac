// The built server in a process of its own, and an issuer whose keys it has in a file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { endWithUs } from './processes.mjs';
import { asker } from './server.mjs';

const MAIN = path.resolve(import.meta.dirname, '../../dist/main.js');

export const ISSUER = 'https://id.example.com';
const AUDIENCE = 'proxy-ledger';

/** Signs tokens with RS256, and has what a server needs to take them. `admin` administers. */
export async function startIssuer(directory) {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const file = path.join(directory, 'keys.json');
  const key = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'RS256', use: 'sig' };
  await writeFile(file, JSON.stringify({ keys: [key] }));
  return {
    env: {
      OIDC_ISSUER: ISSUER,
      OIDC_AUDIENCE: AUDIENCE,
      OIDC_JWKS_FILE: file,
      ADMINS: `user:${ISSUER}#admin`,
    },
    headers: async (sub, claims = {}) => {
      const token = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', kid: 'k', typ: 'at+jwt' })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(sub)
        .setIssuedAt()
        .setExpirationTime('3h')
        .sign(privateKey);
      return { authorization: `Bearer ${token}` };
    },
  };
}

/** Answers when it listens. What it logs is in `log` of the directory. */
export async function serve(directory, env) {
  const log = path.join(directory, 'log');
  const file = await open(log, 'w');
  const child = endWithUs(
    spawn(process.execPath, [MAIN, 'serve'], {
      env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: directory, ...env },
      stdio: ['ignore', file.fd, 'inherit'],
    }),
  );
  await file.close();
  const ended = once(child, 'exit');
  let url;
  for (let look = 0; look < 600 && url === undefined && child.exitCode === null; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    [, url] = /GraphQL API at (http[^\s,"]+)/.exec(await readFile(log, 'utf8')) ?? [];
  }
  if (url === undefined) child.kill('SIGKILL');
  if (url === undefined) throw new Error(`the server did not listen; its log is ${log}`);
  const askers = [];
  const end = async () => {
    await Promise.all(askers.map((ask) => ask.close()));
    child.kill('SIGTERM');
    await ended;
  };
  let closing;
  return {
    url,
    pid: child.pid,
    /** See `asker`. */
    as: (headers = {}, connections = 64) => {
      const ask = asker(url, headers, connections);
      askers.push(ask);
      return ask;
    },
    close: () => {
      closing ??= end();
      return closing;
    },
  };
}
