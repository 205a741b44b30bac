import { type Collection, type Document, type FindOptions, MongoServerError } from 'mongodb';
import { isThere } from '../../src/stores/mongodb/linearizable.ts';

/** A server that refuses linearizable reads with this code, as no server that tests can be given does. */
function refusing(code: number, found: object | null) {
  const asked: (string | undefined)[] = [];
  const findOne = async (_filter: object, { readConcern }: FindOptions) => {
    const level = typeof readConcern === 'object' ? (readConcern as { level?: string }).level : readConcern;
    asked.push(level);
    if (level === 'linearizable') throw new MongoServerError({ message: 'refused', code });
    return found;
  };
  return { asked, commits: { findOne } as unknown as Collection<Document> };
}

describe('a look that a deposed primary cannot answer', () => {
  test.each([
    ['that is no member of a replica set', 123, { _id: 1 }, true],
    ['that is no member of a replica set', 123, null, false],
    ['that does not know the concern', 238, null, false],
  ])('is a majority read on a server %s (%d, %j)', async (_, code, found, expected) => {
    const { asked, commits } = refusing(code, found);
    expect(await isThere(commits, { position: 1 })).toBe(expected);
    expect(asked).toEqual(['linearizable', 'majority']);
  });

  test('fails when the server has lost its majority', async () => {
    const { asked, commits } = refusing(50, { _id: 1 });
    await expect(isThere(commits, { position: 1 })).rejects.toThrow(MongoServerError);
    expect(asked).toEqual(['linearizable']);
  });
});
