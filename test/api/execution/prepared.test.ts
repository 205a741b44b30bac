import fc from 'fast-check';
import type { GraphQLObjectType } from 'graphql';
import { buildApiSchema } from '../../../src/api/schema.ts';
import { type Data, startTestApp, type TestApp } from '../../support/app.ts';
import { type MadeQuery, QueryMaker } from '../../support/query-maker.ts';

const schema = buildApiSchema();

let app: TestApp;
let maker: QueryMaker;

const MADE = `mutation {
  p: createProject(input: { key: "crm", name: "CRM" }) { project { id } }
  s: setConfigParameter(input: { projectKey: "crm", key: "a.key", defaultValue: "1" }) { configParameter { id } }
  a: createProxyConnection(input: { projectKey: "crm", name: "P", type: HTTP, host: "\${a.key}.example.com", port: 1 }) { proxyConnection { id } commit { changes { id } } }
  b: createProxyConnection(input: { projectKey: "crm", name: "Q", type: HTTPS, host: "q.example.com", port: "8443", authType: BASIC, user: "u", password: "secret-password" }) { proxyConnection { id } }
  d: createDataSource(input: { projectKey: "crm", name: "D", baseUrl: "https://d.example.com/" }) { dataSource { id } }
}`;

beforeAll(async () => {
  app = await startTestApp();
  const { data } = await app.ask(MADE);
  const ids = [
    data.p.project.id,
    data.s.configParameter.id,
    data.a.proxyConnection.id,
    data.d.dataSource.id,
    data.a.commit.changes[0].id,
    'no-id',
  ];
  maker = new QueryMaker(schema, {
    ...{ key: ['crm', 'a.key', 'none'], projectKey: ['crm', 'none'], name: ['P', 'D', 'none'] },
    ...{ id: ids, ids, after: ['no-cursor'], before: ['no-cursor'], first: [2, 0, 50, -1, 101], last: [1, 3] },
    ...{ position: [1, 3, 5, 6, -1], atLeastPosition: [0], environment: ['dev', 'none'], path: ['/x', '//evil'] },
  });
});

interface Said {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

/** @param extensions a member that is of no effect, but has Apollo Server answer */
async function ask(request: MadeQuery, extensions?: object, accept = 'application/json'): Promise<Said> {
  const response = await fetch(app.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept },
    body: JSON.stringify({ ...request, ...(extensions && { extensions }) }),
  });
  const text = (await response.text()).replaceAll(/"requestId":"[^"]*"/g, '"requestId":""');
  return { status: response.status, type: response.headers.get('content-type'), text };
}

/** What both ways answer, which must be the same to the byte. */
async function same(request: MadeQuery, accept?: string): Promise<Data> {
  const [fast, slow] = [await ask(request, undefined, accept), await ask(request, {}, accept)];
  expect(fast).toEqual(slow);
  return JSON.parse(fast.text);
}

const PAGE = `query Page($first: Int, $after: String, $with: Boolean!) {
  project(key: "crm") {
    ...on Project { key position }
    proxyConnections(first: $first, after: $after) {
      totalCount
      edges { cursor node { ...Row usedBy { totalCount } } }
      nodes { ...Row lastTest { success } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
fragment Row on ProxyConnection { id name type host port authType user hasPassword editedAt editedBy { name } version @include(if: $with) }`;

describe('a prepared operation answers what graphql-js does', () => {
  test.each<[string, Record<string, unknown>]>([
    ['plain', { first: 10, with: true }],
    ['with a condition that is off', { first: 1, with: false }],
    ['with a cursor that is none', { first: 1, after: 'nonsense', with: true }],
    ['with a page that is too large', { first: 1_000, with: true }],
    ['with a variable of another type', { first: 'one', with: true }],
    ['without a variable that is needed', {}],
    ['with one that is null', { with: null }],
    ['with one that nobody declared', { with: true, other: 1 }],
  ])('%s', async (_, variables) => {
    await same({ query: PAGE, variables });
    await same({ query: PAGE, variables }, 'application/graphql-response+json');
  });

  test.each([
    '{ viewer { actor { name } } }',
    '{ __typename }',
    '{ project(key: "none") { id } }',
    '{ project(key: "crm", asOf: { position: 2 }) { id proxyConnections { nodes { id resourceId } } history(first: 2) { nodes { id type fields { field after } commit { hash changes { type } } } } } }',
    '{ project(key: "crm", asOf: { position: 200 }) { id } viewer { actor { name } } }',
    '{ project(key: "crm") { __proto__: key } }',
    '{ __schema { queryType { name } } }',
    'query A { viewer { isAdministrator } } query B { viewer { isAdministrator } }',
    '{ nope }',
    '{',
    'subscription { changes(projectKey: "crm") { id } }',
    'mutation { createProject(input: { key: "Bad Key", name: "" }) { project { id } userErrors { code path message } commit { position } } }',
    'mutation { a: updateProject(input: { key: "none" }) { userErrors { code } } b: createProject(input: { key: "crm", name: "x" }) { userErrors { code path } } }',
  ])('%s', async (query) => {
    await same({ query, variables: {} });
    await same({ query, variables: {} }, 'application/graphql-response+json');
  });

  test('to whatever is asked of the whole schema', async () => {
    const root = schema.getQueryType() as GraphQLObjectType;
    const outcomes = { answered: 0, failed: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(1_000), { minLength: 40, maxLength: 80 }), async (numbers) => {
        const { data, errors } = await same(maker.make(root, 'query', numbers));
        if (data && !errors) outcomes.answered += 1;
        else outcomes.failed += 1;
      }),
      { numRuns: 200 },
    );
    // Neither is rare, or the test would show little.
    expect(Math.min(outcomes.answered, outcomes.failed)).toBeGreaterThan(20);
  }, 120_000);
});
