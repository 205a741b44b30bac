import fc from 'fast-check';
import { DateTimeScalar } from '../../../src/api/toolkit/scalars.ts';
import { startTestApp } from '../../support/app.ts';

const read = (text: unknown) => DateTimeScalar.parseValue(text);
const pad = (value: number, digits = 2) => String(value).padStart(digits, '0');

describe('an instant', () => {
  test('of any number of digits and any offset is read to the millisecond, the rest cut off', () => {
    const days = fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true });
    const offset = fc.oneof(fc.constant(undefined), fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 }));
    fc.assert(
      fc.property(days, fc.stringMatching(/^[0-9]{0,20}$/), offset, fc.boolean(), (day, more, minutes, lower) => {
        const local = new Date(day.getTime() + (minutes ?? 0) * 60_000).toISOString().slice(0, -1);
        const [hours, rest] = [Math.floor(Math.abs(minutes ?? 0) / 60), Math.abs(minutes ?? 0) % 60];
        const zone = minutes === undefined ? 'Z' : `${minutes < 0 ? '-' : '+'}${pad(hours)}:${pad(rest)}`;
        const text = `${local}${more}${zone}`;
        expect(read(lower ? text.toLowerCase() : text)).toBe(day.toISOString());
      }),
    );
  });

  test.each([
    ['2026-11-27T10:00:27.0131234567Z', '2026-11-27T10:00:27.013Z'],
    ['2026-11-27T10:00:27.0000000001Z', '2026-11-27T10:00:27.000Z'],
    ['2026-11-27T10:00:27.9999999999Z', '2026-11-27T10:00:27.999Z'],
    ['2026-11-27T10:00:27.5Z', '2026-11-27T10:00:27.500Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.999Z'],
    ['2016-12-31T23:59:60.7Z', '2016-12-31T23:59:59.999Z'],
    ['1990-12-31T15:59:60-08:00', '1990-12-31T23:59:59.999Z'],
    ['2017-01-01T05:29:60+05:30', '2016-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, instant) => {
    expect(read(text)).toBe(instant);
  });

  test.each([
    '2016-12-31T22:59:60Z',
    '2016-12-31T23:59:60+01:00',
    '2016-12-31T23:59:61Z',
    '2026-02-29T00:00:00Z',
    '2026-11-27',
    '',
    'now',
    5,
    null,
  ])('is not %p', (value) => {
    expect(() => read(value)).toThrow('DateTime cannot represent what is not an RFC 3339 instant');
  });

  test.each(['2026-11-27T10:00:00', '2026-11-27T10:00:00.123456', '2026-11-27 10:00:00', '2026-11-27T10:00'])(
    'without an offset, such as %s, is told what lacks',
    (text) => {
      expect(() => read(text)).toThrow('without an offset: end it in Z, or in one such as +02:00');
    },
  );
});

test('a refused instant is told by its place and what lacks, as a variable and as a literal, without its text', async () => {
  const app = await startTestApp();
  const asVariable = await app.ask('query($t: DateTime) { project(key: "x", asOf: { time: $t }) { key } }', {
    t: '2026-11-27T10:00:00.424242',
  });
  const asLiteral = await app.ask('{ project(key: "x", asOf: { time: "2026-11-27T10:00:00.424242" }) { key } }');
  const inInput = await app.ask(
    'query($f: ChangeFilter) { project(key: "x") { history(filter: $f) { totalCount } } }',
    {
      f: { since: '2026-11-27T10:00:00.424242' },
    },
  );
  const fault = 'DateTime cannot represent a time without an offset: end it in Z, or in one such as +02:00';
  expect(asVariable.errors?.map(({ message }) => message)).toEqual([
    `Variable "$t" has an unacceptable value at "t": ${fault}`,
  ]);
  expect(asLiteral.errors?.map(({ message }) => message)).toEqual([
    `the value at line 1, column 35 is not acceptable: ${fault}`,
  ]);
  expect(inInput.errors?.map(({ message }) => message)).toEqual([
    `Variable "$f" has an unacceptable value at "f.since": ${fault}`,
  ]);
  expect(`${asVariable.text}${asLiteral.text}${inInput.text}`).not.toContain('424242');
});
