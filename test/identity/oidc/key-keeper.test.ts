import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { FetchFault } from '../../../src/identity/oidc/fetch-json.ts';
import { KeyKeeper, type KeyNews } from '../../../src/identity/oidc/key-keeper.ts';
import { type KeySet, readKeySet } from '../../../src/identity/oidc/key-set.ts';
import { type KeySource, keysInFile } from '../../../src/identity/oidc/key-sources.ts';
import { FakeClock, settle } from '../../support/fake-clock.ts';
import { signingKey } from '../../support/local-issuer.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** A source of which a test says what it answers. */
function source(clock: FakeClock) {
  const looks: number[] = [];
  let answer: () => Promise<KeySet> = async () => {
    throw new FetchFault('nobody is there');
  };
  const keys: KeySource = {
    ...{ name: 'https://id.example.com', lookEveryMs: 10 * MINUTE, pauseMs: 30 * SECOND },
    look: () => {
      looks.push(clock.elapsed());
      return answer();
    },
  };
  return {
    ...{ keys, looks },
    has: (set: KeySet) => {
      answer = async () => set;
    },
    isAway: (reason = 'nobody is there') => {
      answer = async () => {
        throw new FetchFault(reason);
      };
    },
    hangs: () => {
      let fail = (_: Error) => {};
      answer = () =>
        new Promise((_, reject) => {
          fail = reject;
        });
      return { timeOut: () => fail(new FetchFault('the answer did not come in time')) };
    },
  };
}

function setUp() {
  const clock = new FakeClock();
  const from = source(clock);
  const news: KeyNews[] = [];
  const keeper = new KeyKeeper({
    ...{ source: from.keys, clock },
    tell: (each) => news.push(each),
    looked: () => {},
  });
  return { clock, from, keeper, news, events: () => news.map(({ event }) => event) };
}

let one: KeySet;
let other: KeySet;
/** `one`, as another look finds it. */
let oneAgain: () => KeySet;
beforeAll(async () => {
  const [a, b] = await Promise.all([signingKey('a'), signingKey('b')]);
  oneAgain = () => readKeySet({ keys: [a.jwk] });
  one = oneAgain();
  other = readKeySet({ keys: [b.jwk] });
});

describe('the keys of an issuer', () => {
  test('are looked for at once, and are the same object while nothing changes', async () => {
    const { clock, from, keeper, events } = setUp();
    from.has(one);
    keeper.start();
    expect(await keeper.current()).toBe(one);
    from.has(oneAgain());
    await clock.pass(25 * MINUTE);
    expect(from.looks).toHaveLength(3);
    expect(await keeper.current()).toBe(one);
    expect(events()).toEqual(['there']);
  });

  test('that were taken away serve no more once they are 10 minutes old', async () => {
    const { clock, from, keeper, events } = setUp();
    from.has(one);
    expect(await keeper.current()).toBe(one);
    from.has(other);
    await clock.pass(10 * MINUTE - 1);
    expect(await keeper.current()).toBe(one);
    await clock.pass(1);
    expect(await keeper.current()).toBe(other);
    expect(events()).toEqual(['there', 'changed']);
  });

  test('are looked for when one is missing, half a minute after the last look', async () => {
    const { clock, from, keeper } = setUp();
    from.has(one);
    await keeper.current();
    from.has(other);
    expect(await keeper.renewed()).toBe(one);
    await clock.pass(30 * SECOND - 1);
    expect(await keeper.renewed()).toBe(one);
    await clock.pass(1);
    expect(await keeper.renewed()).toBe(other);
    expect(from.looks).toEqual([0, 30 * SECOND]);
  });

  test('serve for an hour while their source is away, and nobody waits for it', async () => {
    const { clock, from, keeper, events, news } = setUp();
    from.has(one);
    keeper.start();
    await settle();
    const { timeOut } = from.hangs();
    await clock.pass(9.5 * MINUTE + 5 * SECOND);
    timeOut();
    from.hangs();
    await clock.pass(25 * SECOND);
    expect(await keeper.current()).toBe(one);
    await clock.pass(30 * SECOND);
    expect(await keeper.current()).toBe(one);
    from.isAway('nobody is there');
    await clock.pass(HOUR - clock.elapsed() - 1);
    expect(await keeper.current()).toBe(one);
    await clock.pass(SECOND);
    expect(await keeper.current()).toBeUndefined();
    expect(keeper.serving).toBeUndefined();
    expect(events()).toEqual(['there', 'away', 'gone']);
    expect(news.at(-1)).toMatchObject({ keys: 0, reason: 'the answer did not come in time' });
    expect(from.looks.length).toBeLessThanOrEqual(1 + 50 * 2 + 1);
  });

  test('come by themselves when their source comes', async () => {
    const { clock, from, keeper, events } = setUp();
    keeper.start();
    expect(await keeper.current()).toBeUndefined();
    await clock.pass(5 * MINUTE);
    from.has(one);
    await clock.pass(30 * SECOND);
    expect(keeper.serving).toBe(one);
    expect(events()).toEqual(['gone', 'there']);
  });

  test('are not looked for any more behind the end', async () => {
    const { clock, from, keeper } = setUp();
    from.has(one);
    keeper.start();
    keeper.stop();
    await clock.pass(HOUR);
    expect(from.looks).toHaveLength(1);
  });

  test('are looked for at most once in 30 s, and are never older than they may be, whatever happens', async () => {
    const step = fc.oneof(
      fc.record({ pass: fc.oneof(fc.nat(40 * SECOND), fc.nat(70 * MINUTE)) }),
      fc.constantFrom('current', 'renewed', 'one', 'other', 'away'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.boolean(), async (steps, isStarted) => {
        const { clock, from, keeper } = setUp();
        if (isStarted) keeper.start();
        /** Each set with the moment at which a look found it last. */
        const found = new Map<KeySet, number>();
        let has: KeySet | undefined;
        let lastFailed = false;
        const look = from.keys.look;
        Object.assign(from.keys, {
          look: () => {
            if (has) found.set(has, clock.elapsed());
            lastFailed = has === undefined;
            return look();
          },
        });
        for (const each of steps) {
          if (each === 'one' || each === 'other') {
            has = each === 'one' ? one : other;
            from.has(has);
          } else if (each === 'away') {
            has = undefined;
            from.isAway();
          } else if (typeof each === 'object') await clock.pass(each.pass);
          else {
            const set = await keeper[each]();
            if (set) expect(clock.elapsed() - (found.get(set) ?? Number.NaN)).toBeLessThan(HOUR);
            // What is newer than the set that serves was found by no look.
            const newest = [...found].sort(([, a], [, b]) => b - a)[0]?.[0];
            if (set) expect(set).toBe(newest);
            await settle();
            if (each === 'current' && has && keeper.serving !== has) {
              const lookedAgo = clock.elapsed() - (from.looks.at(-1) ?? 0);
              expect(lookedAgo).toBeLessThan(lastFailed ? 30 * SECOND : 10 * MINUTE);
            }
          }
        }
        from.looks.forEach((at, n) => {
          if (n > 0) expect(at - (from.looks[n - 1] ?? 0)).toBeGreaterThanOrEqual(30 * SECOND);
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe('keys in a file', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'keys-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const file = () => path.join(folder, 'keys.json');
  const put = async (...keys: readonly unknown[]) => {
    // As a mounted secret changes: another file takes the name.
    await writeFile(`${file()}.new`, JSON.stringify({ keys }));
    await rename(`${file()}.new`, file());
  };
  const kids = (set: KeySet | undefined) => set?.keys.map(({ kid }) => kid);

  test('are read again when it has changed, and serve while it is broken', async () => {
    const [a, b] = await Promise.all([signingKey('a'), signingKey('b')]);
    const clock = new FakeClock();
    const news: KeyNews[] = [];
    const keeper = new KeyKeeper({
      ...{ source: keysInFile(file()), clock },
      tell: (each) => news.push(each),
      looked: () => {},
    });
    expect(await keeper.current()).toBeUndefined();
    expect(news[0]).toMatchObject({ event: 'gone', reason: expect.stringContaining('ENOENT') });
    await put(a.jwk);
    expect(kids(await keeper.renewed())).toEqual(['a']);
    await put(a.jwk, b.jwk);
    expect(kids(await keeper.current())).toEqual(['a']);
    await clock.pass(SECOND);
    expect(kids(await keeper.current())).toEqual(['a', 'b']);
    await put(b.jwk);
    expect(kids(await keeper.renewed())).toEqual(['b']);
    await writeFile(file(), '{"keys": [');
    expect(kids(await keeper.renewed())).toEqual(['b']);
    expect(news.at(-1)).toMatchObject({ event: 'away', reason: 'the file is not JSON', keys: 1 });
    await put(a.jwk);
    expect(kids(await keeper.renewed())).toEqual(['a']);
  });
});
