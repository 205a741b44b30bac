import fc from 'fast-check';
import { codePoints, hasControl, isWellFormed } from '../../src/words/text.ts';

const unit = fc.string({ unit: 'binary' });

test('a lone surrogate is ill-formed, a pair is not', () => {
  expect(isWellFormed('a\ud800')).toBe(false);
  expect(isWellFormed('\udc00a')).toBe(false);
  expect(isWellFormed('\u{1f600}')).toBe(true);
});

test('length is counted in code points', () => {
  fc.assert(fc.property(unit, (text) => codePoints(text) === [...text].length));
});

test('C0, DEL, C1 and the line separators are control characters; other white space is not', () => {
  for (const control of ['\0', '\t', '\n', '\r', '\x1f', '\x7f', '\x80', '\x9f', '\u2028', '\u2029']) {
    expect(hasControl(`a${control}b`)).toBe(true);
  }
  for (const other of [' ', '\u00a0', 'ü', '\u200e', '\u{1f600}']) expect(hasControl(`a${other}b`)).toBe(false);
});
