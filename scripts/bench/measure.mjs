// Times ways of doing the same, in turn, and tells the ratio of their medians.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Runs A B A B … (or A B C A B C …) so many rounds; answers the median seconds of each. */
export async function paired(rounds, ...works) {
  const times = works.map(() => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, work] of works.entries()) {
      const begun = performance.now();
      await work(round);
      // The first round warms up.
      if (round > 0) times[index].push((performance.now() - begun) / 1000);
    }
  }
  return times.map(median);
}

export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** So many clients, each doing its share of the work one after another. */
export async function clients(count, total, work) {
  let next = 0;
  await Promise.all(
    Array.from({ length: count }, async () => {
      while (next < total) {
        next += 1;
        await work(next);
      }
    }),
  );
}

/** Bytes that are still needed. */
export function memoryInUse() {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

export function perSecond(count, seconds) {
  return `${Math.round(count / seconds)}/s`;
}

export function milliseconds(seconds) {
  return `${(seconds * 1000).toFixed(2)} ms`;
}
