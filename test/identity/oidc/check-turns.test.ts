import fc from 'fast-check';
import { type Check, CheckTurns, MOST_FAILURES, MOST_WAITING } from '../../../src/identity/oidc/check-turns.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';

const SECOND = 1_000;

function setUp() {
  const clock = new FakeClock();
  const turns = new CheckTurns(clock);
  /** When checks failed. */
  const failures: number[] = [];
  const outcomes = new Map<string, unknown>();
  const take = (name: string, isGood: boolean, asked: Partial<Check> = {}) => {
    const check = async () => {
      if (!isGood) failures.push(clock.elapsed());
      return isGood ? name : undefined;
    };
    const taken = turns.take({ subject: name, isKnown: false, tries: 1, ...asked }, check);
    void taken.then((outcome) => outcomes.set(name, outcome));
    return taken;
  };
  const flood = (count: number, asked: Partial<Check> = {}) => {
    for (let n = 0; n < count; n += 1) void take(`bad ${outcomes.size + n} ${Math.random()}`, false, asked);
  };
  return { clock, turns, failures, outcomes, take, flood };
}

test('at most 200 checks fail in any second, however many come, and however long they take', async () => {
  const coming = fc.record({
    after: fc.nat(400),
    isGood: fc.boolean(),
    takes: fc.nat(1_500),
    tries: fc.integer({ min: 1, max: 100 }),
    subject: fc.constantFrom('a', 'b', 'c', 'd'),
    isKnown: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(coming, { maxLength: 60 }), async (all) => {
      const { clock, turns } = setUp();
      const failures: number[] = [];
      const taken: Promise<unknown>[] = [];
      for (const { after, isGood, takes, tries, ...asked } of all) {
        await clock.pass(after);
        const check = async () => {
          await new Promise<void>((resolve) => clock.after(takes, resolve));
          if (!isGood) failures.push(...Array<number>(tries).fill(clock.elapsed()));
          return isGood || undefined;
        };
        taken.push(turns.take({ ...asked, tries }, check).then((outcome) => expect(outcome).toBe(isGood || undefined)));
      }
      for (let n = 0; n < 400 && turns.waiting > 0; n += 1) await clock.pass(SECOND);
      await clock.pass(2 * SECOND);
      await Promise.all(taken);
      expect(taken).toHaveLength(all.length);
      // From the oldest; the one that many places before must be a second older.
      const tooSoon = failures.filter(
        (at, n) => at - (failures[n - MOST_FAILURES] ?? Number.NEGATIVE_INFINITY) < SECOND,
      );
      expect(tooSoon).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

test('checks that succeed are bounded by nothing', async () => {
  const { take, outcomes } = setUp();
  await Promise.all(Array.from({ length: 5_000 }, (_, n) => take(`good ${n}`, true, { subject: 'ada' })));
  expect(outcomes.size).toBe(5_000);
});

test('whoever was let in lately comes before the many of whom nobody knows', async () => {
  const { clock, take, flood, outcomes } = setUp();
  flood(1_500);
  await settle();
  void take('ada', true, { isKnown: true });
  expect(outcomes.has('ada')).toBe(false);
  await clock.pass(SECOND);
  expect(outcomes.get('ada')).toBe('ada');
});

test('a flood under one name delays that name alone, and nobody who is new', async () => {
  const { clock, take, flood, outcomes } = setUp();
  flood(1_500, { subject: 'eve', isKnown: true });
  await settle();
  void take('ada', true, { isKnown: true });
  void take('eve', true, { isKnown: true });
  void take('grace', true);
  await clock.pass(SECOND);
  expect(['ada', 'eve', 'grace'].map((name) => outcomes.has(name))).toEqual([true, false, true]);
  await clock.pass(8 * SECOND);
  expect(outcomes.get('eve')).toBe('eve');
});

test('a name that nobody knows waits no longer than those before it need', async () => {
  const { clock, take, flood, outcomes } = setUp();
  flood(1_000);
  void take('ada', true);
  for (let second = 0; second < 6; second += 1) {
    flood(200);
    await clock.pass(SECOND);
  }
  expect(outcomes.get('ada')).toBe('ada');
});

test.each([false, true])(
  'beyond those that may wait, the names with most waiting lose some: known %s',
  async (isKnown) => {
    const { clock, turns, take, flood, outcomes } = setUp();
    flood(MOST_FAILURES);
    await settle();
    void take('first', true);
    flood(MOST_WAITING, { subject: 'eve', isKnown });
    void take('ada', true);
    void take('known', true, { isKnown: true });
    await settle();
    expect(turns.waiting).toBe(MOST_WAITING);
    expect([...outcomes.values()].filter((outcome) => outcome === 'turned away')).toHaveLength(3);
    await clock.pass(20 * SECOND);
    expect(turns.waiting).toBe(0);
    expect(['first', 'ada', 'known'].map((name) => outcomes.get(name))).toEqual(['first', 'ada', 'known']);
  },
);
