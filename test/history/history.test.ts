import { historySource } from '../../src/history/history.ts';
import { MemoryEventStore } from '../../src/stores/memory.ts';
import { Node } from '../event-sourcing/ledger/node.ts';

test('a walk through a log gives others their turn, and ends when its client has gone', async () => {
  const store = new MemoryEventStore();
  const node = new Node(store);
  await node.createProject('crm');
  for (let at = 0; at < 40; at += 1) await node.createProxy('crm', `proxy ${at}`);
  const gone = new AbortController();
  let read = 0;
  const source = historySource({
    image: await node.image('crm'),
    match: { types: ['DataSourceDeleted'] },
    showsGrants: true,
    direction: 'ASC',
    total: () => 0,
    signal: gone.signal,
    async *read(range) {
      for await (const sealed of store.read('crm', range)) {
        read += 1;
        for (const until = performance.now() + 1; performance.now() < until; );
        yield sealed;
      }
    },
  });
  const walk = async () => {
    for await (const _ of source.forwards(undefined, 100)) throw new Error('nothing matches');
  };
  const walked = walk();
  await new Promise(setImmediate);
  expect(read).toBeLessThan(41);
  gone.abort();
  await expect(walked).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  expect(read).toBeLessThan(41);
});
