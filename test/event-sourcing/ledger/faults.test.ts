import fc from 'fast-check';
import { chainHash, GENESIS_HASH, type SealedCommit } from '../../../src/event-sourcing/event.ts';
import { MemoryDatabase, MemoryEventStore } from '../../../src/stores/memory.ts';
import { FaultyEventStore, randomFaults } from '../../support/faulty-store.ts';
import { type Answer, Node } from './node.ts';

const claim = (key: string) => ({
  idempotency: { key, keyId: 'k', digest: key, matches: ({ digest }: { digest: string }) => digest === key },
});

interface Told {
  readonly name: string;
  readonly answer: Answer | Error;
}

/** Two nodes on one store, whose answers get lost, come late, or tell of nothing; some names are wanted twice. */
async function run(seed: number, wishes: readonly number[]): Promise<{ told: Told[]; log: SealedCommit[] }> {
  const database = new MemoryDatabase();
  const inner = () => new MemoryEventStore(database, { shared: true });
  await new Node(inner()).createProject('crm');
  const stores = [seed, seed + 1].map((each) => new FaultyEventStore(inner(), [], randomFaults(each)));
  const nodes = stores.map((store) => new Node(store));
  const told = await Promise.all(
    wishes.map(async (wish, at): Promise<Told> => {
      for (let turn = 0; turn < at % 5; turn += 1) await new Promise(setImmediate);
      const name = `proxy ${wish}`;
      const node = nodes[at % nodes.length];
      if (!node) throw new Error('there is no node');
      const answer = await node.createProxy('crm', name, claim(`${name} of ${at % 3}`)).catch((error: Error) => error);
      return { name, answer };
    }),
  );
  for (const store of stores) await store.landAll();
  const log: SealedCommit[] = [];
  for await (const sealed of inner().read('crm')) log.push(sealed);
  return { told, log };
}

describe('under any faults of the store', () => {
  test('what is told of a change is true, and nothing is stored twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.array(fc.nat(12), { minLength: 1, maxLength: 25 }), async (seed, wishes) => {
        const { told, log } = await run(seed, wishes);
        log.reduce((previousHash, { commit, body, hash }, at) => {
          expect([commit.position, commit.previousHash]).toEqual([at + 1, previousHash]);
          expect(chainHash(previousHash, body)).toBe(hash);
          return hash;
        }, GENESIS_HASH);
        const names = log.flatMap(({ commit }) => commit.events.map(({ subject }) => subject?.name));
        expect(new Set(names).size).toBe(names.length);
        const keys = log.flatMap(({ commit }) => commit.idempotency?.key ?? []);
        expect(new Set(keys).size).toBe(keys.length);

        const commits = new Map(log.map((sealed) => [sealed.commit.position, sealed]));
        const namesTold = new Map<string, string[]>();
        for (const { name, answer } of told) {
          const kind = answer instanceof Error ? answer.name : answer.kind;
          namesTold.set(name, [...(namesTold.get(name) ?? []), kind]);
          if (answer instanceof Error) expect(answer.name).toBe('StoreUnavailableError');
          else if (answer.kind === 'appended') {
            expect(commits.get(answer.image.position)?.hash).toBe(answer.sealed.hash);
          } else if (answer.kind === 'replayed') {
            expect(commits.get(answer.position)?.commit.events[0]?.subject?.name).toBe(name);
          } else expect([answer.kind, names.includes(name)]).toEqual(['refused', true]);
        }
        // Whoever asks for a name in vain is told that nothing was appended: then nobody has it.
        for (const [name, kinds] of namesTold) {
          expect(names.includes(name)).toBe(kinds.some((kind) => kind !== 'StoreUnavailableError'));
          expect(kinds.filter((kind) => kind === 'appended').length).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 30 },
    );
  }, 120_000);
});
