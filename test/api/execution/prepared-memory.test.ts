import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import { PreparedOperations } from '../../../src/api/execution/prepared-operations.ts';
import { buildApiSchema } from '../../../src/api/schema.ts';
import { queryLimits } from '../../../src/api/toolkit/query-limits.ts';

const MIB = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function heap(): number {
  collect();
  return process.memoryUsage().heapUsed / MIB;
}

describe('prepared operations', () => {
  const newOnes = () => new PreparedOperations(buildApiSchema(), queryLimits({ introspection: true }));

  test('keep nothing of the variables that they were asked with first', () => {
    const operations = newOnes();
    const before = heap();
    for (let n = 0; n < 40; n += 1) {
      const query = `query Q${n}($v: String!, $with: Boolean!) { project(key: "none") { proxyConnection(name: $v) { id @include(if: $with) } } }`;
      expect(operations.find(query, undefined, { v: `${n} `.repeat(MIB / 2), with: true })).toBeDefined();
    }
    expect(heap() - before).toBeLessThan(20);
  });

  test('take a bounded part of memory, however much there is in each', () => {
    const operations = newOnes();
    const before = heap();
    for (let n = 0; n < 250; n += 1) {
      const fields = Array.from({ length: 900 }, (_, field) => `a${field}: __typename`).join(' ');
      expect(operations.find(`query Q${n} { viewer { ${fields} } }`, undefined, {})).toBeDefined();
    }
    expect(heap() - before).toBeLessThan(120);
  }, 60_000);
});
