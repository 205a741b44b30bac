import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import { FIELD_RIGHTS } from '../../src/access/field-rights.ts';
import { gives, type Right, ROLES, type Role } from '../../src/access/roles.ts';
import { buildApiSchema } from '../../src/api/schema.ts';
import { makeId, parseId } from '../../src/words/ids.ts';
import { type Answer, type Data, startTestApp, type TestApp } from '../support/app.ts';
import { GraphqlSocket } from '../support/graphql-socket.ts';
import { ISSUER, KeyFileIssuer } from '../support/key-file-issuer.ts';

const schema = buildApiSchema();

/** Keys of one length, so that answers about them may differ in nothing but the key. */
const PLACES = { own: 'own-project', foreign: 'far-project', unknown: 'new-project' } as const;
type PlaceName = keyof typeof PLACES;

const WHO = [...ROLES, 'STRANGER', 'ADMINISTRATOR'] as const;
type Who = (typeof WHO)[number];

/** A project, and what is in it. */
interface Place {
  readonly key: string;
  /** By the name of its type. */
  readonly ids: Readonly<Record<string, string>>;
}

const MADE = `mutation($key: String!) {
  set: setConfigParameter(input: { projectKey: $key, key: "a.key", defaultValue: "1" }) { configParameter { id } }
  proxy: createProxyConnection(input: { projectKey: $key, name: "P", type: HTTP, host: "127.0.0.1", port: 1 }) { proxyConnection { id } }
  source: createDataSource(input: { projectKey: $key, name: "D", baseUrl: "http://127.0.0.1:1/" }) { dataSource { id } }
  token: issueToken(input: { projectKey: $key, name: "T", role: VIEWER }) { token { id } }
}`;

async function make(app: TestApp, key: string, headers: Record<string, string>): Promise<Place> {
  await app.get(
    'mutation($key: String!) { createProject(input: { key: $key, name: "N" }) { userErrors { message } } }',
    { key },
    { headers },
  );
  const { data } = await app.ask(MADE, { key }, { headers });
  const ids = {
    Project: makeId({ type: 'Project', project: key, local: '' }),
    ConfigParameter: data.set.configParameter.id,
    ProxyConnection: data.proxy.proxyConnection.id,
    DataSource: data.source.dataSource.id,
    ApiToken: data.token.token.id,
  };
  return { key, ids };
}

/** As if what is in one project was in another. */
function moved({ ids }: Place, key: string): Place {
  const move = (id: string) => makeId({ ...(parseId(id) as NonNullable<ReturnType<typeof parseId>>), project: key });
  return { key, ids: Object.fromEntries(Object.entries(ids).map(([type, id]) => [type, move(id)])) };
}

/** Values for arguments and input fields by their names; `id` is of the type that the field's name tells. */
function sample(name: string, type: GraphQLInputType, field: string, place: Place): unknown {
  const bare = isNonNullType(type) ? type.ofType : type;
  if (isListType(bare)) return [sample(name.replace(/s$/, ''), bare.ofType as GraphQLInputType, field, place)];
  if (isInputObjectType(bare)) {
    const members = Object.values(bare.getFields()).filter(
      (member) => isNonNullType(member.type) || WANTED.has(member.name),
    );
    return Object.fromEntries(members.map((member) => [member.name, sample(member.name, member.type, field, place)]));
  }
  if (isEnumType(bare)) return bare.getValues()[0]?.name;
  if (name === 'id') {
    const of = Object.keys(place.ids).find((each) => field.endsWith(each));
    return place.ids[of ?? (field === 'revokeToken' ? 'ApiToken' : field === 'node' ? 'Project' : 'ProxyConnection')];
  }
  if (name === 'dataSourceId') return place.ids.DataSource;
  if (name === 'projectKey') return place.key;
  if (name === 'key') return /project$/i.test(field) ? place.key : 'a.key';
  if (name === 'identity') return `${ISSUER}#nobody`;
  if (name === 'proxyConnectionId') return place.ids.ProxyConnection;
  if (name === 'position' || name === 'afterPosition') return 0;
  return { host: '127.0.0.1', port: 1, baseUrl: 'http://127.0.0.1:1/' }[name] ?? 'text';
}

/** Not required by the schema, but by what they are about. */
const WANTED = new Set(['projectKey', 'afterPosition']);
const WANTED_OF: Readonly<Record<string, readonly string[]>> = {
  testProxy: ['proxyConnectionId'],
  changes: ['afterPosition'],
  issueToken: ['role'],
};

interface Question {
  readonly query: string;
  readonly variables: Record<string, unknown>;
}

function question(operation: string, field: GraphQLField<unknown, unknown>, place: Place): Question {
  const extra = WANTED_OF[field.name] ?? [];
  const wanted = field.args.filter(({ name, type }) => isNonNullType(type) || extra.includes(name));
  const variables = Object.fromEntries(
    wanted.map(({ name, type }) => [name, sample(name, type, field.name, place)] as const),
  );
  const input = variables.input as Record<string, unknown> | undefined;
  if (input) for (const name of extra) input[name] = name === 'role' ? 'VIEWER' : place.ids.ProxyConnection;
  const declared = wanted.map(({ name, type }) => `$${name}: ${type}`).join(', ');
  const given = wanted.map(({ name }) => `${name}: $${name}`).join(', ');
  const call = `${field.name}${given && `(${given})`} ${selectionOf(field)}`;
  return { query: `${operation}${declared && `(${declared})`} { ${call} }`, variables };
}

function selectionOf(field: GraphQLField<unknown, unknown>): string {
  const type = getNamedType(field.type);
  if (isLeafType(type)) return '';
  const fields = 'getFields' in type ? Object.keys(type.getFields()) : [];
  if (fields.includes('userErrors')) return '{ userErrors { code path } }';
  if (fields.includes('totalCount')) return '{ totalCount nodes { __typename } }';
  return '{ __typename }';
}

/** What came: whether it was there and allowed. */
function verdictOf(field: string, { data, errors }: Pick<Answer, 'data' | 'errors'>): string {
  const [error] = errors ?? [];
  const value = data?.[field];
  if (error) return error.extensions.code === 'BAD_USER_INPUT' ? 'unseen' : error.extensions.code;
  if (value === null) return 'unseen';
  if (value?.userErrors?.some(({ code }: Data) => code === 'NOT_FOUND')) return 'unseen';
  return 'answered';
}

const rightsOf = (who: Who, right: Right) =>
  who === 'STRANGER' ? right === 'ANYBODY' : gives(who as Role | 'ADMINISTRATOR', right);

/** Answer whatever project they name, or none. */
const OF_NO_PROJECT: ReadonlySet<string> = new Set(['viewer', 'projects', 'nodes', 'instance']);

function expected(field: string, right: Right, who: Who, place: PlaceName): string {
  if (field === 'instance') return who === 'ADMINISTRATOR' ? 'answered' : 'unseen';
  if (OF_NO_PROJECT.has(field)) return 'answered';
  if (right === 'ADMINISTER') return rightsOf(who, right) ? 'answered' : 'FORBIDDEN';
  const isThere = place !== 'unknown' && (place === 'own' ? who !== 'STRANGER' : who === 'ADMINISTRATOR');
  if (!isThere) return 'unseen';
  return rightsOf(who, right) ? 'answered' : 'FORBIDDEN';
}

const ROOTS = ['Query', 'Mutation'] as const;
const fieldsOf = (type: string) => Object.values((schema.getType(type) as GraphQLObjectType).getFields());

let app: TestApp;
let issuer: KeyFileIssuer;
let places: Readonly<Record<PlaceName, Place>>;
const credentials = new Map<string, Record<string, string>>();

beforeAll(async () => {
  issuer = await KeyFileIssuer.create();
  app = await startTestApp({ ...issuer.env, PROBES_PER_ACTOR_PER_MINUTE: '1000' });
  const admin = await issuer.headers('admin');
  const own = await make(app, PLACES.own, admin);
  const foreign = await make(app, PLACES.foreign, admin);
  places = { own, foreign, unknown: moved(foreign, PLACES.unknown) };
  credentials.set('ADMINISTRATOR', admin).set('STRANGER', await issuer.headers('stranger'));
  for (const role of ROLES) {
    credentials.set(role, await issuer.headers(role));
    await app.get(
      `mutation($identity: String!, $role: Role!) {
        grantAccess(input: { projectKey: "${PLACES.own}", kind: USER, identity: $identity, role: $role }) { userErrors { message } }
      }`,
      { identity: `${ISSUER}#${role}`, role },
      { headers: admin },
    );
  }
});

afterAll(() => issuer.remove());

/** Over HTTP, with what of its headers may tell something. */
async function overHttp(who: Who, { query, variables }: Question) {
  const response = await fetch(app.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...credentials.get(who) },
    body: JSON.stringify({ query, variables }),
  });
  const headers = [...response.headers].filter(([name]) => name !== 'date' && name !== 'x-request-id');
  const text = await response.text();
  return { status: response.status, headers, text, ...(JSON.parse(text) as Pick<Answer, 'data' | 'errors'>) };
}

/** The text as if it was about the foreign project. */
function aboutForeign(text: string): string {
  const { unknown, foreign } = places;
  const pairs = [
    [unknown.key, foreign.key],
    ...Object.entries(unknown.ids).map(([type, id]) => [id, foreign.ids[type]]),
  ];
  return pairs.reduce((said, [from = '', to = '']) => said.replaceAll(from, to), text);
}

describe.each(WHO)('%s', (who) => {
  describe.each(ROOTS)('asking fields of %s', (root) => {
    const operation = root.toLowerCase();

    test.each(fieldsOf(root).map((field) => [field.name, field] as const))('%s', async (name, field) => {
      const right = (FIELD_RIGHTS[root] as Record<string, Right>)[name] as Right;
      const socket = await GraphqlSocket.open(app, credentials.get(who));
      const answers: Record<string, Awaited<ReturnType<typeof overHttp>>> = {};
      for (const place of Object.keys(PLACES) as PlaceName[]) {
        if (name === 'createProject' && place === 'unknown' && who === 'ADMINISTRATOR') continue;
        const asked = question(operation, field, places[place]);
        const wanted = expected(name, right, who, place);
        const answer = await overHttp(who, asked);
        answers[place] = answer;
        expect([place, verdictOf(name, answer)]).toEqual([place, wanted]);
        if (wanted === 'FORBIDDEN')
          expect(answer).toMatchObject({ data: { [name]: null }, errors: [{ path: [name] }] });
        const onSocket = await socket.ask(place, asked.query, asked.variables);
        expect([place, verdictOf(name, onSocket)]).toEqual([place, wanted]);
      }
      socket.close();
      const { foreign, unknown } = answers;
      if (who === 'ADMINISTRATOR' || !foreign || !unknown) return;
      const told = { ...unknown, text: aboutForeign(unknown.text) };
      expect([told.status, told.headers, told.text]).toEqual([foreign.status, foreign.headers, foreign.text]);
    });
  });

  test.each(Object.entries(FIELD_RIGHTS.Project))('asking Project.%s', async (name, right) => {
    const field = fieldsOf('Project').find((each) => each.name === name) as GraphQLField<unknown, unknown>;
    const { query, variables } = question('query', field, places.own);
    const inner = query.slice(query.indexOf('{') + 1, -1);
    const declared = /^query\((.*?)\) \{/.exec(query)?.[1];
    const whole = {
      query: `query($project: String!${declared ? `, ${declared}` : ''}) { project(key: $project) { at: ${inner} } }`,
      variables: { ...variables, project: PLACES.own },
    };
    const socket = await GraphqlSocket.open(app, credentials.get(who));
    for (const answer of [await overHttp(who, whole), await socket.ask('1', whole.query, whole.variables)]) {
      if (who === 'STRANGER') expect(answer).toMatchObject({ data: { project: null } });
      else if (rightsOf(who, right)) expect(answer.errors).toBeUndefined();
      else {
        expect(answer).toMatchObject({
          data: { project: { at: null } },
          errors: [{ path: ['project', 'at'], extensions: { code: 'FORBIDDEN' } }],
        });
      }
    }
    socket.close();
  });

  test.each(fieldsOf('Subscription').map((field) => [field.name, field] as const))(
    'following %s',
    async (name, field) => {
      const right = (FIELD_RIGHTS.Subscription as Record<string, Right>)[name] as Right;
      const socket = await GraphqlSocket.open(app, credentials.get(who));
      const refused: string[] = [];
      for (const place of Object.keys(PLACES) as PlaceName[]) {
        const { query, variables } = question('subscription', field, places[place]);
        socket.subscribe(place, query, variables);
        const first = await socket.next(({ id }) => id === place);
        const wanted = expected(name, right, who, place);
        expect([place, first.payload.data?.[name] ? 'answered' : 'unseen']).toEqual([place, wanted]);
        if (wanted === 'unseen') refused.push(JSON.stringify(first.payload));
      }
      socket.close();
      const said = refused.map((text) => aboutForeign(text).replace(PLACES.own, PLACES.foreign));
      expect(new Set(said).size).toBe(said.length === 0 ? 0 : 1);
    },
  );
});
