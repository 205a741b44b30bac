// A server of MongoDB's protocol: that of MONGODB_URL, a program that MONGO_SERVER names, or FerretDB built with Go.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { endWithUs } from './processes.mjs';

const SOURCE = path.resolve(import.meta.dirname, '../mongo-server');
const CACHE = path.resolve(import.meta.dirname, '../../node_modules/.cache/mongo-server');

/** Answers what it is, its URL with a fresh database, and how to end it; or why there is none. */
export async function findMongo(directory) {
  const { MONGODB_URL, MONGO_SERVER } = process.env;
  if (MONGODB_URL) return { kind: 'MONGODB_URL', url: MONGODB_URL, stop: async () => {} };
  let program = MONGO_SERVER;
  try {
    program ||= await build();
  } catch (error) {
    return { missing: `neither MONGODB_URL nor MONGO_SERVER, and FerretDB does not build (${error.code ?? error})` };
  }
  const data = path.join(directory, 'mongo');
  await mkdir(data);
  const child = endWithUs(spawn(program, ['-directory', data, '-stdin'], { stdio: ['pipe', 'pipe', 'inherit'] }));
  const [url] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'exit').then(() => {
      throw new Error(`${program} ended before it listened`);
    }),
    once(child, 'error').then(([error]) => {
      throw error;
    }),
  ]);
  return {
    kind: 'FerretDB',
    url: new URL('/bench', url).href,
    stop: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function build() {
  const program = path.join(CACHE, 'mongo-server-bench');
  await promisify(execFile)('go', ['build', '-o', program, '.'], { cwd: SOURCE });
  return program;
}
