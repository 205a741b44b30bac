import { jest } from '@jest/globals';
import fc from 'fast-check';
import { BESIDE_MS, raceToConnect } from '../../../src/traffic/network/connect-race.ts';

/** What an address does when it is tried, and how many milliseconds after that; SILENT ones do nothing. */
interface Behaviour {
  readonly kind: 'CONNECTS' | 'FAILS' | 'SILENT';
  readonly afterMs: number;
}

const behaviour = fc.record<Behaviour>({
  kind: fc.constantFrom('CONNECTS', 'FAILS', 'SILENT'),
  afterMs: fc.integer({ min: 1, max: 1_500 }),
});
const behaviours = fc.array(behaviour, { minLength: 1, maxLength: 8 });

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

interface Try {
  readonly address: string;
  readonly at: number;
  /** When it was ended by the race. */
  endedAt?: number;
}

/** Runs a race in pretended time, which ends after 10 s. */
async function run(plan: readonly Behaviour[]) {
  const addresses = plan.map((_, index) => `address ${index}`);
  const tries: Try[] = [];
  const toldAt = new Map<string, number>();
  const start = Date.now();
  const now = () => Date.now() - start;
  const ending = new AbortController();
  const race = raceToConnect<Try>(
    addresses,
    (address, tell) => {
      const mine: Try = { address, at: now() };
      tries.push(mine);
      const { kind, afterMs } = plan[addresses.indexOf(address)] as Behaviour;
      const timer = setTimeout(() => {
        toldAt.set(address, now());
        if (kind !== 'SILENT') tell(kind === 'CONNECTS' ? mine : 'ECONNREFUSED');
      }, afterMs);
      return () => {
        clearTimeout(timer);
        mine.endedAt = now();
      };
    },
    ending.signal,
  );
  let overAt: number | undefined;
  const outcome = race.then((each) => {
    overAt = now();
    return each;
  });
  await jest.advanceTimersByTimeAsync(10_000);
  ending.abort();
  return { addresses, tries, toldAt, outcome: await outcome, overAt: overAt ?? Number.NaN };
}

test('addresses are tried once at most, in their order, and none later than its turn', async () => {
  await fc.assert(
    fc.asyncProperty(behaviours, async (plan) => {
      const { addresses, tries, toldAt, outcome, overAt } = await run(plan);
      expect(tries.map(({ address }) => address)).toEqual(addresses.slice(0, tries.length));
      for (const [index, { at }] of tries.entries()) {
        const before = tries[index - 1];
        if (!before) continue;
        expect(at - before.at).toBeLessThanOrEqual(BESIDE_MS);
        const someFailed = tries.some(({ address }) => toldAt.get(address) === at);
        expect(at - before.at === BESIDE_MS || someFailed).toBe(true);
      }
      const last = tries.at(-1) as Try;
      // Whoever was not tried would have been after the end.
      if (tries.length < plan.length)
        expect([outcome.winner !== undefined, overAt - last.at <= BESIDE_MS]).toEqual([true, true]);
    }),
  );
});

test('the first to connect wins, and every other one is ended at that moment', async () => {
  await fc.assert(
    fc.asyncProperty(behaviours, async (plan) => {
      const { addresses, tries, outcome, overAt } = await run(plan);
      const connecting = tries.filter(({ address }) => plan[addresses.indexOf(address)]?.kind === 'CONNECTS');
      const due = connecting.map(({ address, at }) => at + (plan[addresses.indexOf(address)]?.afterMs ?? 0));
      expect(outcome.winner !== undefined).toBe(connecting.length > 0);
      if (!outcome.winner) return;
      expect(overAt).toBe(Math.min(...due));
      expect(outcome.winner.endedAt).toBeUndefined();
      for (const [index, each] of connecting.entries()) {
        if (each !== outcome.winner) expect([each.endedAt, (due[index] ?? 0) >= overAt]).toEqual([overAt, true]);
      }
      for (const each of tries) {
        if (plan[addresses.indexOf(each.address)]?.kind === 'SILENT') expect(each.endedAt).toBe(overAt);
      }
    }),
  );
});

test('when none connects, each one is told of: what failed, and what has said nothing', async () => {
  const refusing = fc.array(
    behaviour.filter(({ kind }) => kind !== 'CONNECTS'),
    { minLength: 1, maxLength: 8 },
  );
  await fc.assert(
    fc.asyncProperty(refusing, async (plan) => {
      const { addresses, outcome } = await run(plan);
      if (outcome.winner) throw new Error('nobody connects');
      const of = (kind: string) => addresses.filter((_, index) => plan[index]?.kind === kind);
      expect(outcome.failed.map(({ address }) => address).sort()).toEqual(of('FAILS'));
      expect([...outcome.open].sort()).toEqual(of('SILENT'));
    }),
  );
});

test('who has given up before tries nothing', () => {
  const dialled: string[] = [];
  const dial = (address: string) => {
    dialled.push(address);
    return () => undefined;
  };
  expect(() => raceToConnect(['a'], dial, AbortSignal.abort(new Error('gone')))).toThrow('gone');
  expect(dialled).toEqual([]);
});
