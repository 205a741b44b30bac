import fc from 'fast-check';
import { PatternSearch } from '../../src/words/pattern-search.ts';
import { SecretMask } from '../../src/words/secret-mask.ts';
import { nextSlice } from '../../src/words/slices.ts';
import { windows1252Text } from '../../src/words/windows-1252.ts';

const MASK = '********';
const masked = (text: string, ...secrets: string[]) => new SecretMask(secrets).text(text);

const characters = fc.constantFrom(...'abcXYZ019 %@:$!?+/=.*[]\\"\'<&;ußü€\u{1f600}');
const secretTexts = fc.string({ minLength: 6, maxLength: 40, unit: characters });

const utf8 = (text: string) => Buffer.from(text, 'utf8');
const lower = (text: string) => text.replace(/%../g, (hex) => hex.toLowerCase());
const json = (text: string) => JSON.stringify(text).slice(1, -1);
const references: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
const xml = (text: string) => text.replace(/[&<>"']/g, (each) => references[each] ?? each);
const unit = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** How peers repeat what they were sent. */
const spellings: readonly [string, (secret: string) => string][] = [
  ['raw', (secret) => secret],
  ['as Base64', (secret) => utf8(secret).toString('base64')],
  ['as URL-safe Base64', (secret) => utf8(secret).toString('base64url')],
  ['percent-encoded', encodeURIComponent],
  ['percent-encoded in lower case', (secret) => lower(encodeURIComponent(secret))],
  ['form-encoded', (secret) => new URLSearchParams({ s: secret }).toString().slice(2)],
  ['percent-encoded byte by byte', (secret) => utf8(secret).toString('hex').replace(/../g, '%$&')],
  ['percent-encoded twice', (secret) => encodeURIComponent(encodeURIComponent(secret))],
  [
    'in UTF-8 read as Latin-1',
    (secret) =>
      utf8(secret)
        .toString('latin1')
        .replace(/[\x80-\x9f]/g, ''),
  ],
  ['in UTF-8 read as windows-1252', (secret) => windows1252Text(utf8(secret)).replace(/[\x80-\x9f]/g, '')],
  ['as JSON', json],
  ['as JSON, with slashes escaped', (secret) => json(secret).replaceAll('/', '\\/')],
  ['as JSON, in ASCII', (secret) => json(secret).replace(/[^ -~]/g, unit)],
  ['as JSON, each unit by its number', (secret) => secret.replace(/[\s\S]/g, unit)],
  [
    'as JSON, in capital digits',
    (secret) => secret.replace(/[\s\S]/g, (each) => `\\u${unit(each).slice(2).toUpperCase()}`),
  ],
  ['as JSON in JSON', (secret) => json(json(secret))],
  ['as JSON of Latin-1', (secret) => json(utf8(secret).toString('latin1')).replace(/[^ -~]/g, unit)],
  ['as XML', xml],
  ['as XML, each character by its number', (secret) => [...secret].map((each) => `&#${each.codePointAt(0)};`).join('')],
  [
    'as XML, by hexadecimal numbers',
    (secret) => [...secret].map((each) => `&#x${each.codePointAt(0)?.toString(16)};`).join(''),
  ],
  ['as XML in JSON', (secret) => json(xml(secret))],
  ['percent-encoded in JSON', (secret) => json(encodeURIComponent(secret))],
  ['as JSON in a query', (secret) => encodeURIComponent(json(secret))],
  ['as Base64 in a query', (secret) => encodeURIComponent(utf8(secret).toString('base64'))],
  ['as Base64 in JSON that escapes slashes', (secret) => utf8(secret).toString('base64').replaceAll('/', '\\/')],
];

describe('a secret', () => {
  test.each(spellings)('is masked %s', (_how, spell) => {
    fc.assert(
      fc.property(secretTexts, (secret) => {
        expect(masked(`<<${spell(secret)}>>`, 'another secret', secret)).toBe(`<<${MASK}>>`);
      }),
    );
  });

  test('is masked within what was encoded in Base64 with it, with the digits that carry a part of it', () => {
    fc.assert(
      fc.property(secretTexts, fc.string({ maxLength: 5 }), fc.string({ maxLength: 5 }), (secret, before, behind) => {
        for (const form of ['base64', 'base64url'] as const) {
          const text = utf8(`${before}${secret}${behind}`).toString(form);
          const shown = masked(`{"id":"${text}"}`, secret);
          const [, left = '', right = ''] = /^\{"id":"(.*)\*{8}(.*)"\}$/.exec(shown) ?? [];
          expect(shown).toBe(`{"id":"${left}${MASK}${right}"}`);
          expect(utf8(before).toString(form).startsWith(left)).toBe(true);
          expect(right.length).toBeLessThanOrEqual(Math.ceil((4 * Buffer.byteLength(behind)) / 3) + 3);
        }
      }),
    );
  });

  test('is masked in Base64 of several lines', () => {
    const secret = 'a long secret that goes on and on, over more than one line of Base64, as mail has them';
    const lines = utf8(secret).toString('base64').replace(/.{76}/g, '$&\r\n');
    expect(masked(`key:\n${lines}\n`, secret)).toBe(`key:\n${MASK}\n`);
    expect(masked(JSON.stringify({ lines }), secret)).toBe(`{"lines":"${MASK}"}`);
  });

  test('is masked at each place where it is, however often, together with one that overlaps', () => {
    const shown = masked('hunter22 user:hunter22! hunter2', 'hunter2', 'user:hunter22', 'er:hunter22!');
    expect(shown).toBe(`${MASK}2 ${MASK} ${MASK}`);
    expect(masked('a'.repeat(100), 'aaaaaaa')).toBe(MASK);
  });

  test('leaves alone what has none of it', () => {
    fc.assert(
      fc.property(fc.string({ unit: characters, maxLength: 200 }), secretTexts, (text, secret) => {
        const elsewhere = `\u{10ffff}${secret}`;
        expect(masked(text, elsewhere, '')).toBe(text);
      }),
    );
  });

  test('is masked by its beginning where a text was cut, in any spelling', () => {
    const secret = 'pa"ss\\wörd/€-1234567890';
    for (const [, spell] of spellings) {
      const whole = spell(secret);
      // Six of its bytes, and not yet the whole.
      for (let length = spell(secret.slice(0, 6)).length; length < whole.length; length += 1) {
        expect(new SecretMask([secret]).text(`begun ${whole.slice(0, length)}`, true)).toBe(`begun ${MASK}`);
      }
      expect(masked(`begun ${whole.slice(0, 12)}`, secret)).not.toContain(MASK);
    }
  });

  test('shows no more than five characters of itself where a text was cut', () => {
    const secret = 'zyxwvu987654';
    const mask = new SecretMask([secret]);
    for (let length = 0; length <= secret.length; length += 1) {
      const shown = mask.text(`begun ${secret.slice(0, length)}`, true);
      expect(shown).toBe(length < 6 ? `begun ${secret.slice(0, length)}` : `begun ${MASK}`);
    }
  });

  test('is masked in bytes, between NULs too', async () => {
    const secret = 'geheim-é1';
    const mask = new SecretMask([secret]);
    for (const encoding of ['utf8', 'utf16le', 'latin1'] as const) {
      const bytes = Buffer.concat([Buffer.from([0, 255]), Buffer.from(secret, encoding), Buffer.from([0, 254])]);
      const shown = await mask.largeBytes(bytes, false, nextSlice);
      expect(shown.toString('latin1').replace('\0\xfe', '\xfe')).toBe(`\0\xff${MASK}\xfe`);
    }
  });

  test('has no part in an error, however long it is', () => {
    for (const secret of ['x'.repeat(8192), '\u{1f600}'.repeat(1024), '('.repeat(5000), 'ü'.repeat(255)]) {
      expect(masked(`{"a":${JSON.stringify(secret)}}`, secret)).toBe(`{"a":"${MASK}"}`);
      expect(masked('ok', secret)).toBe('ok');
    }
  });
});

describe('the search', () => {
  test('finds what comparing at each place finds', () => {
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 6, max: 2 });
    fc.assert(
      fc.property(fc.array(bytes, { maxLength: 8 }), fc.uint8Array({ maxLength: 60, max: 2 }), (patterns, text) => {
        const make = PatternSearch.of(patterns);
        let made = make.next();
        while (!made.done) made = make.next();
        const search = made.value;
        let state = 0;
        for (const [at, byte] of text.entries()) {
          state = search.next(state, byte);
          const seen = Buffer.from(text.subarray(0, at + 1));
          const ends = patterns.filter((pattern) => seen.subarray(-pattern.length).equals(pattern));
          expect(search.matched(state)).toBe(Math.max(0, ...ends.map(({ length }) => length)));
        }
      }),
    );
  });

  // Comparing the secrets at each place of the text would take more than 10^12 steps for each of these.
  test.each([
    ['one that nearly is there everywhere', 'a'.repeat(1024 * 1024), [`${'a'.repeat(1_000_000)}b`]],
    ['many', 'ab'.repeat(512 * 1024), Array.from({ length: 1_000 }, (_, index) => `${'ab'.repeat(500)}${index}`)],
    ['escapes', '\\u0061%61'.repeat(100_000), [`${'a'.repeat(100_000)}b`]],
    ['ampersands', '&#'.repeat(512 * 1024), [`${'&#'.repeat(500_000)}b`]],
    ['backslashes', '\\'.repeat(1024 * 1024), [`${'\\'.repeat(1_000_000)}b`]],
  ])('ends with %s', async (_, text, secrets) => {
    expect(await new SecretMask(secrets).largeText(text, false, nextSlice)).toBe(text);
  });

  test('gives others their turns', async () => {
    let turns = 0;
    const nextTurn = async () => {
      turns += 1;
      await nextSlice();
    };
    await new SecretMask(['secret']).largeText('a'.repeat(4 * 1024 * 1024), false, nextTurn);
    expect(turns).toBeGreaterThan(0);
  });

  test('looks through a few large texts at a time, and through all in the end', async () => {
    const mask = new SecretMask(['geheim-123']);
    const text = `${'%5C%25'.repeat(20_000)}geheim-123`;
    let others = 0;
    const searches = Array.from({ length: 20 }, () => mask.largeText(text, false, nextSlice));
    const gone = mask.largeText(text, false, async () => {
      others += 1;
      throw new Error('nobody waits');
    });
    await expect(gone).rejects.toThrow('nobody waits');
    expect(others).toBe(1);
    for (const shown of await Promise.all(searches)) expect(shown).toBe(text.replace('geheim-123', MASK));
  });

  test('ends when nobody waits for it any more', async () => {
    const gone = new AbortController();
    gone.abort();
    const search = new SecretMask(['secret']).largeText('a'.repeat(4 * 1024 * 1024), false, () =>
      nextSlice(gone.signal),
    );
    await expect(search).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  });
});
