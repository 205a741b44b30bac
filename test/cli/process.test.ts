import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Child, runNode } from './child.ts';

let scratch: string;
let children: Child[] = [];

beforeAll(async () => {
  const built = await runNode(['scripts/build.mjs']).ended;
  if (built.code !== 0) throw new Error(built.err);
}, 60_000);

beforeEach(async () => {
  scratch = await mkdtemp(path.join(tmpdir(), 'cli-'));
});

afterEach(async () => {
  for (const child of children) child.signal('SIGKILL');
  await Promise.all(children.map(({ ended }) => ended));
  children = [];
  await rm(scratch, { recursive: true, force: true });
});

function proxyLedger(args: string[], env: Record<string, string> = {}): Child {
  const child = runNode(['dist/main.js', ...args], { DATA_DIR: path.join(scratch, 'data'), PORT: '0', ...env });
  children.push(child);
  return child;
}

const SERVING =
  /GraphQL API at (http:\/\/127\.0\.0\.1:\d+\/graphql), GraphiQL at \S+, console at (http:\/\/127\.0\.0\.1:\d+\/)"/;

describe('proxy-ledger', () => {
  test('--version and --help end with 0', async () => {
    expect(await proxyLedger(['--version']).ended).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^\d/),
      err: '',
    });
    expect(await proxyLedger(['--help']).ended).toMatchObject({ code: 0, err: '' });
  }, 30_000);

  test('ends with 2 when it is used or configured badly, and says so on stderr alone', async () => {
    expect(await proxyLedger(['dance']).ended).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('dance'),
    });
    const { code, out, err } = await proxyLedger(['serve'], { HOST: '0.0.0.0', PORT: 'x' }).ended;
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/HOST is .*\n.*PORT is /);
  }, 30_000);

  test('serves, says where, and ends with 0 on SIGTERM', async () => {
    const server = proxyLedger(['serve']);
    const [, graphql, front] = await server.says(SERVING);
    expect(graphql).toBe(`${front}graphql`);
    const page = await fetch(String(front));
    expect(await page.text()).toContain('<title>Proxy Ledger</title>');
    server.signal('SIGTERM');
    const { code, out, err } = await server.ended;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    for (const line of out.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level');
  }, 30_000);

  test('serves twice at once from one checkout, on two ports with two data directories', async () => {
    const servers = ['one', 'two'].map((name) => proxyLedger(['serve'], { DATA_DIR: path.join(scratch, name) }));
    const said = await Promise.all(servers.map((server) => server.says(SERVING)));
    for (const [, , front] of said) expect((await fetch(`${front}health/ready`)).status).toBe(200);
    expect(said[0]?.[1]).not.toBe(said[1]?.[1]);
  }, 30_000);

  test('ends with 3 when its data directory is held by another one', async () => {
    await proxyLedger(['serve']).says(SERVING);
    const { code, out, err } = await proxyLedger(['serve']).ended;
    expect(code).toBe(3);
    expect(err).toMatch(
      /^proxy-ledger: .+ is held by another process; stop that one, or set DATA_DIR to another .+\n$/,
    );
    expect(out).not.toMatch(/stack| at /);
  }, 30_000);

  test('ends with 3 when it can make no data directory, with one line that names the setting', async () => {
    await writeFile(path.join(scratch, 'file'), '');
    const { code, out, err } = await proxyLedger(['serve'], { DATA_DIR: path.join(scratch, 'file', 'data') }).ended;
    expect(code).toBe(3);
    expect(err).toMatch(/^proxy-ledger: the data directory .+ can't be written: a part of .+; set DATA_DIR to .+\n$/);
    expect(out.trim().split('\n')).toHaveLength(1);
    expect(out).not.toContain('stack');
  }, 30_000);

  test('starts again where a killed one left its socket, and carries out a command over the new one', async () => {
    const killed = proxyLedger(['serve']);
    await killed.says(SERVING);
    killed.signal('SIGKILL');
    await killed.ended;
    const server = proxyLedger(['serve']);
    await server.says(SERVING);
    expect(await proxyLedger(['secrets', 'rewrap']).ended).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^0 secrets encrypted anew; all are encrypted with "local-[0-9a-f]{8}"\n$/),
      err: '',
    });
    server.signal('SIGTERM');
    expect(await server.ended).toMatchObject({ code: 0, err: '' });
  }, 30_000);

  test('ends with 1 when its port is taken', async () => {
    const [, , front] = await proxyLedger(['serve']).says(SERVING);
    const { port } = new URL(String(front));
    const { code, out, err } = await proxyLedger(['serve'], { DATA_DIR: path.join(scratch, 'other'), PORT: port })
      .ended;
    expect(out).not.toContain('stack');
    expect({ code, err }).toEqual({
      code: 1,
      err: `proxy-ledger: 127.0.0.1:${port} is taken by another process; set PORT to another one\n`,
    });
  }, 30_000);
});
