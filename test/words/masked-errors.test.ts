import { withMaskedErrors } from '../../src/words/masked-errors.ts';

const SECRET = 'pa"ss\\word-1';

async function rejection(secrets: readonly string[], error: unknown): Promise<unknown> {
  try {
    await withMaskedErrors(secrets, () => Promise.reject(error));
  } catch (thrown) {
    return thrown;
  }
  throw new Error('it did not reject');
}

test('an error that leaves work with secrets has none in its texts, nor in those of its causes', async () => {
  const cause = Object.assign(new TypeError(`no ${JSON.stringify(SECRET)}`), { input: [`x=${SECRET}`] });
  const error = Object.assign(new AggregateError([new Error(SECRET)], `bad: ${SECRET}`, { cause }), { path: 'a' });
  const thrown = await rejection(['short', SECRET], error);
  expect(thrown).toBe(error);
  expect(error).toMatchObject({ message: 'bad: ********', path: 'a', cause: { input: ['x=********'] } });
  expect(error.stack).toMatch(/^AggregateError: bad: \*{8}\n +at /);
  expect(cause.message).toBe('no "********"');
  expect(error.errors[0].message).toBe('********');
});

test('what a secret is not in stays as it is: classes, codes, circles and what is no error', async () => {
  const error = new RangeError('of no use');
  error.cause = error;
  const { stack } = error;
  expect(await rejection([SECRET, 'use'], error)).toBe(error);
  expect(error).toMatchObject({ message: 'of no use', stack });
  expect(await rejection([SECRET], undefined)).toBeUndefined();
  const aborted = new DOMException(`gone with ${SECRET}`, 'AbortError');
  expect(await rejection([SECRET], aborted)).toMatchObject({ name: 'AbortError', message: 'gone with ********' });
});

test('a secret that came up in the course of it is masked as well', async () => {
  const secrets: string[] = [];
  const work = withMaskedErrors(secrets, async () => {
    secrets.push(SECRET);
    throw new Error(SECRET);
  });
  await expect(work).rejects.toThrow(expect.objectContaining({ message: '********' }));
});
