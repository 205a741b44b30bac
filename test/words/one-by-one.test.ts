import { jest } from '@jest/globals';
import fc from 'fast-check';
import { oneByOne } from '../../src/words/one-by-one.ts';

async function* pagesOf(pages: readonly (readonly number[])[], ended: () => void): AsyncGenerator<Iterator<number>> {
  try {
    for (const page of pages) yield page[Symbol.iterator]();
  } finally {
    ended();
  }
}

describe('what comes in pages', () => {
  test('comes one by one, however many somebody takes, and its source ends with it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(fc.nat(9))), fc.nat(20), async (pages, most) => {
        const ended = jest.fn();
        const taken: number[] = [];
        for await (const each of oneByOne(pagesOf(pages, ended))) {
          taken.push(each);
          if (taken.length > most) break;
        }
        expect(taken).toEqual(pages.flat().slice(0, most + 1));
        expect(ended).toHaveBeenCalledTimes(1);
      }),
    );
  });

  test('ends where a page fails, with what failed', async () => {
    const ended = jest.fn();
    async function* pages(): AsyncGenerator<Iterator<number>> {
      try {
        yield failing();
        yield [3][Symbol.iterator]();
      } finally {
        ended();
      }
    }
    function* failing(): Generator<number> {
      yield 1;
      throw new RangeError('no 2');
    }
    const each = oneByOne(pages())[Symbol.asyncIterator]();
    expect(await each.next()).toEqual({ done: false, value: 1 });
    await expect(each.next()).rejects.toThrow('no 2');
    expect(ended).toHaveBeenCalledTimes(1);
    expect(await each.next()).toEqual({ done: true, value: undefined });
  });
});
