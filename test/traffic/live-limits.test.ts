import { jest } from '@jest/globals';
import { LiveLimits } from '../../src/traffic/live-limits.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('the limit of an actor in a minute', () => {
  const run = (limits: LiveLimits, who: string) =>
    limits.run(who, async () => 'done').catch((error) => error.retryAfterMs);

  test('counts each actor apart, from the first thing that one does, and tells when to come back', async () => {
    const limits = new LiveLimits('probes', 10, 2);
    expect([await run(limits, 'ada'), await run(limits, 'ada')]).toEqual(['done', 'done']);
    jest.advanceTimersByTime(20_000);
    expect([await run(limits, 'ada'), await run(limits, 'bob')]).toEqual([40_000, 'done']);
    jest.advanceTimersByTime(39_999);
    expect(await run(limits, 'ada')).toBe(1);
    jest.advanceTimersByTime(1);
    expect([await run(limits, 'ada'), await run(limits, 'bob'), await run(limits, 'bob')]).toEqual([
      'done',
      'done',
      20_000,
    ]);
  });

  test('goes by a clock that nobody sets', async () => {
    const limits = new LiveLimits('probes', 10, 1);
    await run(limits, 'ada');
    jest.setSystemTime(Date.now() - 3_600_000);
    expect(await run(limits, 'ada')).toBe(60_000);
    jest.setSystemTime(Date.now() + 7_200_000);
    expect(await run(limits, 'ada')).toBe(60_000);
    jest.advanceTimersByTime(60_000);
    expect(await run(limits, 'ada')).toBe('done');
  });

  test('what is refused counts neither as one more nor as under way', async () => {
    const limits = new LiveLimits('probes', 1, 1);
    await run(limits, 'ada');
    await run(limits, 'ada');
    expect(await run(limits, 'bob')).toBe('done');
  });
});
