import type { IncomingMessage } from 'node:http';
import { plainHead, SoundHosts } from '../../src/http/plain-arrival.ts';

function request(headers: readonly string[], localAddress = '127.0.0.1'): IncomingMessage {
  return { rawHeaders: [...headers], socket: { localAddress } } as unknown as IncomingMessage;
}

describe('a request that brings nothing to judge but its Host', () => {
  test.each<[string, readonly string[], string | undefined]>([
    ['a Host', ['Host', 'a:1', 'Accept', '*/*'], 'a:1'],
    ['a Host and a credential', ['authorization', 'Bearer x', 'hOsT', 'a'], 'a'],
    ['two Hosts', ['Host', 'a', 'host', 'b'], undefined],
    ['two lengths', ['Host', 'a', 'Content-Length', '1', 'content-length', '1'], undefined],
    ['two credentials', ['Host', 'a', 'Authorization', 'x', 'AUTHORIZATION', 'y'], undefined],
    ['an Origin', ['Host', 'a', 'ORIGIN', 'null'], undefined],
    ['a page', ['Host', 'a', 'Sec-Fetch-Site', 'cross-site'], undefined],
    ['a name', ['Host', 'a', 'x-actor', 'ada'], undefined],
    ['none', ['Accept', '*/*'], undefined],
  ])('is told by %s', (_, headers, host) => {
    expect(plainHead(request(headers))?.host).toBe(host);
  });

  test('is read as it is', () => {
    const headers = [
      'Host',
      'a',
      'ACCEPT',
      'b',
      'Authorization',
      'c',
      'Content-type',
      'd',
      'content-length',
      '5',
      'X',
      'y',
    ];
    expect(plainHead(request(headers))).toEqual({
      ...{ host: 'a', accept: 'b', authorization: 'c', contentType: 'd', contentLength: '5' },
    });
  });
});

describe('a Host that was found to be ours', () => {
  test('is known again where it came in, and no other is', () => {
    const sound = new SoundHosts();
    sound.add('a', request([]));
    expect(sound.has('a', request([]))).toBe(true);
    expect(sound.has('a', request([], '10.0.0.1'))).toBe(false);
    expect(sound.has('b', request([]))).toBe(false);
  });

  test('is one of so many', () => {
    const sound = new SoundHosts();
    for (let count = 0; count < 100; count += 1) sound.add(`h${count}`, request([]));
    expect([sound.has('h0', request([])), sound.has('h99', request([]))]).toEqual([true, false]);
  });
});
