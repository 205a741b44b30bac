import { newDataSourceId } from '../../src/data-sources/data-source-events.ts';
import { readCreateDataSource } from '../../src/data-sources/data-source-input.ts';
import { Faults } from '../../src/words/refusal.ts';

describe('a base URL', () => {
  const faultsOf = (baseUrl: string) => {
    const faults = new Faults();
    readCreateDataSource({ name: 'n', baseUrl }, newDataSourceId('p'), () => 'ref', faults);
    return faults.all.map(({ path, message }) => `${path.join('.')}: ${message}`);
  };

  test('that is too long is told its length, and is not read any further', () => {
    const tooLong = ['input.baseUrl: a base URL has at most 8192 bytes in UTF-8'];
    expect(faultsOf(`https://\${${'a'.repeat(9_000)}`)).toEqual(tooLong);
    expect(faultsOf(`https://h/${'${a}'.repeat(2_500)}`)).toEqual(tooLong);
    expect(faultsOf(`https://h/${'ü'.repeat(4_092)}`)).toEqual(tooLong);
  });

  test('may have 8 KiB', () => {
    expect(faultsOf(`https://h/${'a'.repeat(8_182)}`)).toEqual([]);
    expect(faultsOf(` https://h/${'ü'.repeat(4_091)} `)).toEqual([]);
    expect(faultsOf('https://${')).toEqual([expect.stringContaining('is not closed')]);
  });
});
