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
    const limits = new LiveLimits('probes', { atOnce: 10, perActorPerMinute: 2, shared: false });
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
    const limits = new LiveLimits('probes', { atOnce: 10, perActorPerMinute: 1, shared: false });
    await run(limits, 'ada');
    jest.setSystemTime(Date.now() - 3_600_000);
    expect(await run(limits, 'ada')).toBe(60_000);
    jest.setSystemTime(Date.now() + 7_200_000);
    expect(await run(limits, 'ada')).toBe(60_000);
    jest.advanceTimersByTime(60_000);
    expect(await run(limits, 'ada')).toBe('done');
  });

  test('what is refused counts neither as one more nor as under way', async () => {
    const limits = new LiveLimits('probes', { atOnce: 1, perActorPerMinute: 1, shared: false });
    await run(limits, 'ada');
    await run(limits, 'ada');
    expect(await run(limits, 'bob')).toBe('done');
  });
});

describe('the limit of what one actor may have under way', () => {
  /** Begins work that lasts until it is told to end. */
  function begin(limits: LiveLimits, who: string) {
    let end = () => {};
    const work = new Promise<void>((resolve) => {
      end = resolve;
    });
    const result = limits
      .run(who, () => work)
      .then(
        () => 'done',
        ({ message }: Error) => message,
      );
    return { end, result };
  }

  test('is half of what all may have, where actors are proven', async () => {
    const limits = new LiveLimits('probes', { atOnce: 5, perActorPerMinute: undefined, shared: true });
    const ofAda = [begin(limits, 'ada'), begin(limits, 'ada')];
    expect(await begin(limits, 'ada').result).toMatch(/^you have 2 probes under way/);
    const ofBob = begin(limits, 'bob');
    ofAda[0]?.end();
    expect(await ofAda[0]?.result).toBe('done');
    const again = begin(limits, 'ada');
    for (const { end } of [...ofAda, ofBob, again]) end();
    expect(await Promise.all([ofBob.result, again.result])).toEqual(['done', 'done']);
  });

  test('is at least one, and everything where actors are not proven', async () => {
    const one = new LiveLimits('probes', { atOnce: 1, perActorPerMinute: undefined, shared: true });
    expect(await one.run('ada', async () => 'done')).toBe('done');
    const open = new LiveLimits('probes', { atOnce: 3, perActorPerMinute: undefined, shared: false });
    const works = [1, 2, 3].map(() => begin(open, 'local'));
    expect(await begin(open, 'local').result).toMatch(/^this server runs 3 probes at once already/);
    for (const { end } of works) end();
    expect(await Promise.all(works.map(({ result }) => result))).toEqual(['done', 'done', 'done']);
  });
});
