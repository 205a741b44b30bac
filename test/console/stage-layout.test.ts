import fc from 'fast-check';
import { layPlot, nearest, roundUp } from '../../src/console/pages/proxy-connection/plot-layout.ts';
import { proxyAnswerOf } from '../../src/console/pages/proxy-connection/proxy-answer.ts';
import { layStages, PENDING, STAGE_NAMES, type Stage } from '../../src/console/parts/stage-layout.ts';
import { inWords } from '../../src/console/words/durations.ts';
import { STAGES } from '../../src/traffic/network/trace.ts';

const durations = fc.double({ min: 0, max: 300_000, noNaN: true });
const stages = fc.array(fc.option(durations), { minLength: 7, maxLength: 7 }).map((times) =>
  times.map(
    (durationMs, index): Stage => ({
      name: STAGE_NAMES[index] ?? '',
      status: durationMs === null ? 'SKIPPED' : 'PASSED',
      durationMs,
      detail: null,
    }),
  ),
);

describe('the ladder of stages', () => {
  test('knows the stages of the server, in their order', () => {
    expect(STAGE_NAMES).toEqual(STAGES);
    expect(PENDING.map(({ name }) => name)).toEqual(STAGES);
  });

  test('lets each stage begin where the one before it ended, on one scale', () => {
    fc.assert(
      fc.property(stages, durations, (stages, totalMs) => {
        const rungs = layStages(stages, totalMs);
        const scale = Math.max(
          totalMs,
          stages.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0),
        );
        let end = 0;
        for (const [index, { from, length }] of rungs.entries()) {
          expect(from).toBeCloseTo(end, 6);
          expect(length).toBeCloseTo(scale === 0 ? 0 : (stages[index]?.durationMs ?? 0) / scale, 6);
          end = from + length;
          expect(end).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('tells times in three figures', () => {
    expect([0, 0.421, 4.2, 52.34, 523.4, 1234, 30_000].map(inWords)).toEqual([
      '0.00 ms',
      '0.42 ms',
      '4.20 ms',
      '52.3 ms',
      '523 ms',
      '1.23 s',
      '30.0 s',
    ]);
  });
});

describe("the proxy's answer", () => {
  const told = (failure: string | null, ...seen: readonly (readonly [string, Stage['status'], string])[]) =>
    proxyAnswerOf({
      failure,
      stages: seen.map(([name, status, detail]) => ({ name, status, detail, durationMs: null })),
    });

  test('is what was heard of it where it mattered', () => {
    expect(told(null, ['TUNNEL', 'PASSED', 'HTTP/1.1 200 OK'])).toBe('HTTP/1.1 200 OK');
    expect(told('PROXY_DENIED', ['TUNNEL', 'FAILED', 'HTTP/1.1 403 No'])).toBe('HTTP/1.1 403 No');
    expect(told('PROXY_AUTH_REJECTED', ['PROXY_AUTH', 'FAILED', 'HTTP/1.1 407'])).toBe('HTTP/1.1 407');
    expect(told('PROXY_DENIED', ['RESPONSE', 'FAILED', 'HTTP/1.1 403'])).toBe('HTTP/1.1 403');
    expect(told('TARGET_CLOSED', ['RESPONSE', 'FAILED', 'ECONNRESET'])).toBeUndefined();
    expect(told('PROXY_REFUSED', ['CONNECT', 'FAILED', 'ECONNREFUSED'])).toBeUndefined();
  });
});

describe('the plot of times', () => {
  const tests = fc.array(
    fc.record({ environment: fc.constantFrom('dev', 'prod', 'gone'), durationMs: durations, success: fc.boolean() }),
    { minLength: 1, maxLength: 50 },
  );

  test('shows each test once, on the lane of its environment, newest at the right', () => {
    fc.assert(
      fc.property(tests, (tests) => {
        const { lanes, scaleMs } = layPlot(tests, ['dev', 'stage', 'prod']);
        const points = lanes.flatMap(({ environment, points }) => points.map((point) => ({ environment, ...point })));
        expect(points.map(({ index }) => index).sort((a, b) => a - b)).toEqual(tests.map((_, index) => index));
        for (const { index, environment, x, y, success } of points) {
          expect(tests[index]).toMatchObject({ environment, success });
          expect(y * scaleMs).toBeCloseTo(tests[index]?.durationMs ?? -1, 6);
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x).toBeLessThanOrEqual(1);
          expect(nearest(tests.length, x)).toBe(index);
        }
        expect(lanes.every(({ points }) => points.length > 0)).toBe(true);
      }),
    );
  });

  test('rounds its scale up', () => {
    expect([0, 1, 1.1, 3, 5, 51, 99, 1000].map(roundUp)).toEqual([1, 1, 2, 5, 5, 100, 100, 1000]);
  });
});
