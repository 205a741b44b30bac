import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Child, runNode } from '../cli/child.ts';

let scratch: string;
let server: Child;
let url: string;

beforeAll(async () => {
  const built = await runNode(['scripts/build.mjs']).ended;
  if (built.code !== 0) throw new Error(built.err);
  scratch = await mkdtemp(path.join(tmpdir(), 'seed-example-'));
  server = runNode(['dist/main.js', 'serve'], { DATA_DIR: path.join(scratch, 'data'), PORT: '0' });
  [, url = ''] = await server.says(/GraphQL API at (http:\/\/\S+\/graphql)/);
}, 60_000);

afterAll(async () => {
  server?.signal('SIGTERM');
  await server?.ended;
  await rm(scratch, { recursive: true, force: true });
}, 30_000);

const seed = (...args: string[]) => runNode(['scripts/seed-example.mjs', ...args]).ended;

async function project(): Promise<unknown> {
  const query = `{ project(key: "retail-banking") {
    position environments
    proxyConnections(filter: { state: ANY }) { totalCount nodes { name editedBy { name } deletedAt } }
    dataSources { totalCount nodes { name routing } }
  } }`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  return ((await response.json()) as { data: { project: unknown } }).data.project;
}

describe('seed-example', () => {
  test('fills a server, and running it again changes nothing', async () => {
    const first = await seed(url);
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).not.toContain('there already  ');
    const filled = await project();
    expect(filled).toMatchObject({
      environments: ['dev', 'staging', 'prod'],
      proxyConnections: {
        totalCount: 12,
        nodes: expect.arrayContaining([
          { name: 'Branch Network', editedBy: { name: 'edsger' }, deletedAt: null },
          { name: 'Legacy Squid', editedBy: { name: 'edsger' }, deletedAt: expect.any(String) },
        ]),
      },
      dataSources: {
        totalCount: 8,
        nodes: expect.arrayContaining([
          { name: 'CRM', routing: 'PROXY' },
          { name: 'Exchange Rates', routing: 'DIRECT' },
          { name: 'Sanctions Screening', routing: 'PROXY_DELETED' },
        ]),
      },
    });

    const second = await seed(url);
    expect(second).toMatchObject({ code: 0, err: '' });
    expect(second.out).not.toContain('done  ');
    expect(await project()).toEqual(filled);
  }, 60_000);

  test('ends with 1 when nothing answers, and with 2 for bad usage', async () => {
    expect(await seed('http://127.0.0.1:9/graphql')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('http://127.0.0.1:9/graphql does not answer'),
    });
    expect(await seed('127.0.0.1:4000')).toMatchObject({ code: 2, out: '', err: expect.stringContaining('Usage') });
    expect(await seed('--help')).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Exit codes') });
  }, 60_000);
});
