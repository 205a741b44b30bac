import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { type Data, startTestApp } from '../support/app.ts';

const app = await startTestApp();
const blocks = [...readFileSync('docs/auditing.md', 'utf8').matchAll(/^```graphql\n(.*?)^```$/gms)].map(
  ([, query = '']) => query,
);

test("the queries of docs/auditing.md answer an auditor's questions about the seeded project", async () => {
  await promisify(execFile)(process.execPath, ['scripts/seed-example.mjs', app.url], { timeout: 30_000 });
  const queries = blocks.filter((query) => !query.startsWith('subscription'));
  expect(queries.length).toBeGreaterThan(4);
  const answers: Data[] = [];
  for (const query of queries)
    answers.push(await app.get(query.replace('2026-11-25T12:00:00Z', new Date().toISOString())));
  const [now, history] = answers;
  expect(now.dataSource.routing).toBe('PROXY');
  expect(history.dataSource.history.nodes.map(({ type }: Data) => type)).toContain('DATA_SOURCE_PROXY_ATTACHED');
  expect(answers.filter((answer) => answer === null)).toEqual([]);
}, 60_000);
