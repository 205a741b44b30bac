import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import {
  API_TOKEN_PATTERN,
  API_TOKEN_PREFIX,
  apiTokenDigest,
  newApiToken,
  parseApiToken,
} from '../../src/access/api-token.ts';

const project = fc.option(fc.stringMatching(/^[a-z][a-z0-9-]{1,62}$/), { nil: undefined });
const token = project.map((key) => newApiToken(key));
const PRINTABLE = Array.from({ length: 95 }, (_, at) => String.fromCharCode(0x20 + at));

/** One character typed for another, left out, typed twice or too much, or two that changed places. */
function typingErrors(text: string, at: number, typed: string): string[] {
  const [before, here, next, behind] = [text.slice(0, at), text.charAt(at), text.charAt(at + 1), text.slice(at + 2)];
  return [
    `${before}${typed}${next}${behind}`,
    `${before}${next}${behind}`,
    `${before}${here}${here}${next}${behind}`,
    `${before}${typed}${here}${next}${behind}`,
    `${before}${next}${here}${behind}`,
    text.slice(0, at),
  ].filter((other) => other !== text);
}

describe('the text of an API token', () => {
  test('tells its project and its id, and never is the same twice', () => {
    fc.assert(
      fc.property(project, (key) => {
        const { text, id, ...of } = newApiToken(key);
        expect(parseApiToken(text)).toEqual({ ok: true, id, ...of });
        expect(of).toEqual(key === undefined ? {} : { project: key });
        expect(text.slice(0, -61)).toBe(`${API_TOKEN_PREFIX}${key ?? ''}_`);
        expect(newApiToken(key).text).not.toBe(text);
      }),
    );
  });

  test('with any single typing error is told from a good one without a look-up', () => {
    fc.assert(
      fc.property(token, fc.nat(), fc.constantFrom(...PRINTABLE), ({ text }, place, typed) => {
        for (const wrong of typingErrors(text, place % text.length, typed)) {
          expect([wrong, parseApiToken(wrong).ok]).toEqual([wrong, false]);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('that was mistyped is told from what never was one', () => {
    const { text } = newApiToken('crm');
    const last = text.at(-1) === 'a' ? 'b' : 'a';
    expect(parseApiToken(text.slice(0, -1) + last)).toEqual({ ok: false, fault: 'checksum' });
    expect(parseApiToken(text.replace('crm', 'crn'))).toEqual({ ok: false, fault: 'checksum' });
    for (const other of [
      '',
      'plt_',
      text.slice(1),
      `${text}0`,
      ` ${text}`,
      `${text}\n`,
      text.replace('_', '-'),
      'plt__',
    ]) {
      expect(parseApiToken(other)).toEqual({ ok: false, fault: 'form' });
    }
  });

  test('is read by others as by us: the checksum is the CRC-32 of what is before it, in base62', () => {
    const body = `plt_crm_${'0'.repeat(12)}${'z'.repeat(43)}`;
    expect(parseApiToken(`${body}3Z2OFL`)).toEqual({ ok: true, id: '0'.repeat(12), project: 'crm' });
    expect(apiTokenDigest('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  test('is found in any text by the documented pattern, whole', () => {
    expect(readFileSync('docs/access.md', 'utf8').split('\n')).toContain(API_TOKEN_PATTERN);
    const around = fc.constantFrom('', ' ', '"', "'", '=', ':', '\n', '(', '/', '@');
    fc.assert(
      fc.property(token, around, around, ({ text }, before, behind) => {
        const found = [...`key${before || ' '}${text}${behind}`.matchAll(new RegExp(API_TOKEN_PATTERN, 'g'))];
        expect(found.map(([all]) => all)).toEqual([text]);
      }),
    );
  });
});
