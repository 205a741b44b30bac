import { jest } from '@jest/globals';
import { ClockBehind } from '../../src/event-sourcing/clock-behind.ts';
import { NotReadyError, Readiness } from '../../src/event-sourcing/readiness.ts';
import { StoreClock } from '../../src/event-sourcing/store-clock.ts';

const NOON = Date.UTC(2026, 0, 1, 12);

beforeEach(() => {
  jest.useFakeTimers({ now: NOON });
});
afterEach(() => {
  jest.useRealTimers();
});

describe('the clock of a node', () => {
  /** A store that answers so many milliseconds later, with a clock that is so far from this process's. */
  function storeClock(off: number | undefined, answersIn = 0) {
    const clock = new StoreClock({
      clock: async () => {
        const time = Date.now();
        jest.advanceTimersByTime(answersIn);
        return off === undefined ? undefined : time + off;
      },
    });
    return clock;
  }

  test.each([0, 4_999, -4_999])('may be %d ms off that of the store', async (off) => {
    const clock = storeClock(off);
    expect(await clock.look()).toBeUndefined();
    clock.assertRight();
  });

  test.each([
    [6_000, "this server's clock is 6 s behind the database's: at most 5 s are allowed"],
    [-3_600_000, "this server's clock is 3600 s ahead of the database's: at most 5 s are allowed"],
  ])('may not be %d ms off', async (off, fault) => {
    const clock = storeClock(off);
    expect(await clock.look()).toBe(fault);
    expect(() => clock.assertRight()).toThrow(fault);
    expect(() => clock.assertRight()).toThrow(NotReadyError);
  });

  test('is not blamed for a store that takes long to answer', async () => {
    expect(await storeClock(8_000, 4_000).look()).toBeUndefined();
    expect(await storeClock(10_000, 4_000).look()).toMatch(/behind/);
  });

  test('is right where there is nothing to hold it against', async () => {
    const clock = storeClock(undefined);
    expect(await clock.look()).toBeUndefined();
    jest.setSystemTime(0);
    clock.assertRight();
  });

  test('is noticed at once when somebody sets it, and when it is right again', async () => {
    const clock = storeClock(0);
    const readiness = new Readiness([() => clock.look()]);
    await readiness.look();
    jest.advanceTimersByTime(60_000);
    clock.assertRight();
    jest.setSystemTime(NOON - 3_600_000);
    expect(() => clock.assertRight()).toThrow(/3660 s behind/);
    jest.setSystemTime(NOON + 60_000);
    clock.assertRight();
  });
});

describe('a clock behind the newest commit', () => {
  test('is counted each time, and told once a minute', () => {
    let counted = 0;
    const told: object[] = [];
    const behind = new ClockBehind(
      () => {
        counted += 1;
      },
      (_, details) => void told.push(details),
    );
    const met = (now: string) => behind.met({ project: 'crm', now, newest: 'later' });
    met('1');
    met('2');
    jest.advanceTimersByTime(59_999);
    met('3');
    jest.advanceTimersByTime(1);
    met('4');
    expect(counted).toBe(4);
    expect(told).toEqual([
      { project: 'crm', now: '1', newest: 'later' },
      { project: 'crm', now: '4', newest: 'later' },
    ]);
  });
});
