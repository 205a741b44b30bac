import fc from 'fast-check';
import { type Compared, compareMoments } from '../../src/console/time/compare.ts';

const proxy = (changes: Partial<Compared> = {}): Compared =>
  ({
    __typename: 'ProxyConnection',
    resourceId: 'p1',
    version: 1,
    deletedAt: null,
    name: 'Corporate',
    description: null,
    type: 'HTTPS',
    host: 'a.example.com',
    port: '8443',
    authType: 'BASIC',
    user: 'ada',
    hasPassword: true,
    ...changes,
  }) as Compared;
const AT = '2026-03-01T00:00:00.000Z';

function compare(now: readonly Compared[], then: readonly Compared[]) {
  const comparisons = compareMoments(now, new Map(then.map((resource) => [resource.resourceId, resource])));
  return comparisons.map(({ is, resource, fields }) => ({ is, version: resource.version, fields }));
}

describe('two moments compared', () => {
  test('tell what was made since, restored ones too', () => {
    expect(compare([proxy()], [])).toEqual([{ is: 'made', version: 1, fields: [] }]);
    const deleted = proxy({ version: 2, deletedAt: AT });
    expect(compare([proxy({ version: 3 })], [deleted])).toEqual([{ is: 'made', version: 3, fields: [] }]);
  });

  test('tell what was deleted since, as it was', () => {
    const deleted = proxy({ version: 2, deletedAt: AT });
    expect(compare([deleted], [proxy()])).toEqual([{ is: 'deleted', version: 1, fields: [] }]);
  });

  test('tell each field that reads differently, as it was and is', () => {
    const now = proxy({ version: 2, host: 'b.example.com', user: null, hasPassword: false, authType: 'NO_AUTH' });
    expect(compare([now], [proxy()])).toEqual([
      {
        is: 'changed',
        version: 2,
        fields: [
          { field: 'Proxy Host', earlier: 'a.example.com', now: 'b.example.com' },
          { field: 'Auth Type', earlier: 'BASIC', now: 'NO_AUTH' },
          { field: 'User', earlier: 'ada', now: null },
          { field: 'Password', earlier: 'stored', now: null },
        ],
      },
    ]);
  });

  test('tell that something was edited of which nobody can read how', () => {
    expect(compare([proxy({ version: 2 })], [proxy()])).toEqual([{ is: 'edited', version: 2, fields: [] }]);
  });

  test('tell that a data source refuses its calls since its proxy connection was deleted', () => {
    const source = (routing: 'DIRECT' | 'PROXY' | 'PROXY_DELETED', version = 1) => {
      const place = { baseUrl: 'https://a.example.com', connectThroughProxy: routing !== 'DIRECT', headers: [] };
      const rest = { __typename: 'DataSource', proxyConnection: routing === 'DIRECT' ? null : { name: 'Corporate' } };
      return proxy({ ...place, ...rest, routing, version } as Partial<Compared>);
    };
    const calls = { field: 'Calls', earlier: 'through the proxy', now: 'refused, as the proxy is deleted' };
    expect(compare([source('PROXY_DELETED')], [source('PROXY')])).toEqual([
      { is: 'changed', version: 1, fields: [calls] },
    ]);
    const [attached] = compare([source('PROXY', 2)], [source('DIRECT')]);
    expect(attached?.fields.map(({ field }) => field)).toEqual(['Connect through Proxy', 'Proxy Connection']);
  });

  test('say nothing of what was there at neither, and of what is the same', () => {
    const deleted = proxy({ version: 2, deletedAt: AT });
    expect(compare([deleted], [])).toEqual([]);
    expect(compare([deleted], [deleted])).toEqual([]);
    expect(compare([proxy()], [proxy()])).toEqual([]);
  });

  test('differ the other way round as they do this way', () => {
    const some = fc
      .record({
        resourceId: fc.constantFrom('p1', 'p2', 'p3'),
        version: fc.integer({ min: 1, max: 3 }),
        deletedAt: fc.constantFrom(null, AT),
        host: fc.constantFrom('a', 'b'),
        user: fc.constantFrom('ada', null),
      })
      .map(proxy);
    const moment = fc.uniqueArray(some, { selector: ({ resourceId }) => resourceId });
    fc.assert(
      fc.property(moment, moment, (one, other) => {
        const turned = compareMoments(other, new Map(one.map((resource) => [resource.resourceId, resource])));
        const there = compareMoments(one, new Map(other.map((resource) => [resource.resourceId, resource])));
        for (const { is, resource, fields } of there) {
          if (is !== 'changed') continue;
          const back = turned.find((each) => each.resource.resourceId === resource.resourceId);
          const swapped = back?.fields.map(({ field, earlier, now }) => ({ field, earlier: now, now: earlier }));
          expect(new Set(swapped)).toEqual(new Set(fields));
        }
      }),
    );
  });
});
