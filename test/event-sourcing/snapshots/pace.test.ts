import { performance } from 'node:perf_hooks';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { Leisure } from '../../../src/event-sourcing/snapshots/pace.ts';

afterEach(() => void jest.restoreAllMocks());

/** Has the event loop busy for this share of the time. */
function busyFor(utilization: number): void {
  jest
    .spyOn(performance, 'eventLoopUtilization')
    .mockImplementation(() => ({ idle: 1 - utilization, active: utilization, utilization }));
}

describe('the pace of what can wait', () => {
  test('is a fifth of the time, and less than a twentieth while there is much else to do', () => {
    busyFor(0.2);
    const leisure = new Leisure(() => false);
    expect(1 / (1 + leisure.rest)).toBe(0.2);
    busyFor(0.9);
    expect(1 / (1 + leisure.rest)).toBeLessThan(0.05);
  });

  test('is a fifth again when it is late, and none when it is hurried', () => {
    busyFor(0.9);
    const leisure = new Leisure(() => true);
    expect(leisure.rest).toBe(4);
    leisure.hurry();
    expect(leisure.rest).toBe(0);
  });
});
