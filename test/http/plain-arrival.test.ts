import type { IncomingMessage } from 'node:http';
import { plainHost, SoundHosts } from '../../src/http/plain-arrival.ts';

function request(headers: readonly string[], localAddress = '127.0.0.1'): IncomingMessage {
  return { rawHeaders: [...headers], socket: { localAddress } } as unknown as IncomingMessage;
}

describe('a request that brings nothing to judge but its Host', () => {
  test.each<[string, readonly string[], string | undefined]>([
    ['a Host', ['Host', 'a:1', 'Accept', '*/*'], 'a:1'],
    ['a Host and a credential', ['authorization', 'Bearer x', 'hOsT', 'a'], 'a'],
    ['two Hosts', ['Host', 'a', 'host', 'b'], undefined],
    ['two credentials', ['Host', 'a', 'Authorization', 'x', 'AUTHORIZATION', 'y'], undefined],
    ['an Origin', ['Host', 'a', 'ORIGIN', 'null'], undefined],
    ['a page', ['Host', 'a', 'Sec-Fetch-Site', 'cross-site'], undefined],
    ['a name', ['Host', 'a', 'x-actor', 'ada'], undefined],
    ['none', ['Accept', '*/*'], undefined],
  ])('is told by %s', (_, headers, host) => {
    expect(plainHost(request(headers))).toBe(host);
  });

  test('is known again by its Host and where it came in, and no other is', () => {
    const sound = new SoundHosts();
    sound.add(request(['Host', 'a']));
    expect(sound.has(request(['host', 'a', 'Accept', 'x']))).toBe(true);
    expect(sound.has(request(['Host', 'a'], '10.0.0.1'))).toBe(false);
    expect(sound.has(request(['Host', 'b']))).toBe(false);
    expect(sound.has(request(['Host', 'a', 'Origin', 'http://b']))).toBe(false);
  });

  test('is kept of so many Hosts only', () => {
    const sound = new SoundHosts();
    for (let count = 0; count < 100; count += 1) sound.add(request(['Host', `h${count}`]));
    expect([sound.has(request(['Host', 'h0'])), sound.has(request(['Host', 'h99']))]).toEqual([true, false]);
  });
});
