import fc from 'fast-check';
import { cleanPeerText, codePoints, hasControl, isWellFormed } from '../../src/words/text.ts';

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

describe('text from peers', () => {
  test('is well-formed, without controls, and never over its limit, whatever it was', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.nat(0xffff).map(String.fromCharCode) }),
        fc.integer({ min: 1, max: 20 }),
        (text, limit) => {
          const clean = cleanPeerText(text, limit);
          expect(isWellFormed(clean)).toBe(true);
          expect(hasControl(clean)).toBe(false);
          expect(codePoints(clean)).toBeLessThanOrEqual(limit);
        },
      ),
    );
  });

  test('loses its bidirectional characters', () => {
    expect(cleanPeerText('a\u202eb\u2066c\u200fd\u061ce')).toBe('abcde');
  });

  test('is cut to 500 code points, the mark of the cut included', () => {
    expect(cleanPeerText('\u{1f600}'.repeat(500))).toBe('\u{1f600}'.repeat(500));
    expect(cleanPeerText('\u{1f600}'.repeat(501))).toBe(`${'\u{1f600}'.repeat(499)}…`);
  });

  test.each([
    ['raw', (secret: string) => secret],
    ['as Base64', (secret: string) => Buffer.from(secret).toString('base64')],
    ['as URL-safe Base64', (secret: string) => Buffer.from(secret).toString('base64url')],
    ['percent-encoded', (secret: string) => encodeURIComponent(secret)],
    [
      'percent-encoded in lower case',
      (secret: string) => encodeURIComponent(secret).replace(/%../g, (hex) => hex.toLowerCase()),
    ],
    ['form-encoded', (secret: string) => new URLSearchParams({ s: secret }).toString().slice(2)],
    ['percent-encoded byte by byte', (secret: string) => Buffer.from(secret).toString('hex').replace(/../g, '%$&')],
    ['in UTF-8 read as Latin-1', (secret: string) => Buffer.from(secret).toString('latin1')],
    ['with control characters in between', (secret: string) => [...secret].join('\0')],
  ])('repeats no secret %s', (_how, encode) => {
    const secrets = fc.string({ minLength: 4, unit: fc.constantFrom(...'abcXYZ019 %@:$!?+/=.*[]\\üß€\u{1f600}') });
    fc.assert(
      fc.property(secrets, (secret) => {
        expect(cleanPeerText(`<<${encode(secret)}>>`, 500, [secret])).toMatch(/^<<\*{8}=*>>$/);
      }),
    );
  });

  test('masks the longer one of two secrets that begin alike', () => {
    expect(cleanPeerText('got user:hunter22!', 500, ['hunter2', 'user:hunter22'])).toBe('got ********!');
  });

  test('is masked before it is cut', () => {
    expect(cleanPeerText('xxhunter2', 6, ['hunter2'])).toBe('xx***…');
  });

  test('is left alone by an empty secret', () => {
    expect(cleanPeerText('abc', 500, [''])).toBe('abc');
  });
});
