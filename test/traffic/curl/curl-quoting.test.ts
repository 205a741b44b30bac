import fc from 'fast-check';
import { printfCommand, shellWord } from '../../../src/traffic/curl/shell-quote.ts';
import { runInShell, SHELLS, typeToShell } from './curl-shells.ts';

/** Text without NUL, half of it made of what shells read something into. */
const argument = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'\'"`$!&|;<>()[]{}*?~#=%^\\ \n\tab:-@ü😀') }),
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
);

test('words without a meaning to shells stay as they are', () => {
  for (const word of ['https://api.example.com/data', 'http://proxy-host:8080', 'a_b-c.d@e%25,f+g=h', '-']) {
    expect(shellWord(word)).toBe(word);
  }
});

test('words with a meaning to shells are quoted', () => {
  expect(shellWord('')).toBe("''");
  expect(shellWord("o'brien$")).toBe("'o'\\''brien$'");
  expect(shellWord('X-Key: 1')).toBe("'X-Key: 1'");
  expect(shellWord('a\n^b')).toBe("'a\n''^b'");
  for (const word of ['~user', '=ls', 'a*', 'a?', '[a]', '{a,b}', 'a!b', 'a#b', 'a\nb', 'ü']) {
    expect(shellWord(word)).toBe(`'${word}'`);
  }
});

describe.each(SHELLS)('%s', (shell) => {
  test('hands on every word as the text that was quoted', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(argument, { minLength: 1, maxLength: 100 }), async (texts) => {
        const { stdout } = await runInShell(shell, `printf '%s\\0' ${texts.map(shellWord).join(' ')}`);
        expect(stdout.toString().split('\0')).toEqual([...texts, '']);
      }),
      { numRuns: 25 },
    );
  });

  test('prints every text as it was given to printf', async () => {
    const text = fc.oneof(
      argument,
      fc.string({ unit: 'binary' }),
      argument.map((rest) => `-${rest}`),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 50 }), async (texts) => {
        const { stdout } = await runInShell(shell, texts.map(printfCommand).join('\n'));
        expect(stdout.toString()).toBe(texts.join(''));
      }),
      { numRuns: 25 },
    );
  });
});

(SHELLS.includes('bash') ? test : test.skip)('an interactive bash expands no history within a word', async () => {
  const history = await typeToShell('bash', 'echo one\n!!\n');
  expect(history.stdout.toString()).toBe('one\none\n');
  // Typed control characters are keys, of which only the line end types itself.
  const typed = argument.map((text) => text.replace(/[^\P{Cc}\n]/gu, ''));
  await fc.assert(
    fc.asyncProperty(fc.array(typed, { minLength: 1, maxLength: 50 }), async (texts) => {
      const { stdout } = await typeToShell('bash', `:\nprintf '%s\\0' ${texts.map(shellWord).join(' ')}\n`);
      expect(stdout.toString().split('\0')).toEqual([...texts, '']);
    }),
    { numRuns: 15 },
  );
});
