import { Calls } from '../../../src/traffic/call/calls.ts';
import { EgressPolicy } from '../../../src/traffic/network/egress.ts';
import { nameLookup } from '../../../src/traffic/network/name-lookup.ts';
import { parseResolvConf } from '../../../src/traffic/network/resolv-conf.ts';
import { Resolver } from '../../../src/traffic/network/resolver.ts';
import { type Said, startNameServer } from '../../support/name-server.ts';
import { startProxyChain } from '../../support/proxies.ts';
import { startStalled } from '../../support/stalled.ts';
import { startTarget } from '../../support/targets.ts';
import { cidrs, detailOf, keeper, LOOPBACK, probeThrough, way } from './probing.ts';

const keep = keeper();
const target = await keep(startTarget());
const proxy = await keep(startProxyChain());
const SAID: Readonly<Record<string, Said>> = {
  'proxy.test': ['127.0.0.1'],
  'mixed.test': ['127.0.0.1', '10.1.2.3'],
  'nxdomain.test': 'NXDOMAIN',
  'servfail.test': 'SERVFAIL',
  'refused.test': 'REFUSED',
  'empty.test': [],
  'beside.test': ['127.0.0.2', '127.0.0.1'],
};
const names = await keep(startNameServer((name) => SAID[name] ?? 'SILENCE'));

/** A resolver that asks the name server above. */
function freshResolver(timeoutMs = 200): Resolver {
  const config = { ...parseResolvConf('', 'here'), servers: [names.address], attempts: 1, timeoutMs };
  return new Resolver(nameLookup({ hosts: async () => new Map(), config: async () => config }));
}

describe('a proxy whose name', () => {
  test.each([
    ['nxdomain.test', 'ENOTFOUND', false],
    ['empty.test', 'ENODATA', false],
    ['servfail.test', 'ESERVFAIL', true],
    ['refused.test', 'EREFUSED', true],
    ['silent.test', 'ETIMEOUT', true],
  ])('is %s is not found (%s)', async (host, code, retryable) => {
    const resolver = freshResolver();
    const result = await probeThrough({ host, port: proxy.port }, target.url, { resolver });
    expect(result).toMatchObject({ failure: 'PROXY_NAME_NOT_FOUND', retryable });
    expect([way(result), detailOf(result, 'RESOLVE')]).toEqual(['!RESOLVE', `${host}: ${code}`]);
    expect(result.message).toContain(code);
  });

  test('gets no answer before the time is up leaves other names alone', async () => {
    const resolver = freshResolver(30_000);
    const through = (host: string, timeoutMs: number) =>
      probeThrough({ host, port: proxy.port }, target.url, { resolver, timeoutMs });
    const stuck = ['silent-1.test', 'silent-2.test', 'silent-3.test'].map((host) => through(host, 1_000));
    expect(await through('proxy.test', 10_000)).toMatchObject({ success: true });
    const ended = await Promise.all(stuck);
    expect(ended.map(({ failure, retryable }) => [failure, retryable])).toEqual(Array(3).fill(['TIMED_OUT', true]));
    expect(ended.map(way)).toEqual(Array(3).fill('!RESOLVE'));
  });

  test('was found a moment ago is not asked for again, and is judged again', async () => {
    const resolver = freshResolver();
    const before = names.asked().length;
    const through = (egress: EgressPolicy) =>
      probeThrough({ host: 'proxy.test', port: proxy.port }, target.url, { resolver, egress });
    expect(await through(LOOPBACK)).toMatchObject({ success: true });
    expect(await through(LOOPBACK)).toMatchObject({ success: true });
    const asked = names.asked().slice(before).sort();
    expect(asked).toEqual(['A proxy.test', 'AAAA proxy.test']);
    expect(await through(new EgressPolicy())).toMatchObject({ failure: 'ADDRESS_NOT_ALLOWED' });
    expect(names.asked().length).toBe(before + 2);
  });

  test('has one address that is not allowed is refused', async () => {
    const egress = new EgressPolicy({ allow: cidrs('127.0.0.0/8'), deny: cidrs('10.0.0.0/8') });
    const options = { resolver: freshResolver(), egress };
    const result = await probeThrough({ host: 'mixed.test', port: proxy.port }, target.url, options);
    expect(result).toMatchObject({ failure: 'ADDRESS_NOT_ALLOWED', message: expect.stringContaining('10.1.2.3') });
  });

  test('has an address that does not answer is reached at the other one, once', async () => {
    const stalled = await startStalled('127.0.0.2');
    const other = await startTarget({ port: stalled.port });
    const calls = new Calls({ egress: LOOPBACK, resolver: freshResolver() });
    const url = new URL(`http://beside.test:${stalled.port}/`);
    const order = { pool: 'p', environment: 'dev', proxy: null, timeoutMs: 10_000, secrets: [], actor: 'someone' };
    expect(await calls.send({ ...order, request: { method: 'GET', url, headers: [] } })).toMatchObject({ ok: true });
    expect(other.connections.count()).toBe(1);
    await calls.close();
    await Promise.all([stalled.stop(), other.stop()]);
  });
});
