import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Child, REPOSITORY, runNode } from '../cli/child.ts';

const CURL =
  'curl --proxy https://proxy.corp.example.com:8443 --proxy-user svc-flowx:******** https://crm.example.com/api/v2/contacts';

let scratch: string;
let child: Child | undefined;

beforeAll(async () => {
  const built = await runNode(['scripts/build.mjs']).ended;
  if (built.code !== 0) throw new Error(built.err);
}, 60_000);

beforeEach(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'example-'));
});

afterEach(async () => {
  child?.signal('SIGKILL');
  await child?.ended;
  await rm(scratch, { recursive: true, force: true });
});

/** With the scratch directory for whatever it writes. */
function runExample(root = REPOSITORY): Child {
  child = runNode([path.join(root, 'scripts/example/main.mjs')], { TMPDIR: scratch }, root);
  return child;
}

describe('the example', () => {
  test('plays the specification’s example to its curl line, and leaves nothing running', async () => {
    const { code, out, err } = await runExample().ended;
    expect({ code, err }).toEqual({ code: 0, err: '' });

    const lines = out.trimEnd().split('\n');
    const passed = lines.flatMap((line) => /^ {3}([A-Z_]+) +PASSED/.exec(line)?.[1] ?? []);
    expect(passed).toEqual(['RESOLVE', 'CONNECT', 'PROXY_TLS', 'PROXY_AUTH', 'TUNNEL', 'TARGET_TLS', 'RESPONSE']);
    expect(out).toMatch(/PROXY_AUTH_REJECTED: /);
    expect(out).toMatch(
      /^ {3}Name +Description +Type +Edited by +Edited at\n {3}Corporate Proxy .* HTTPS +ada +\d{4}-/m,
    );
    expect(out).toMatch(/^ {3}Connect through Proxy +ON\n {3}Proxy Connection +Corporate Proxy$/m);
    expect(out).toMatch(/^ {3}The proxy let through: CONNECT crm\.example\.com:443 for svc-flowx$/m);
    expect(out).toMatch(/^ {3}Its call is refused: PROXY_CONNECTION_DELETED at /m);
    expect(out).toMatch(/^Restored, as version 3: /m);
    expect(lines.at(-1)).toBe(CURL);

    expect(await readdir(scratch)).toEqual([]);
    for (const [url] of out.matchAll(/https?:\/\/(?:localhost|127\.0\.0\.1):\d+/g)) {
      await expect(fetch(url)).rejects.toThrow('fetch failed');
    }
  }, 60_000);

  test('told to stop, ends with 1 and leaves nothing behind', async () => {
    const run = runExample();
    const [, server] = await run.says(/server +(http:\S+)/);
    run.signal('SIGTERM');
    const { code, err } = await run.ended;
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('told to stop by SIGTERM') });
    expect(await readdir(scratch)).toEqual([]);
    await expect(fetch(String(server))).rejects.toThrow('fetch failed');
  }, 60_000);

  test('whose output nobody reads any more ends with 1 and leaves nothing behind', async () => {
    const run = spawn(process.execPath, [path.join(REPOSITORY, 'scripts/example/main.mjs')], {
      env: { TMPDIR: scratch },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    run.stdout.once('data', () => run.stdout.destroy());
    const [code] = await once(run, 'close');
    expect(code).toBe(1);
    expect(await readdir(scratch)).toEqual([]);
  }, 60_000);

  test('says why it failed, and ends with 1', async () => {
    const root = path.join(scratch, 'never-built');
    await cp(path.join(REPOSITORY, 'scripts/example'), path.join(root, 'scripts/example'), { recursive: true });
    await symlink(path.join(REPOSITORY, 'node_modules'), path.join(root, 'node_modules'));
    const { code, err } = await runExample(root).ended;
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining('the server ended before it listened') });
    expect(await readdir(scratch)).toEqual(['never-built']);
  }, 60_000);
});
