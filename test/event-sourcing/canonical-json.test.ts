import { describe, expect, test } from '@jest/globals';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalJson } from '../../src/event-sourcing/canonical-json.ts';

describe('the canonical text of a value', () => {
  test('is that of another implementation, for every JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary', maxDepth: 5 }), (value) => {
        expect(canonicalJson(value)).toBe(canonicalize(value));
      }),
    );
  });

  test('is that of another implementation, whatever is refused, absent or a date', () => {
    const text = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) });
    const leaf = fc.oneof(text, fc.double(), fc.date(), fc.constant(undefined), fc.constant(null), fc.bigInt());
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(leaf, fc.array(tie('value')), fc.dictionary(text, tie('value'))),
    }));
    fc.assert(
      fc.property(value, (of) => expect(outcome(() => canonicalJson(of))).toBe(outcome(() => canonicalize(of)))),
    );
  });

  test('has its members in the order of UTF-16 code units, as RFC 8785 shows', () => {
    const members = ['€', '\r', '\ufb33', '1', '\u{1F600}', '\u0080', 'ö'];
    const value = Object.fromEntries(members.map((name) => [name, 0]));
    expect(Object.keys(JSON.parse(canonicalJson(value)))).toEqual([
      '1',
      '\r',
      '\u0080',
      'ö',
      '€',
      '\u{1F600}',
      '\ufb33',
    ]);
    expect(canonicalJson({ b: [1e21, -0, 1e-7, 4.5], a: '\u000f\n"\\/\u2028' })).toBe(
      '{"a":"\\u000f\\n\\"\\\\/\u2028","b":[1e+21,0,1e-7,4.5]}',
    );
  });

  test.each([[undefined], [Symbol('a')], [() => 1], [1n], [Number.NaN], [['\ud800']], [{ '\udc00': 1 }]])(
    'is refused for %p',
    (value) => {
      expect(() => canonicalJson(value)).toThrow(TypeError);
    },
  );
});

/** The text, or undefined where there is none. */
function outcome(make: () => string | undefined): string | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
