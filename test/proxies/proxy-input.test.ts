import { readPort } from '../../src/proxies/proxy-input.ts';
import { Faults } from '../../src/words/refusal.ts';

describe('a port', () => {
  const faultsOf = (port: string) => {
    const faults = new Faults();
    readPort(port, ['port'], faults);
    return faults.all.map(({ message }) => message);
  };

  test('that is too long is told its length, and is not read any further', () => {
    const tooLong = (count: number) => [`a port has at most 253 characters; this one has ${count}`];
    expect(faultsOf('${'.repeat(127))).toEqual(tooLong(254));
    expect(faultsOf('${a}'.repeat(64))).toEqual(tooLong(256));
    expect(faultsOf('1'.repeat(254))).toEqual(tooLong(254));
  });

  test('is counted in characters, and judged by what they are when they are not too many', () => {
    expect(faultsOf('😀'.repeat(200))).toEqual([expect.stringContaining('from 1 to 65535')]);
    expect(faultsOf('${a}'.repeat(63))).toEqual([]);
    expect(faultsOf('80${')).toEqual([expect.stringContaining('is not closed')]);
  });
});
