import { parse } from 'graphql';
import { mergeError } from '../../../src/api/toolkit/merge-cost.ts';

const refused = (query: string) => mergeError(parse(query)) !== undefined;
const times = (count: number, make: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => make(at)).join(' ');

describe('a document', () => {
  test.each([
    ['one field many times', `{ ${times(900, () => 'project(key: "a") { key }')} }`],
    ['one field in many inline fragments', `{ ${times(900, () => '... { viewer { __typename } }')} }`],
    ['many fragments in one place', `{ viewer { ${times(400, (n) => `...f${n}`)} } }${fragments(400, () => '')}`],
    ['a chain of fragments', `{ viewer { ...f0 } }${fragments(400, (n) => `...f${n + 1}`)}`],
    [
      'many operations with a chain of fragments',
      `${times(300, (n) => `query q${n} { viewer { ...f0 } }`)}${fragments(200, (n) => `...f${n + 1}`)}`,
    ],
    ['more levels than are looked at', `${'{ a '.repeat(1_000)}${'}'.repeat(1_000)}`],
    [
      'fragments that are twice in each other',
      `{ ...f0 } ${times(20, (n) => `fragment f${n} on Query { a { ...f${n + 1} } b { ...f${n + 1} } }`)}`,
    ],
  ])('with %s is refused', (_, query) => {
    expect(refused(query)).toBe(true);
  });

  test.each([
    [
      'a hundred aliases, each with many fields',
      `{ ${times(100, (n) => `p${n}: project(key: "a") { ${times(30, (m) => `f${m}`)} }`)} }`,
    ],
    ['one field here and there', `{ ${times(500, (n) => `a${n} { id name }`)} }`],
    [
      'fragments as components write them',
      `{ ${times(30, (n) => `c${n} { ...f0 ...f${n} id }`)} }${fragments(30, () => 'id name')}`,
    ],
    ['a fragment in itself, which is told by a rule', '{ ...f } fragment f on Query { a { ...f } }'],
    ['a fragment that is not there', '{ ...f }'],
  ])('with %s is not', (_, query) => {
    expect(refused(query)).toBe(false);
  });
});

function fragments(count: number, more: (at: number) => string): string {
  return times(count, (n) => `fragment f${n} on Viewer { __typename ${n === count - 1 ? '' : more(n)} }`);
}
