import fc from 'fast-check';
import { cleanBodyText, cleanPeerText } from '../../src/words/peer-text.ts';
import { SecretMask } from '../../src/words/secret-mask.ts';
import { nextSlice } from '../../src/words/slices.ts';
import { codePoints, hasControl, isWellFormed } from '../../src/words/text.ts';

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

  test('is masked before it is cut', () => {
    expect(cleanPeerText('xxhunter2', 6, new SecretMask(['hunter2']))).toBe('xx***…');
  });

  test('is masked where a control character splits a secret', () => {
    expect(cleanPeerText('<<h\0unt\u202eer2>>', 500, new SecretMask(['hunter2']))).toBe('<<********>>');
  });
});

test('a body keeps its lines, and loses what is seen of no text', async () => {
  const text = 'a\u001b[31m\u202eb\tc\r\n gehe\u200fim-123';
  expect(await cleanBodyText(text, new SecretMask(['geheim-123']), false, nextSlice)).toBe('a[31mb\tc\r\n ********');
});
