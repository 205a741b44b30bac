import { beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { GraphQLObjectType } from 'graphql';
import { buildApiSchema } from '../../../src/api/schema.ts';
import { startTestApp, TestApp } from '../../support/app.ts';
import { type MadeQuery, QueryMaker } from '../../support/query-maker.ts';

const schema = buildApiSchema();

/** These send traffic, and tell how long it took. */
const LIVE = ['testProxy', 'callDataSource'];

const MADE = `mutation {
  p: createProject(input: { key: "crm", name: "CRM", environments: ["dev", "prod"] }) { project { id } }
  s: setConfigParameter(input: { projectKey: "crm", key: "a.key", defaultValue: "1" }) { configParameter { id } }
  a: createProxyConnection(input: { projectKey: "crm", name: "P", type: HTTP, host: "p.example.com", port: 1 }) { proxyConnection { id } }
  b: createProxyConnection(input: { projectKey: "crm", name: "Q", type: HTTPS, host: "q.example.com", port: "8443" }) { proxyConnection { id } }
  d: createDataSource(input: { projectKey: "crm", name: "D", baseUrl: "https://d.example.com/" }) { dataSource { id } }
}`;

/** Two servers whose data directories began alike. */
let twins: readonly [TestApp, TestApp];
let maker: QueryMaker;

beforeAll(async () => {
  const first = await TestApp.start();
  const { data } = await first.ask(MADE);
  await first.close();
  twins = [await startTestApp({}, first.directory), await startTestApp({}, first.directory)];
  await first.stop();
  const ids = [data.a.proxyConnection.id, data.b.proxyConnection.id, data.d.dataSource.id, data.s.configParameter.id];
  maker = new QueryMaker(schema, {
    ...{ id: [...ids, data.p.project.id, 'no-id'], ids, proxyConnectionId: [...ids.slice(0, 2), 'no-id', null] },
    ...{
      projectKey: ['crm', 'crm', 'crm', 'none'],
      key: ['a.key', 'b.key', 'crm', 'Bad Key'],
      name: ['P', ...'abcdefghijklm', ''],
    },
    ...{
      host: ['h.example.com', 'i.example.com', '${a.key}.example.com', 'no host'],
      port: [1, '8080', '${a.key}', 70_000],
    },
    ...{
      baseUrl: ['https://e.example.com/', 'https://f.example.com/', 'nowhere'],
      environments: [['dev', 'prod'], ['dev'], []],
    },
    ...{ description: ['text', null], defaultValue: ['1', '2', null], value: ['v'], environment: ['dev', 'none'] },
    ...{ expectedVersion: [1, 1, 2], version: [1, 2], idempotencyKey: [...'abcdefghi'], reason: ['why'] },
    ...{ user: ['u', null], password: ['secret-password', null], first: [2], last: [1] },
  });
});

/** @param extensions a member that is of no effect, but has Apollo Server answer */
async function ask({ url }: TestApp, request: MadeQuery, extensions?: object) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...request, ...(extensions && { extensions }) }),
  });
  return { status: response.status, text: alike(await response.text()) };
}

/** Without what chance and the clock make: ids, hashes and times. */
function alike(text: string): string {
  return text
    .replaceAll(/"requestId":"[^"]*"/g, '"requestId":""')
    .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'UUID')
    .replaceAll(/\b[0-9a-f]{64}\b/g, 'HASH')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/"[\w-]{30,}"/g, '"ID"');
}

test('a prepared mutation does and answers what graphql-js does, be it good or bad', async () => {
  const [fast, slow] = twins;
  const type = schema.getMutationType() as GraphQLObjectType;
  const fields = Object.entries(type.getFields()).filter(([name]) => !LIVE.includes(name));
  const root = { getFields: () => Object.fromEntries(fields) } as GraphQLObjectType;
  let before: string | undefined;
  const outcomes = { changed: 0, refused: 0, failed: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(1_000), { minLength: 40, maxLength: 80 }), async (numbers) => {
      const request = maker.make(root, 'mutation', numbers);
      const told = await ask(fast, request);
      expect(told).toEqual(await ask(slow, request, {}));
      const query = '{ project(key: "crm") { position } }';
      const [one, other] = await Promise.all(twins.map(({ url }) => ask({ url } as TestApp, { query, variables: {} })));
      expect(one).toEqual(other);
      if (told.text.includes('"errors":')) outcomes.failed += 1;
      else if (one?.text !== before) outcomes.changed += 1;
      else outcomes.refused += 1;
      before = one?.text;
    }),
    { numRuns: 200, endOnFailure: true },
  );
  // None is rare, or the test would show little.
  expect(Math.min(outcomes.changed, outcomes.refused, outcomes.failed)).toBeGreaterThan(2);
}, 120_000);
