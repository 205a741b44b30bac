import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Data, mutation, startTestApp } from './support/app.ts';

const scratch = mkdtempSync(join(tmpdir(), 'schema-clients-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** An app as Relay's own documents show one: pages of a list, a row that is fetched anew, an edit, and what happens. */
const RELAY_APP = `
graphql\`
  query AppQuery($key: String!) {
    viewer { actor { identity name } }
    project(key: $key) { id name ...AppProxies_project }
    before: project(key: $key, asOf: { position: 2 }) { id ...AppProxies_project }
  }
\`;
graphql\`
  fragment AppProxies_project on Project
  @argumentDefinitions(first: { type: "Int", defaultValue: 1 }, after: { type: "String" }, filter: { type: "ProxyConnectionFilter" })
  @refetchable(queryName: "AppProxiesPaginationQuery") {
    proxyConnections(first: $first, after: $after, filter: $filter) @connection(key: "AppProxies_proxyConnections") {
      edges { node { id ...AppProxy_proxy } }
    }
  }
\`;
graphql\`
  fragment AppProxy_proxy on ProxyConnection @refetchable(queryName: "AppProxyRefetchQuery") {
    name version editedBy { identity name } usedBy { nodes { id name } }
    history(first: 5) { nodes { id type subject { ... on ProxyConnection { name } } } }
  }
\`;
graphql\`
  mutation AppCreateMutation($input: CreateProxyConnectionInput!, $connections: [ID!]!) {
    createProxyConnection(input: $input) {
      proxyConnection @appendNode(connections: $connections, edgeTypeName: "ProxyConnectionEdge") { id ...AppProxy_proxy }
      userErrors { code path message }
    }
  }
\`;
graphql\`
  subscription AppChangesSubscription($key: String!, $after: ID) {
    changes(projectKey: $key, after: $after) { id type subject { id ...AppProxy_proxy } commit { position } }
  }
\`;
`;

test("Relay's compiler takes an app with pages, refetching and a subscription, whose queries are answered", async () => {
  mkdirSync(join(scratch, 'src'));
  writeFileSync(join(scratch, 'src', 'App.ts'), RELAY_APP);
  cpSync('schema/schema.graphql', join(scratch, 'schema.graphql'));
  const config = { src: './src', schema: './schema.graphql', language: 'typescript' };
  const persisted = { ...config, persistConfig: { file: './queries.json' } };
  writeFileSync(join(scratch, 'queries.json'), '{}');
  writeFileSync(join(scratch, 'relay.config.json'), JSON.stringify(persisted));
  const compiler = join(process.cwd(), 'node_modules/relay-compiler/cli.js');
  await promisify(execFile)(process.execPath, [compiler, 'relay.config.json'], { cwd: scratch, timeout: 30_000 });
  const texts: string[] = Object.values(JSON.parse(readFileSync(join(scratch, 'queries.json'), 'utf8')));
  const operation = (name: string) => {
    const text = texts.find((each) => new RegExp(`(query|subscription|mutation) ${name}\\b`).test(each));
    if (text === undefined) throw new Error(`${name} was not compiled`);
    return text;
  };
  expect(operation('AppChangesSubscription')).toContain('changes(projectKey: $key, after: $after)');

  const app = await startTestApp();
  await mutation(app)('createProject', { key: 'relay', name: 'Relay' });
  const names = ['a', 'b'];
  for (const name of names) {
    const input = { projectKey: 'relay', name, type: 'HTTP', host: 'h', port: 1 };
    const created = await app.get(operation('AppCreateMutation'), { input });
    expect(created).toMatchObject({ proxyConnection: { name }, userErrors: [] });
  }
  const { data, errors } = await app.ask(operation('AppQuery'), { key: 'relay' });
  expect(errors).toBeUndefined();
  const { project, before } = data;
  const [edge] = project.proxyConnections.edges;
  // What usePaginationFragment and useRefetchableFragment send, of now and of then.
  const next = (id: string, after: string): Promise<Data> =>
    app.get(operation('AppProxiesPaginationQuery'), { id, first: 1, after });
  expect((await next(project.id, edge.cursor)).proxyConnections.edges).toMatchObject([{ node: { name: 'b' } }]);
  expect((await next(before.id, edge.cursor)).proxyConnections.edges).toEqual([]);
  const [past] = before.proxyConnections.edges;
  for (const { node } of [edge, past]) {
    expect(await app.get(operation('AppProxyRefetchQuery'), { id: node.id })).toMatchObject({ id: node.id, name: 'a' });
  }
  expect(past.node.id).not.toBe(edge.node.id);
}, 60_000);

test("GraphQL ESLint's rule for descriptions finds nothing that lacks one", () => {
  const lint = (...args: readonly string[]) => {
    const eslint = ['node_modules/eslint/bin/eslint.js', '--no-config-lookup', '--format', 'json'];
    const config = ['-c', 'test/support/eslint-schema.config.mjs'];
    const input = 'type Lonely { field: Int }';
    const { stdout } = spawnSync(process.execPath, [...eslint, ...config, ...args], { input, encoding: 'utf8' });
    const [{ filePath, messages }] = JSON.parse(stdout);
    return [filePath, messages.map(({ ruleId }: Data) => ruleId)];
  };
  expect(lint('schema/schema.graphql')).toEqual([join(process.cwd(), 'schema/schema.graphql'), []]);
  expect(lint('--stdin', '--stdin-filename', 'schema/lonely.graphql')).toEqual([
    join(process.cwd(), 'schema/lonely.graphql'),
    Array(2).fill('@graphql-eslint/require-description'),
  ]);
}, 60_000);
