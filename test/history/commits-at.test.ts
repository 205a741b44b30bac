import { commitsAt } from '../../src/history/commits-at.ts';
import { logOf } from '../contracts/commits.ts';
import { CountingStore } from '../support/counting-store.ts';

test('commits named by their positions are read together, and each is what it was asked for', async () => {
  const store = new CountingStore();
  const logs = { p: logOf('p', 20), q: logOf('q', 3) };
  await store.append(logs.p);
  await store.append(logs.q);
  const loader = commitsAt(store);
  const wanted = [
    ['p', 20],
    ['q', 3],
    ['p', 1],
    ['p', 1],
    ['q', 4],
    ['nobody', 1],
  ] as const;
  const found = await Promise.all(wanted.map(([project, position]) => loader.load({ project, position })));
  expect(found.map((sealed) => sealed?.hash)).toEqual([
    logs.p[19]?.hash,
    logs.q[2]?.hash,
    logs.p[0]?.hash,
    logs.p[0]?.hash,
    undefined,
    undefined,
  ]);
  expect(store.reads).toBe(3);
  expect(store.commits).toBe(3);
});
