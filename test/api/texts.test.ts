import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { buildApiSchema } from '../../src/api/schema.ts';
import { type Data, errorsOf, mutation, startTestApp } from '../support/app.ts';

const app = await startTestApp({ PROBES_PER_ACTOR_PER_MINUTE: '100000', PROBE_TARGET_URL: 'http://127.0.0.1:9/' });
const send = mutation(app);
await send('createProject', { key: 'texts', name: 'Texts' });
const through = { projectKey: 'texts', type: 'HTTP', host: '127.0.0.1', port: 9 };
const { proxyConnection } = await send('createProxyConnection', { ...through, name: 'proxy' });
const { dataSource } = await send('createDataSource', {
  projectKey: 'texts',
  name: 'source',
  baseUrl: 'http://127.0.0.1:9',
});
await send('setConfigParameter', { projectKey: 'texts', key: 'k', defaultValue: 'v' });

const schema = buildApiSchema();
const TEXTS = { NUL: 'a\u0000b', 'half a surrogate pair': 'a\ud800' };

/** A query that asks for one field, which stands in place of `*`, of each type whose fields take arguments. */
const PLACES: Record<string, string> = {
  Query: '{ * }',
  Mutation: '{ * }',
  Subscription: '{ * }',
  Project: '{ project(key: "texts") { * } }',
  ProxyConnection: '{ project(key: "texts") { proxyConnections { nodes { * } } } }',
  DataSource: '{ project(key: "texts") { dataSources { nodes { * } } } }',
  ConfigParameter: '{ project(key: "texts") { configParameters { nodes { * } } } }',
  Instance: '{ instance { * } }',
  Viewer: '{ viewer { * } }',
};

/** What a field of this name takes that is valid; a text otherwise. */
const VALID: Record<string, unknown> = {
  projectKey: 'texts',
  key: 'texts',
  proxyConnectionId: proxyConnection.id,
  dataSourceId: dataSource.id,
  host: '127.0.0.1',
  port: '9',
  baseUrl: 'http://127.0.0.1:9',
  environment: 'dev',
  environments: ['dev'],
  from: 'dev',
  to: 'dev',
  timeoutMs: 1_000,
};

type Path = readonly string[];

/** Where texts stand in a type: `[]` for a text itself. */
function textsIn(type: GraphQLInputType, above: readonly GraphQLNamedType[] = []): Path[] {
  const bare = getNullableType(type);
  if (isListType(bare)) return textsIn(bare.ofType, above).map((path) => ['0', ...path]);
  if (isInputObjectType(bare)) {
    return Object.values(bare.getFields()).flatMap((field) =>
      textsIn(field.type, [...above, bare]).map((path) => [field.name, ...path]),
    );
  }
  return 'name' in bare && ['String', 'ID', 'PortTemplate'].includes(bare.name) ? [[]] : [];
}

/** A value of the type with this text at this place, and no more than it must have elsewhere. */
function valueWith(type: GraphQLInputType, path: Path | undefined, text: string, name: string, field: string): unknown {
  const bare = getNullableType(type);
  const [step, ...rest] = path ?? [];
  if (path?.length === 0) return text;
  if (path === undefined && name in VALID) return VALID[name];
  if (path === undefined && name === 'id') return /DataSource/.test(field) ? dataSource.id : proxyConnection.id;
  if (isListType(bare)) return [valueWith(bare.ofType, path && rest, text, name, field)];
  if (isEnumType(bare)) return bare.getValues()[0]?.name;
  if (!isInputObjectType(bare))
    return { Int: 1, Boolean: false, DateTime: '2026-01-01T00:00:00Z' }[String(bare)] ?? 'x';
  const wanted = Object.values(bare.getFields()).filter(
    (member) => member.name === step || (isNonNullType(member.type) && member.defaultValue === undefined),
  );
  return Object.fromEntries(
    wanted.map((member) => [
      member.name,
      valueWith(member.type, member.name === step ? rest : undefined, text, member.name, field),
    ]),
  );
}

function selection(type: GraphQLNamedType): string {
  if (!isObjectType(type) && !isInterfaceType(type)) return '';
  const { nodes, commit, userErrors } = type.getFields();
  if (nodes) return '{ totalCount nodes { __typename } }';
  return `{ __typename ${userErrors ? 'userErrors { code path }' : ''} ${commit && userErrors ? 'commit { position }' : ''} }`;
}

interface Case {
  readonly parent: string;
  readonly field: GraphQLField<unknown, unknown>;
  readonly argument: GraphQLArgument;
  readonly path: Path;
}

const cases: Case[] = Object.values(schema.getTypeMap())
  .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
  .flatMap((type) => (isObjectType(type) ? Object.values(type.getFields()).map((field) => ({ type, field })) : []))
  .flatMap(({ type, field }) =>
    field.args.flatMap((argument) =>
      textsIn(argument.type).map((path) => ({ parent: type.name, field, argument, path })),
    ),
  );

async function tried({ parent, field, argument, path }: Case, text: string, more: object): Promise<Data> {
  const variables: Record<string, unknown> = {};
  const all = field.args.filter((each) => each === argument || isNonNullType(each.type));
  for (const each of all) {
    variables[each.name] = valueWith(each.type, each === argument ? path : undefined, text, each.name, field.name);
  }
  if (parent === 'Mutation') variables.input = { ...(variables.input as object), ...more };
  const declared = all.map((each) => `$${each.name}: ${each.type}`).join(', ');
  const given = all.map((each) => `${each.name}: $${each.name}`).join(', ');
  const asked = `${field.name}(${given}) ${selection(getNamedType(field.type))}`;
  const kind = ['Mutation', 'Subscription'].includes(parent) ? parent.toLowerCase() : 'query';
  const query = `${kind}(${declared}) ${PLACES[parent]?.replace('*', asked)}`;
  if (kind !== 'subscription') return app.ask(query, variables);
  const client = createClient({ url: app.url.replace('http', 'ws'), webSocketImpl: WebSocket, retryAttempts: 0 });
  try {
    // The first answer, be it an error; a change to tell is there when it is none.
    for await (const answer of client.iterate({ query, variables: { afterPosition: 0, ...variables } })) return answer;
    throw new Error('a subscription ended without an answer');
  } catch (errors) {
    return { errors };
  } finally {
    await client.dispose();
  }
}

test('every argument that holds a text can be reached', () => {
  expect(
    cases.filter(({ parent }) => !(parent in PLACES)).map(({ parent, field }) => `${parent}.${field.name}`),
  ).toEqual([]);
  expect(cases.length).toBeGreaterThan(120);
});

describe.each(Object.entries(TEXTS))('%s', (what, text) => {
  test('is no error of the server wherever a text is taken, with an idempotency key beside it or none', async () => {
    const wrong: string[] = [];
    for (const each of cases) {
      if (each.parent === 'Subscription' && each.path.join() === 'subject') continue; // Waits: nothing is about it.
      const place = [each.argument.name, ...each.path];
      const takesKey = isInputObjectType(getNullableType(each.argument.type)) && each.parent === 'Mutation';
      const inputs =
        takesKey && !place.includes('idempotencyKey') && hasKey(each) ? [{}, { idempotencyKey: 'k' }] : [{}];
      for (const more of inputs) {
        const answer = await tried(each, text, more);
        const codes = (answer.errors ?? []).map(({ extensions }: Data) => extensions?.code);
        const at = `${each.parent}.${each.field.name} ${place.join('.')} ${JSON.stringify(more)}`;
        if (codes.some((code: string) => code !== 'BAD_USER_INPUT')) wrong.push(`${at}: ${codes}`);
        if (each.parent !== 'Mutation' || what === 'NUL') continue;
        const payload = answer.data?.[each.field.name];
        const refused = payload && errorsOf(payload).some((error) => error.endsWith(` ${place.join('.')}`));
        if (!refused) wrong.push(`${at}: ${payload && errorsOf(payload)}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 60_000);

  test('in a cursor that somebody forged is refused, or a place in the list', async () => {
    const lists = {
      projects: '{ list: projects(ARGS) { totalCount nodes { id } pageInfo { endCursor } } }',
      history: '{ project(key: "texts") { list: history(ARGS) { totalCount nodes { id } pageInfo { endCursor } } } }',
      proxies:
        '{ project(key: "texts") { list: proxyConnections(ARGS) { totalCount nodes { id } pageInfo { endCursor } } } }',
    };
    for (const query of Object.values(lists)) {
      const page = await app.ask(query.replace('ARGS', 'first: 1'));
      const { endCursor } = (page.data.list ?? page.data.project.list).pageInfo;
      const [order] = JSON.parse(Buffer.from(endCursor, 'base64url').toString());
      const cursor = Buffer.from(JSON.stringify([order, text])).toString('base64url');
      for (const args of [`after: "${cursor}"`, `last: 1, before: "${cursor}"`]) {
        const { errors } = await app.ask(query.replace('ARGS', args));
        expect(
          (errors ?? []).map(({ extensions }) => extensions.code).filter((code) => code !== 'BAD_USER_INPUT'),
        ).toEqual([]);
      }
    }
  });
});

function hasKey({ argument }: Case): boolean {
  const type = getNullableType(argument.type);
  return isInputObjectType(type) && 'idempotencyKey' in type.getFields();
}

test('half of a character is not searched for, since it would find the whole one', async () => {
  await send('createProxyConnection', { ...through, name: '🦊' });
  for (const list of [
    'proxyConnections(filter: { nameContains: $text })',
    'dataSources(filter: { nameContains: $text })',
    'configParameters(filter: { keyContains: $text })',
  ]) {
    const query = `query($text: String) { project(key: "texts") { ${list} { totalCount } } }`;
    const { errors } = await app.ask(query, { text: '\ud83e' });
    expect(errors?.map(({ message, extensions }) => `${extensions.code}: ${message}`)).toEqual([
      expect.stringMatching(/^BAD_USER_INPUT: (name|key)Contains: .* half of a surrogate pair$/),
    ]);
    expect((await app.ask(query, { text: '🦊' })).errors).toBeUndefined();
  }
});

test('a history of nobody and of nothing is empty, and one of what cannot be called so is refused', async () => {
  const query = 'query($filter: ChangeFilter) { project(key: "texts") { history(filter: $filter) { totalCount } } }';
  for (const filter of [{ subject: 'nothing' }, { subject: 'a\u0000' }, { subject: '\ud800' }, { actor: 'nobody' }]) {
    expect(await app.get(query, { filter })).toEqual({ history: { totalCount: 0 } });
  }
  for (const actor of ['\ud800', 'a\u0000']) {
    const { errors } = await app.ask(query, { filter: { actor } });
    expect(errors?.[0]?.message).toMatch(/^actor: /);
  }
});
