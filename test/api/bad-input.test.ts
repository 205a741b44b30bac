import { type GraphQLInputObjectType, getNamedType, getNullableType, isInputObjectType, isListType } from 'graphql';
import { buildApiSchema } from '../../src/api/schema.ts';
import { type Data, MUTATIONS, mutation, startTestApp } from '../support/app.ts';

const app = await startTestApp({ PROBES_PER_ACTOR_PER_MINUTE: '100000' });
const send = mutation(app);
await send('createProject', { key: 'bad', name: 'Bad' });
await send('createProject', { key: 'other', name: 'Other' });
const proxyInput = { projectKey: 'bad', name: 'P', type: 'HTTP', host: '127.0.0.1', port: 9 };
const proxy = (await send('createProxyConnection', proxyInput)).proxyConnection.id;
const foreign = (await send('createProxyConnection', { ...proxyInput, projectKey: 'other' })).proxyConnection.id;
const source = (await send('createDataSource', { projectKey: 'bad', name: 'S', baseUrl: 'http://127.0.0.1:9' }))
  .dataSource.id;
await send('setConfigParameter', { projectKey: 'bad', key: 'k', defaultValue: 'v' });
const { position } = await app.get('{ project(key: "bad") { position } }');

/** An input that each mutation takes, and a refusal that stands at its end: nothing of this file is to be appended. */
const VALID: Record<keyof typeof MUTATIONS, object> = {
  createProject: { key: 'bad', name: 'n', description: 'd', environments: ['dev'] },
  updateProject: {
    key: 'bad',
    name: 'n',
    renameEnvironments: [{ from: 'dev', to: 'dev' }],
    environments: ['dev'],
    expectedVersion: 99,
  },
  setConfigParameter: {
    projectKey: 'bad',
    key: 'k',
    defaultValue: 'v',
    values: [{ environment: 'dev', value: 'v' }],
    expectedVersion: 99,
  },
  deleteConfigParameter: { projectKey: 'bad', key: 'k', expectedVersion: 99 },
  createProxyConnection: { ...proxyInput, host: 'a b', authType: 'BASIC', user: 'u', password: 'p' },
  updateProxyConnection: {
    id: proxy,
    name: 'n',
    host: 'h',
    port: 1,
    authType: 'BASIC',
    user: 'u',
    password: 'p',
    expectedVersion: 99,
  },
  deleteProxyConnection: { id: proxy, failIfInUse: true, expectedVersion: 99 },
  restoreProxyConnection: { id: proxy, version: 1, expectedVersion: 99 },
  testProxy: {
    projectKey: 'bad',
    proxyConnectionId: proxy,
    draft: { type: 'HTTP', host: 'h', port: 1, user: null },
    environment: 'nowhere',
    targetUrl: 'http://t/',
  },
  createDataSource: {
    projectKey: 'bad',
    name: 'S',
    baseUrl: 'https://x',
    headers: [{ name: 'X', value: 'v', secret: true }],
    connectThroughProxy: true,
    proxyConnectionId: foreign,
  },
  updateDataSource: {
    id: source,
    name: 'n',
    baseUrl: 'https://x',
    headers: [{ name: 'X', value: 'v' }],
    proxyConnectionId: foreign,
    expectedVersion: 99,
  },
  deleteDataSource: { id: source, expectedVersion: 99 },
  restoreDataSource: { id: source, version: 1, expectedVersion: 99 },
  callDataSource: {
    dataSourceId: source,
    environment: 'nowhere',
    request: { method: 'POST', path: 'p', headers: [{ name: 'X', value: 'v' }], body: 'b' },
  },
};

const HOSTILE: readonly (readonly [string, unknown])[] = [
  ['an empty text', ''],
  ['a blank one', ' \t '],
  ['null', null],
  ['a number', 7],
  ['a float', 1.5],
  ['a huge number', 2 ** 40],
  ['a boolean', true],
  ['a list', [[]]],
  ['an object', { a: { b: 1 } }],
  ['a huge text', 'x'.repeat(100_000)],
  ['CR and LF', 'a\r\nX-Evil: 1'],
  ['NUL', 'a\0b'],
  ['a control character', 'a\u0007b\u009f'],
  ['text that changes direction', 'a\u202eb\u2066'],
  ['half a surrogate pair', 'a\ud800b'],
  ['a template that is not closed', '${unclosed'],
  ['an empty template', '${}'],
  ['an undefined parameter', '${nobody}'],
  ['port 0', '0'],
  ['port 65536', 65536],
  ['a name of JavaScript', '__proto__'],
  ['an id of another project', foreign],
  ['an id of another type', source],
  ['10,000 elements', Array(10_000).fill('x')],
  ['10,000 objects', Array(10_000).fill({ name: 'x', value: 'y', environment: 'e', from: 'f', to: 't' })],
];

/** Every place in an input: its fields, those of what is in it, and those of the first element of a list. */
function placesIn(type: GraphQLInputObjectType): string[][] {
  return Object.values(type.getFields()).flatMap((field) => {
    const below = getNamedType(field.type);
    const list = isListType(getNullableType(field.type));
    const more = isInputObjectType(below) ? placesIn(below) : list ? [[]] : [];
    return [[field.name], ...more.map((rest) => [field.name, ...(list ? ['0'] : []), ...rest])];
  });
}

function withValue(input: unknown, [step, ...rest]: readonly string[], value: unknown): unknown {
  if (step === undefined) return value;
  if (step === '0') return [withValue((input as unknown[] | undefined)?.[0] ?? {}, rest, value)];
  return { ...(input as object), [step]: withValue((input as Record<string, unknown>)?.[step], rest, value) };
}

const fields = buildApiSchema().getMutationType()?.getFields() ?? {};
const cases = Object.keys(VALID).map((name) => [name as keyof typeof MUTATIONS] as const);

describe('bad input', () => {
  test.each(cases)(
    'to %s is refused clearly, field by field, and appends nothing',
    async (name) => {
      const type = getNamedType(fields[name]?.args[0]?.type ?? null);
      if (!isInputObjectType(type)) throw new Error(`${name} has no input`);
      const unclear: string[] = [];
      for (const place of placesIn(type)) {
        for (const [what, value] of HOSTILE) {
          // Left out, they would let the edit, the probe or the call through.
          if (['expectedVersion', 'environment'].includes(place.at(-1) ?? '') && value === null) continue;
          const input = withValue(VALID[name], place, value);
          const { data, errors } = await app.ask(MUTATIONS[name], { input });
          const payload: Data = data?.[name];
          const refused = errors
            ? errors.every(({ extensions }) => extensions.code === 'BAD_USER_INPUT')
            : payload.userErrors.length > 0;
          const told = [...(errors ?? []), ...(payload?.userErrors ?? [])].every(
            ({ message }) => message.length > 5 && message.length < 1_000,
          );
          if (!refused || !told)
            unclear.push(`${place.join('.')}: ${what}: ${JSON.stringify(errors ?? payload).slice(0, 200)}`);
        }
      }
      expect(unclear).toEqual([]);
      expect((await app.get('{ project(key: "bad") { position } }')).position).toBe(position);
    },
    60_000,
  );

  test.each([
    ['project(key: $text) { id }', 'null'],
    ['project(key: "bad") { proxyConnection(name: $text) { id } }', 'null'],
    ['project(key: "bad") { dataSource(name: $text) { id } }', 'null'],
    ['project(key: "bad") { configParameter(key: $text) { id } }', 'null'],
    ['project(key: "bad") { proxyConnections(after: $text) { totalCount } }', 'error'],
    ['project(key: "bad") { history(before: $text) { totalCount } }', 'error'],
    ['project(key: "bad") { proxyConnections(filter: { nameContains: $text, editedBy: "x" }) { totalCount } }', 'any'],
    ['projects(after: $text) { totalCount }', 'error'],
  ])('to %s is never our fault', async (field, outcome) => {
    for (const [, value] of HOSTILE.filter(([, each]) => typeof each === 'string')) {
      const { errors, data } = await app.ask(`query($text: String!) { ${field} }`, { text: value });
      expect(
        errors?.map(({ extensions }) => extensions.code).filter((code) => code !== 'BAD_USER_INPUT') ?? [],
      ).toEqual([]);
      if (outcome === 'error') expect(errors).toHaveLength(1);
      if (outcome === 'null') expect(JSON.stringify(data)).toContain('null');
    }
  });

  test('to node and nodes is null, or refused', async () => {
    for (const [, value] of HOSTILE.filter(
      ([, each]) => typeof each === 'string' && each !== source && each !== foreign,
    )) {
      expect((await app.ask('query($id: ID!) { node(id: $id) { id } }', { id: value })).data).toEqual({ node: null });
    }
  });
});
