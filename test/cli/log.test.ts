import { createLogger } from '../../src/cli/log.ts';

function logged(...args: [object, string]): { line: string; entry: Record<string, unknown> } {
  const lines: string[] = [];
  createLogger('info', { write: (line: string) => void lines.push(line) }).info(...args);
  const [line = ''] = lines;
  return { line, entry: JSON.parse(line) as Record<string, unknown> };
}

test('what is logged of an error are its class, message, stack, code and causes', () => {
  const cause = new RangeError('why');
  const err = Object.assign(new TypeError('what', { cause }), { code: 'E_WHAT' });
  const { entry } = logged({ err, requestId: 'r' }, 'Internal error');
  expect(entry).toMatchObject({
    requestId: 'r',
    msg: 'Internal error',
    err: { type: 'TypeError', message: 'what: why', code: 'E_WHAT', stack: expect.stringContaining('log.test') },
  });
});

test('a line is short however long what is logged is', () => {
  const long = 'x'.repeat(1_000_000);
  const circle: Record<string, unknown> = { long };
  circle.circle = circle;
  const err = Object.assign(new Error(long), { circle, list: Array.from({ length: 10_000 }, () => long) });
  for (const details of [{ err }, { long }, { circle }, { list: err.list }, { deep: { err: { long } } }]) {
    expect(logged(details, 'much').line.length).toBeLessThan(64 * 1024);
  }
});

test('what is short is logged as it is', () => {
  const at = new Date(0);
  const details = {
    path: '/graphql',
    status: 200,
    aborted: true,
    none: null,
    at,
    list: [1, 'a'],
    of: { a: { b: 'c' } },
  };
  expect(logged(details, 'request').entry).toMatchObject({ ...details, at: at.toISOString() });
});
