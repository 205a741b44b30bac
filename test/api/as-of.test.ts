import fc from 'fast-check';
import { idAsOf } from '../../src/words/ids.ts';
import { type Data, mutation, startTestApp } from '../support/app.ts';

const AUDIT =
  'version createdAt createdBy { identity kind name } editedAt editedBy { identity kind name } deletedAt deletedBy { identity kind name }';
const CHANGES = `nodes { id type version subjectName subjectId subject { id }
  commit { position at reason hash actor { identity } }
  fields { field before after secret } } totalCount pageInfo { hasNextPage endCursor }`;
const WHOLE = `
  id key name description environments position ${AUDIT}
  configParameters(filter: { state: ANY }, first: 20) { totalCount nodes {
    id key description secret defaultValue values { environment value } usedBy { id } project { position } ${AUDIT} } }
  proxyConnections(filter: { state: ANY }, orderBy: { field: EDITED_AT, direction: DESC }, first: 20) { totalCount nodes {
    id name description type host port authType user hasPassword project { position } ${AUDIT}
    usedBy(first: 5) { totalCount nodes { id } }
    lastTest { at by { identity } success failure message environment proxyVersion stale proxyUrl targetUrl stages { name status } }
    ofProd: lastTest(environment: "prod") { at stale }
    history(first: 3) { nodes { id } totalCount } } }
  byName: proxyConnections(first: 20) { totalCount edges { cursor node { id } } pageInfo { hasNextPage } }
  byType: proxyConnections(first: 5, orderBy: { field: TYPE }) { nodes { id } pageInfo { endCursor } }
  used: proxyConnections(filter: { inUse: true, nameContains: "A" }) { totalCount nodes { id } }
  dataSources(filter: { state: ANY }, first: 20) { totalCount nodes {
    id name description type baseUrl connectThroughProxy routing headers { name value secret } proxyConnection { id version deletedAt }
    curlPreview { command userErrors { code message path } } ${AUDIT} } }
  refused: dataSources(filter: { routing: PROXY_DELETED }) { totalCount nodes { id } }
  proxyConnection(name: "a") { id host }
  dataSource(name: "a") { id baseUrl }
  configParameter(key: "k") { id defaultValue }
  history(first: 3) { ${CHANGES} }`;

const name = fc
  .tuple(fc.constantFrom('a', 'B', 'b', 'ä', 'A\u0308', 'long name'), fc.constantFrom('', ' 1', ' 2', ' 3'))
  .map((parts) => parts.join(''));
const which = fc.nat(99);
const key = fc.constantFrom('k', 'l');
const value = fc.constantFrom('one', 'two', '${l}');
const route = fc.record({ type: fc.constantFrom('HTTP', 'HTTPS'), host: fc.constantFrom('h', '127.0.0.1', '${k}') });
const command = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('proxy' as const), name, route }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('edit proxy' as const), which, route, name }) },
  fc.record({ kind: fc.constant('credentials' as const), which, user: name }),
  fc.record({ kind: fc.constant('delete proxy' as const), which }),
  fc.record({ kind: fc.constant('restore proxy' as const), which, version: fc.option(fc.integer({ min: 1, max: 3 })) }),
  fc.record({ kind: fc.constant('test' as const), which, environment: fc.constantFrom('dev', 'prod') }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('source' as const), name, which, proxied: fc.boolean() }) },
  fc.record({ kind: fc.constant('edit source' as const), which, other: which, proxied: fc.boolean(), name }),
  fc.record({ kind: fc.constant('delete source' as const), which }),
  fc.record({ kind: fc.constant('restore source' as const), which }),
  fc.record({ kind: fc.constant('set' as const), key, value }),
  fc.record({ kind: fc.constant('unset' as const), key }),
  fc.record({ kind: fc.constant('swap' as const) }),
  fc.record({ kind: fc.constant('describe' as const), value }),
);
type Command = typeof command extends fc.Arbitrary<infer C> ? C : never;

const app = await startTestApp({ PROBES_PER_ACTOR_PER_MINUTE: '100000', PROBE_TARGET_URL: 'http://127.0.0.1:9/' });
const send = mutation(app);
const proxies: string[] = [];
const sources: string[] = [];

async function obey(each: Command, actor: string): Promise<Data> {
  const as = { actor };
  const proxy = proxies[('which' in each ? each.which : 0) % Math.max(1, proxies.length)] ?? '';
  const source = sources[('which' in each ? each.which : 0) % Math.max(1, sources.length)] ?? '';
  switch (each.kind) {
    case 'proxy':
      return send('createProxyConnection', { projectKey: 'past', name: each.name, ...each.route, port: 9 }, as);
    case 'edit proxy':
      return send('updateProxyConnection', { id: proxy, name: each.name, ...each.route }, as);
    case 'credentials':
      return send('updateProxyConnection', { id: proxy, authType: 'BASIC', user: each.user, password: 'pw' }, as);
    case 'delete proxy':
      return send('deleteProxyConnection', { id: proxy, reason: 'gone' }, as);
    case 'restore proxy':
      return send('restoreProxyConnection', { id: proxy, version: each.version }, as);
    case 'test':
      return send('testProxy', { projectKey: 'past', proxyConnectionId: proxy, environment: each.environment }, as);
    case 'source': {
      const through = { connectThroughProxy: each.proxied, ...(each.proxied && { proxyConnectionId: proxy }) };
      const headers = [{ name: 'X-Key', value: 'hidden', secret: true }];
      const input = { projectKey: 'past', name: each.name, baseUrl: 'http://${k}.example/v1', headers, ...through };
      return send('createDataSource', input, as);
    }
    case 'edit source': {
      const other = proxies[each.other % Math.max(1, proxies.length)] ?? '';
      const through = { connectThroughProxy: each.proxied, ...(each.proxied && { proxyConnectionId: other }) };
      return send('updateDataSource', { id: source, name: each.name, ...through }, as);
    }
    case 'delete source':
      return send('deleteDataSource', { id: source }, as);
    case 'restore source':
      return send('restoreDataSource', { id: source }, as);
    case 'set': {
      const values = [{ environment: 'prod', value: each.value }];
      return send('setConfigParameter', { projectKey: 'past', key: each.key, defaultValue: 'd', values }, as);
    }
    case 'unset':
      return send('deleteConfigParameter', { projectKey: 'past', key: each.key }, as);
    case 'swap': {
      const renameEnvironments = [
        { from: 'dev', to: 'prod' },
        { from: 'prod', to: 'dev' },
      ];
      return send('updateProject', { key: 'past', renameEnvironments }, as);
    }
    case 'describe':
      return send('updateProject', { key: 'past', description: each.value }, as);
  }
}

/** What was answered live, with the ids that it has as of its position. */
function asThen(answer: Data, position: number): Data {
  return JSON.parse(JSON.stringify(answer), (name, value) => (name === 'id' ? idAsOf(value, position) : value));
}

test('every other position of a thousand commands is answered as it was live, half of them after a restart', async () => {
  await send('createProject', { key: 'past', name: 'Past', environments: ['dev', 'prod'] });
  const live = new Map<number, Data>();
  const kinds = new Set<string>();
  for (const [at, each] of fc.sample(command, { numRuns: 1_000, seed: 3 }).entries()) {
    const payload = await obey(each, at % 3 === 0 ? 'Zoë' : 'Ada');
    if (!payload.commit) continue;
    kinds.add(each.kind);
    if (payload.proxyConnection && each.kind === 'proxy') proxies.push(payload.proxyConnection.id);
    if (payload.dataSource && each.kind === 'source') sources.push(payload.dataSource.id);
    const { position } = payload.commit;
    if (position % 2 === 0) live.set(position, await app.get(`{ project(key: "past") { ${WHOLE} } }`));
  }
  expect(live.size).toBeGreaterThan(175);
  expect(kinds.size).toBe(14);

  const then = (moment: string) => app.get(`{ project(key: "past", asOf: { ${moment} }) { ${WHOLE} } }`);
  for (const [position, answer] of live) expect(answer.position).toBe(position);
  const half = (odd: 0 | 1) => [...live].filter((_, index) => index % 2 === odd);
  for (const [position, answer] of half(0)) {
    expect(await then(`position: ${position}`)).toEqual(asThen(answer, position));
  }
  await app.restart();
  for (const [position, answer] of half(1).reverse()) {
    expect(await then(`position: ${position}`)).toEqual(asThen(answer, position));
  }

  // Of the commits of one millisecond an instant shows the last.
  const instants = new Map([...live.values()].map((answer) => [answer.history.nodes[0].commit.at, answer]));
  for (const [at, answer] of [...instants].filter((_, index) => index % 7 === 0))
    expect(await then(`time: "${at}"`)).toEqual(asThen(answer, answer.position));
}, 180_000);
