import fc from 'fast-check';
import { buildSchema, execute, GraphQLError, parse } from 'graphql';
import { AnswerSize, countAnswers, LARGEST_ANSWER, wholeOrRefused } from '../../../src/api/toolkit/answer-size.ts';
import { Slices } from '../../../src/words/slices.ts';

const schema = buildSchema(`
  type Query { rows: [Row!]! later: [Row!]! text: String texts: [String!]! number: Float none: Row }
  type Row { name: String size: Int parts: [Row!]! }
`);
countAnswers(schema);

async function ask(query: string, rootValue: object, mostFields?: number) {
  const answer = new AnswerSize(mostFields);
  const slices = new Slices(new AbortController().signal);
  const result = await execute({
    schema,
    document: parse(query),
    rootValue,
    contextValue: { answer, slices },
  });
  return { answer, result: wholeOrRefused(result, answer) };
}

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constant('\u0001"\\\n'));

describe('the size of an answer', () => {
  test('is about what JSON makes of it, whatever is in it', async () => {
    const row = fc.record({ name: fc.option(text), size: fc.integer(), parts: fc.constant([]) });
    await fc.assert(
      fc.asyncProperty(fc.array(row), fc.array(text), text, async (rows, texts, one) => {
        const query = '{ rows { name n: size parts { name } } later { name } text texts number none { name } }';
        const root = { rows, later: async () => rows, text: one, texts, number: 1.5, none: null };
        const { answer, result } = await ask(query, root);
        const bytes = Buffer.byteLength(JSON.stringify(result.data));
        expect(Math.abs(answer.bytes - bytes)).toBeLessThan(60 + 20 * (rows.length + texts.length));
      }),
    );
  });

  test('counts each field of each item, however long a list is', async () => {
    const rows = Array.from({ length: 10 }, () => ({ name: 'a', parts: [{ name: 'b' }, { name: 'c' }] }));
    const query = '{ rows { name parts { name } } }';
    // One list, and in each of ten items a name, a list, and two names.
    expect((await ask(query, { rows }, 41)).result.errors).toBeUndefined();
    const { data, errors } = (await ask(query, { rows }, 40)).result;
    expect(data).toBeNull();
    expect(errors).toEqual([
      new GraphQLError('the answer would be too large: its fields are more than 40; ask for less at once'),
    ]);
  });

  test('is refused as soon as it is too large, and what is left is not looked at', async () => {
    let looked = 0;
    const name = () => {
      looked += 1;
      return 'x'.repeat(LARGEST_ANSWER / 4);
    };
    const { result } = await ask('{ rows { name } }', { rows: Array.from({ length: 1_000 }, () => ({ name })) });
    expect(result.errors?.map(({ message }) => message)).toEqual([
      'the answer would be too large: it is larger than 32 MiB; ask for less at once',
    ]);
    expect(looked).toBe(4);
  });

  test('is made in slices, however much is below one list', async () => {
    let told = 0;
    const part = () => {
      for (const until = performance.now() + 0.5; performance.now() < until; );
      told += 1;
      return 'name';
    };
    const rows = Array.from({ length: 100 }, () => ({ parts: [{ name: part }] }));
    let isMade = false;
    const made = ask('{ rows { parts { name } } }', { rows }).finally(() => {
      isMade = true;
    });
    const seen = new Set<number>();
    while (!isMade) {
      seen.add(told);
      await new Promise(setImmediate);
    }
    expect((await made).result.errors).toBeUndefined();
    expect(seen.size).toBeGreaterThan(3);
  });
});
