import { Resolver } from '../../../src/traffic/network/resolver.ts';

const patient = new AbortController().signal;

/** Look-ups that end when they are told to. */
function heldLookups() {
  const held: { host: string; answer: (addresses: string[]) => void }[] = [];
  const lookup = (host: string) => new Promise<string[]>((answer) => held.push({ host, answer }));
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

test('no more look-ups run at once than allowed; the next one starts when one ends', async () => {
  const { lookup, held, hosts } = heldLookups();
  const resolver = new Resolver(lookup, 2);
  const answers = ['a', 'b', 'c', 'd'].map((host) => resolver.resolve(host, patient));
  await settled();
  expect(hosts()).toEqual(['a', 'b']);
  held[1]?.answer(['10.0.0.2']);
  await settled();
  expect(hosts()).toEqual(['a', 'b', 'c']);
  held[0]?.answer(['10.0.0.1']);
  held[2]?.answer(['10.0.0.3']);
  await settled();
  held[3]?.answer(['10.0.0.4']);
  expect(await Promise.all(answers)).toEqual([1, 2, 3, 4].map((n) => ({ ok: true, addresses: [`10.0.0.${n}`] })));
});

test('those who ask for the same name meanwhile share one look-up; later ones get a new one', async () => {
  const { lookup, held, hosts } = heldLookups();
  const resolver = new Resolver(lookup, 1);
  const both = Promise.all([resolver.resolve('a', patient), resolver.resolve('a', patient)]);
  await settled();
  held[0]?.answer(['10.0.0.1']);
  expect((await both).map((each) => each.ok && each.addresses)).toEqual([['10.0.0.1'], ['10.0.0.1']]);
  void resolver.resolve('a', patient);
  await settled();
  expect(hosts()).toEqual(['a', 'a']);
});

test('who gives up gets its reason at once, waiting or looking up, and its place in the queue is free', async () => {
  const { lookup, held, hosts } = heldLookups();
  const resolver = new Resolver(lookup, 1);
  const giving = new AbortController();
  const running = resolver.resolve('a', giving.signal);
  const waiting = resolver.resolve('b', giving.signal);
  const next = resolver.resolve('c', patient);
  await settled();
  giving.abort(new Error('no longer wanted'));
  await expect(running).rejects.toThrow('no longer wanted');
  await expect(waiting).rejects.toThrow('no longer wanted');
  // The abandoned look-up still holds its thread, so the next one waits for it.
  expect(hosts()).toEqual(['a']);
  held[0]?.answer(['10.0.0.1']);
  await settled();
  expect(hosts()).toEqual(['a', 'c']);
  held[1]?.answer(['10.0.0.3']);
  expect(await next).toEqual({ ok: true, addresses: ['10.0.0.3'] });
});

test('a failed look-up tells its code, and frees its place', async () => {
  const resolver = new Resolver(() => Promise.reject(Object.assign(new Error('?'), { code: 'EAI_AGAIN' })), 1);
  expect(await resolver.resolve('a', patient)).toEqual({ ok: false, code: 'EAI_AGAIN' });
  expect(await resolver.resolve('b', patient)).toEqual({ ok: false, code: 'EAI_AGAIN' });
  expect(await new Resolver(async () => []).resolve('a', patient)).toEqual({ ok: false, code: 'ENODATA' });
});
