import { jest } from '@jest/globals';
import { gatheredLines } from '../../src/cli/gathered-lines.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe('lines of the log', () => {
  test('that come shortly after each other are written at once, in order', () => {
    const written: string[] = [];
    const lines = gatheredLines({ write: (text) => void written.push(text) });
    lines.write('one\n');
    lines.write('two\n');
    expect(written).toEqual([]);
    jest.advanceTimersByTime(5);
    lines.write('three\n');
    jest.advanceTimersByTime(5);
    expect(written).toEqual(['one\ntwo\n', 'three\n']);
  });

  test('do not wait when they are many', () => {
    const written: string[] = [];
    const lines = gatheredLines({ write: (text) => void written.push(text) });
    const line = `${'x'.repeat(1_000)}\n`;
    for (let count = 0; count < 70; count += 1) lines.write(line);
    jest.advanceTimersByTime(5);
    expect(written.join('')).toBe(line.repeat(70));
    expect(written).toHaveLength(2);
  });

  test('are all written when the process ends', () => {
    const written: string[] = [];
    const before = new Set(process.listeners('exit'));
    const lines = gatheredLines({ write: (text) => void written.push(text) });
    lines.write('last\n');
    const [end] = process.listeners('exit').filter((listener) => !before.has(listener));
    end?.(0);
    expect(written).toEqual(['last\n']);
  });
});
