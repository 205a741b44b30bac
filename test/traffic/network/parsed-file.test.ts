import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { ParsedFile } from '../../../src/traffic/network/parsed-file.ts';

const directory = mkdtempSync(join(tmpdir(), 'parsed-'));
const path = join(directory, 'file');
afterAll(() => rmSync(directory, { recursive: true }));

test('a file is parsed once, and anew within a tenth of a second of a change; without one there is an empty text', async () => {
  const now = jest.spyOn(performance, 'now').mockReturnValue(0);
  const parsed: string[] = [];
  const file = new ParsedFile(path, (text) => {
    parsed.push(text);
    return text.toUpperCase();
  });
  const readAt = (ms: number) => {
    now.mockReturnValue(ms);
    return file.read();
  };
  expect(await readAt(0)).toBe('');
  writeFileSync(path, 'one');
  expect(await readAt(1_000)).toBe('ONE');
  expect(await readAt(5_000)).toBe('ONE');
  writeFileSync(path, 'another');
  expect(await readAt(5_099)).toBe('ONE');
  expect(await readAt(5_100)).toBe('ANOTHER');
  rmSync(path);
  expect(await readAt(9_000)).toBe('');
  expect(parsed).toEqual(['', 'one', 'another', '']);
  now.mockRestore();
});
