import fc from 'fast-check';
import { newDataSourceId } from '../../src/data-sources/data-source-events.ts';
import { parameterUsers } from '../../src/project/parameter-users.ts';
import { newProxyId } from '../../src/proxies/proxy-events.ts';
import { MemoryEventStore } from '../../src/stores/memory.ts';
import { Node } from '../event-sourcing/ledger/node.ts';

const key = fc.constantFrom('a', 'b', 'c');
const text = fc.array(key, { maxLength: 3 }).map((keys) => `h${keys.map((each) => `\${${each}}`).join('')}`);

async function viewOf(hosts: readonly string[], urls: readonly string[]) {
  const node = new Node(new MemoryEventStore());
  await node.createProject('crm');
  const route = { type: 'HTTP', port: '1', authType: 'NO_AUTH', user: null, password: null } as const;
  for (const [at, host] of hosts.entries()) {
    const fields = { name: `proxy ${String(at).padStart(3, '0')}`, description: null, host, ...route };
    await node.execute('crm', { type: 'CreateProxy', id: newProxyId('crm'), fields });
  }
  for (const [at, baseUrl] of urls.entries()) {
    const fields = { name: `source ${at}`, description: null, type: 'RESTFUL_SYSTEM', baseUrl } as const;
    await node.execute('crm', {
      type: 'CreateDataSource',
      id: newDataSourceId('crm'),
      fields,
      headers: [],
      proxyConnectionId: null,
    });
  }
  return (await node.image('crm')).view;
}

const waiting = new AbortController().signal;

describe('the users of parameters', () => {
  test('are those whose templates name them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 6 }), fc.array(text, { maxLength: 6 }), async (hosts, urls) => {
        const view = await viewOf(
          hosts,
          urls.map((url) => `https://${url}`),
        );
        const users = await parameterUsers(view, waiting);
        for (const each of ['a', 'b', 'c']) {
          const named = (texts: readonly string[]) =>
            texts.filter((candidate) => candidate.includes(`\${${each}}`)).length;
          expect(users.get(each)?.proxies.length ?? 0).toBe(named(hosts));
          expect(users.get(each)?.dataSources.length ?? 0).toBe(named(urls));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('are told up to a hundred, in the order of names', async () => {
    const view = await viewOf(Array(120).fill(`h\${a}`), [`https://h\${a}\${b}`]);
    const users = await parameterUsers(view, waiting);
    const names = users.get('a')?.proxies.map(({ proxy }) => proxy.fields.name) ?? [];
    expect(names).toHaveLength(100);
    expect(names).toEqual([...names].sort());
    expect(users.get('a')?.dataSources).toEqual([]);
    expect(users.get('b')?.dataSources).toHaveLength(1);
  });
});
