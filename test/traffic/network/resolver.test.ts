import { jest } from '@jest/globals';
import type { Lookup } from '../../../src/traffic/network/name-lookup.ts';
import { LookupError } from '../../../src/traffic/network/name-servers.ts';
import { Resolver } from '../../../src/traffic/network/resolver.ts';

const patient = new AbortController().signal;

interface Held {
  readonly host: string;
  readonly signal: AbortSignal;
  answer(addresses: readonly string[], seconds?: number): void;
}

/** Look-ups that end when they are told to, or with their signal. */
function heldLookups() {
  const held: Held[] = [];
  const lookup: Lookup = (host, signal) =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      held.push({ host, signal, answer: (addresses, seconds = 0) => resolve({ addresses, seconds }) });
    });
  return { lookup, held, hosts: () => held.map(({ host }) => host) };
}

/** Lets everything that can go on go on. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('an address is its own answer, and no look-up', async () => {
  const { lookup, hosts } = heldLookups();
  const resolver = new Resolver(lookup, 0);
  expect(await resolver.resolve('::1', patient)).toEqual({ ok: true, addresses: ['::1'] });
  expect(hosts()).toEqual([]);
});

test('look-ups that never end delay no others, but those that exceed what their actor may have at once', async () => {
  const { lookup, held, hosts } = heldLookups();
  const resolver = new Resolver(lookup, 2);
  const stuck = new AbortController();
  const ends = ['a', 'b', 'c'].map((host) => resolver.resolve(host, stuck.signal, 'one'));
  const other = resolver.resolve('d', patient, 'another');
  await settled();
  expect(hosts()).toEqual(['a', 'b', 'd']);
  held[2]?.answer(['10.0.0.4']);
  expect(await other).toEqual({ ok: true, addresses: ['10.0.0.4'] });
  held[0]?.answer(['10.0.0.1']);
  expect(await ends[0]).toEqual({ ok: true, addresses: ['10.0.0.1'] });
  await settled();
  expect(hosts()).toEqual(['a', 'b', 'd', 'c']);
  stuck.abort(new Error('gone'));
  await expect(Promise.all(ends)).rejects.toThrow('gone');
});

test('those who ask for the same name meanwhile share one look-up, whosever it is', async () => {
  const { lookup, held, hosts } = heldLookups();
  const resolver = new Resolver(lookup, 1);
  const all = Promise.all(['one', 'one', 'two'].map((actor) => resolver.resolve('a', patient, actor)));
  await settled();
  expect(hosts()).toEqual(['a']);
  held[0]?.answer(['10.0.0.1']);
  expect((await all).map((each) => each.ok && each.addresses)).toEqual([['10.0.0.1'], ['10.0.0.1'], ['10.0.0.1']]);
});

test('a look-up ends with the last who wants it, and its place is free', async () => {
  const { lookup, held, hosts } = heldLookups();
  const resolver = new Resolver(lookup, 1);
  const [first, second] = [new AbortController(), new AbortController()];
  const both = [first, second].map(({ signal }) => resolver.resolve('a', signal));
  const waiting = resolver.resolve('b', second.signal);
  const next = resolver.resolve('c', patient);
  await settled();
  first.abort(new Error('no longer wanted'));
  await expect(both[0]).rejects.toThrow('no longer wanted');
  expect(held[0]?.signal.aborted).toBe(false);
  second.abort(new Error('neither'));
  await expect(both[1]).rejects.toThrow('neither');
  await expect(waiting).rejects.toThrow('neither');
  expect(held[0]?.signal.aborted).toBe(true);
  await settled();
  expect(hosts()).toEqual(['a', 'c']);
  held[1]?.answer(['10.0.0.3']);
  expect(await next).toEqual({ ok: true, addresses: ['10.0.0.3'] });
});

test('who asks while a look-up that nobody wants is being ended gets one of their own', async () => {
  const { lookup, held, hosts } = heldLookups();
  const resolver = new Resolver(lookup);
  const giving = new AbortController();
  const gone = resolver.resolve('a', giving.signal);
  giving.abort(new Error('gone'));
  await expect(gone).rejects.toThrow('gone');
  const next = resolver.resolve('a', patient);
  expect(hosts()).toEqual(['a', 'a']);
  held[1]?.answer(['10.0.0.1']);
  expect(await next).toEqual({ ok: true, addresses: ['10.0.0.1'] });
});

test('a failed look-up tells its code, frees its place, and is not remembered', async () => {
  let asked = 0;
  const resolver = new Resolver(async () => {
    asked += 1;
    throw new LookupError('ESERVFAIL');
  }, 1);
  expect(await resolver.resolve('a', patient)).toEqual({ ok: false, code: 'ESERVFAIL' });
  expect(await resolver.resolve('a', patient)).toEqual({ ok: false, code: 'ESERVFAIL' });
  expect(asked).toBe(2);
  const nothing = new Resolver(async () => ({ addresses: [], seconds: 60 }));
  expect(await nothing.resolve('a', patient)).toEqual({ ok: false, code: 'ENODATA' });
});

describe('what was found', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test.each([
    { seconds: 0, askedAgainAfter: 0 },
    { seconds: 7, askedAgainAfter: 7 },
    { seconds: 86_400, askedAgainAfter: 300 },
  ])('for $seconds s is remembered for $askedAgainAfter', async ({ seconds, askedAgainAfter }) => {
    let asked = 0;
    const resolver = new Resolver(async () => {
      asked += 1;
      return { addresses: [`10.0.0.${asked}`], seconds };
    });
    const ask = async () => (await resolver.resolve('a', patient)) as { addresses?: readonly string[] };
    expect(await ask()).toEqual({ ok: true, addresses: ['10.0.0.1'] });
    if (askedAgainAfter > 0) {
      jest.advanceTimersByTime(askedAgainAfter * 1000 - 100);
      expect(await ask()).toEqual({ ok: true, addresses: ['10.0.0.1'] });
      jest.advanceTimersByTime(200);
    }
    expect(await ask()).toEqual({ ok: true, addresses: ['10.0.0.2'] });
  });
});
