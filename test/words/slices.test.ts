import { isSliceOver, nextSlice, SLICE_MS, Slices } from '../../src/words/slices.ts';

/** Keeps the event loop for so many milliseconds. */
function work(ms: number): void {
  for (const until = performance.now() + ms; performance.now() < until; );
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a slice is over when it was long enough, and the next one is not', async () => {
  expect(isSliceOver()).toBe(false);
  work(SLICE_MS);
  expect(isSliceOver()).toBe(true);
  await nextSlice();
  expect(isSliceOver()).toBe(false);
});

test('all work of one turn shares its slice', async () => {
  await turn();
  expect(isSliceOver()).toBe(false);
  work(SLICE_MS);
  const others = await Promise.all([1, 2, 3].map(async () => isSliceOver()));
  expect(others).toEqual([true, true, true]);
});

test('who waits is served in order, one in each turn of the event loop', async () => {
  const served: number[] = [];
  const all = Promise.all([1, 2, 3].map((each) => nextSlice().then(() => served.push(each))));
  const seen: number[][] = [];
  while (served.length < 3) {
    await turn();
    seen.push([...served]);
  }
  await all;
  expect(seen.at(-1)).toEqual([1, 2, 3]);
  for (const [at, each] of seen.entries()) expect(each.length - (seen[at - 1]?.length ?? 0)).toBeLessThanOrEqual(1);
});

test('work whose client has gone ends with the reason', async () => {
  const gone = new AbortController();
  const next = nextSlice(gone.signal);
  gone.abort();
  await expect(next).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
});

test('small things of one piece of work share slices, one after the other', async () => {
  const slices = new Slices(new AbortController().signal);
  let done = 0;
  expect(isSliceOver()).toBe(false);
  work(SLICE_MS);
  const places = Array.from({ length: 12 }, async () => {
    await slices.some();
    work(SLICE_MS / 2);
    done += 1;
  });
  const seen: number[] = [];
  while (done < 12) {
    await turn();
    seen.push(done);
  }
  await Promise.all(places);
  for (const [at, each] of seen.entries()) expect(each - (seen[at - 1] ?? 0)).toBeLessThanOrEqual(3);
});

test('small things end with the work that they are of', async () => {
  const gone = new AbortController();
  const slices = new Slices(gone.signal);
  isSliceOver();
  work(SLICE_MS);
  const all = Promise.allSettled([slices.some(), slices.some(), slices.next()]);
  gone.abort();
  expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
});
