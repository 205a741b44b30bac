import fc from 'fast-check';
import { readName, readProse } from '../../src/words/fields.ts';
import { Faults } from '../../src/words/refusal.ts';

function faultsOf(read: (text: string, path: string[], faults: Faults) => unknown, text: string): string[] {
  const faults = new Faults();
  read(text, ['input', 'name'], faults);
  return faults.all.map(({ code, message }) => `${code}: ${message}`);
}

describe('a name', () => {
  test.each([
    ['no letter at all', ''],
    ['spaces', ' \u00a0\u2003\u3000 '],
    ['a zero-width space', '\u200b'],
    ['joiners and selectors', '\u200d\u200c\ufe0f\u{e0100}'],
    ['tags', '\u{e0067}\u{e007f}'],
    ['fillers of Hangul', '\u115f\u3164\uffa0'],
    ['a soft hyphen and a byte order mark', '\u00ad\ufeff'],
    ['the blank pattern of Braille', '\u2800'],
  ])('made of %s is not seen, and refused', (_, text) => {
    expect(faultsOf(readName, text)).toEqual(['INVALID_VALUE: a name must have at least one visible character']);
  });

  test('with any character that steers the direction of text is refused', () => {
    const steering = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter((character) =>
      /\p{Bidi_Control}/u.test(character),
    );
    expect(steering.length).toBeGreaterThanOrEqual(12);
    for (const character of steering) {
      expect(faultsOf(readName, `a${character}b`)).toEqual([
        'INVALID_VALUE: a name must not contain characters that change the direction of text',
      ]);
    }
  });

  test('keeps the joiners, selectors and tags that scripts and emoji need', () => {
    for (const name of ['👩‍💻 proxy', 'می‌خواهم', 'क्‍ष', '❤️', '🏴󠁧󠁢󠁥󠁮󠁧󠁿', 'é', 'é', 'x']) {
      expect(faultsOf(readName, name)).toEqual([]);
    }
  });

  test('is refused for half of a surrogate pair, wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 0xd800, max: 0xdfff }),
        fc.stringMatching(/^[a-z]*$/),
        (a, half, b) => {
          expect(faultsOf(readName, `${a} ${String.fromCharCode(half)} ${b}`)[0]).toMatch(/half of a surrogate pair/);
        },
      ),
    );
  });
});

test('a description may mark the direction of its letters, and may not turn it round', () => {
  expect(faultsOf(readProse, 'שלום\u200f world\u200e')).toEqual([]);
  expect(faultsOf(readProse, 'a\u202eb')).toHaveLength(1);
});
