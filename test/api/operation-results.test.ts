import fc from 'fast-check';
import type { ExecutionResult } from 'graphql';
import { OperationResults, resultOf } from '../../src/api/operation-results.ts';

const DONE = { done: true, value: undefined };

function observed(source: AsyncIterator<ExecutionResult>) {
  const told = { sending: 0, over: 0 };
  const results = new OperationResults(source, {
    sending: () => {
      told.sending += 1;
    },
    over: () => {
      told.over += 1;
    },
  });
  return { told, results };
}

/** So many results, then an error if there is one. */
async function* sourceOf(count: number, error?: Error): AsyncGenerator<ExecutionResult> {
  for (let at = 0; at < count; at += 1) yield { data: { at } };
  if (error) throw error;
}

describe('the results of an operation', () => {
  test('come in order until the client leaves or they end, and none comes behind', async () => {
    const counts = fc.nat({ max: 20 });
    await fc.assert(
      fc.asyncProperty(counts, counts, async (count, taken) => {
        const { told, results } = observed(sourceOf(count));
        const seen: unknown[] = [];
        while (seen.length < taken) {
          const { done, value } = await results.next();
          if (done) break;
          seen.push(value?.data?.at);
        }
        await results.return();
        expect(seen).toEqual([...Array(Math.min(count, taken)).keys()]);
        expect(told.sending).toBe(seen.length);
        expect(told.over).toBeGreaterThan(0);
        expect(await results.next()).toEqual(DONE);
      }),
      { numRuns: 50 },
    );
  });

  test('end with the error that their source throws', async () => {
    const { told, results } = observed(sourceOf(1, new Error('the log stopped')));
    expect(await results.next()).toEqual({ done: false, value: { data: { at: 0 } } });
    const { value } = await results.next();
    expect(value?.errors?.[0]?.originalError).toEqual(new Error('the log stopped'));
    expect(told.over).toBe(1);
    expect(await results.next()).toEqual(DONE);
  });

  test('are left at once, though the next one never comes', async () => {
    const { told, results } = observed({ next: () => new Promise(() => undefined) });
    const next = results.next();
    await results.return();
    expect(await next).toEqual(DONE);
    expect(told).toEqual({ sending: 0, over: 1 });
  });

  test('of work that nobody asked for are never made', async () => {
    let begun = false;
    const { results } = observed(
      resultOf(() => {
        begun = true;
        return { data: {} };
      }),
    );
    await results.return();
    expect(await results.next()).toEqual(DONE);
    expect(begun).toBe(false);
  });
});
