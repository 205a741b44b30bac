import { expect, test } from '@jest/globals';
import { newTimeOrderedId } from '../../src/words/time-ordered-id.ts';

test('an id that sorts by its time is a UUID of version 7 with the time at its beginning', () => {
  const before = Date.now();
  const id = newTimeOrderedId();
  const after = Date.now();
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const time = Number.parseInt(id.replace('-', '').slice(0, 12), 16);
  expect(time).toBeGreaterThanOrEqual(before);
  expect(time).toBeLessThanOrEqual(after);
});

test('ids of one moment differ', () => {
  expect(new Set(Array.from({ length: 1_000 }, newTimeOrderedId)).size).toBe(1_000);
});
