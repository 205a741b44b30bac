import fc from 'fast-check';
import {
  conflictsOf,
  sentCells,
  UNTOUCHED,
  withCell,
  withoutCells,
} from '../../src/console/pages/parameters/cell-drafts.ts';
import { cellErrors, cellOf, inputOf, type Saved, STORED, savedIn } from '../../src/console/pages/parameters/cells.ts';
import { fill, readPasted } from '../../src/console/pages/parameters/pasted.ts';

const open: Saved = {
  key: 'host',
  secret: false,
  description: null,
  defaultValue: 'd',
  hasDefaultValue: true,
  values: [{ environment: 'dev', value: 'v' }],
};
const secret: Saved = {
  ...open,
  secret: true,
  defaultValue: null,
  hasDefaultValue: false,
  values: [{ environment: 'dev', value: null }],
};
const ENVIRONMENTS = ['dev', 'prod'];

describe('a cell of the grid', () => {
  test('shows its own value, else the default, else that there is none', () => {
    expect(cellOf(open, {}, 'values.dev')).toEqual({ kind: 'text', text: 'v' });
    expect(cellOf(open, {}, 'values.prod')).toEqual({ kind: 'default', text: 'd' });
    expect(cellOf(open, { defaultValue: null }, 'values.prod')).toEqual({ kind: 'none' });
    expect(cellOf(open, {}, 'description')).toEqual({ kind: 'none' });
  });

  test('follows what is typed, into it and into the default', () => {
    expect(cellOf(open, { defaultValue: 'other' }, 'values.prod')).toEqual({ kind: 'default', text: 'other' });
    expect(cellOf(open, { 'values.dev': null }, 'values.dev')).toEqual({ kind: 'default', text: 'd' });
    expect(cellOf(open, { 'values.prod': '' }, 'values.prod')).toEqual({ kind: 'text', text: '' });
  });

  test('never shows a secret, be it typed, stored or the default', () => {
    expect(savedIn(secret, 'values.dev')).toBe(STORED);
    expect(cellOf(secret, {}, 'values.dev')).toEqual({ kind: 'secret' });
    expect(cellOf(secret, { 'values.prod': 'typed' }, 'values.prod')).toEqual({ kind: 'secret' });
    expect(cellOf(secret, {}, 'values.prod')).toEqual({ kind: 'none' });
    expect(cellOf({ ...secret, hasDefaultValue: true }, {}, 'values.prod')).toEqual({ kind: 'default', text: null });
    expect(cellOf(secret, { defaultValue: 'typed' }, 'values.prod')).toEqual({ kind: 'default', text: null });
  });

  test('is saved with all values beside it, and secrets that are stored stay', () => {
    expect(inputOf(open, { 'values.prod': 'p' }, ENVIRONMENTS)).toEqual({
      values: [
        { environment: 'dev', value: 'v' },
        { environment: 'prod', value: 'p' },
      ],
    });
    expect(inputOf(open, { 'values.dev': null }, ENVIRONMENTS)).toEqual({ values: [] });
    expect(inputOf(secret, { 'values.prod': 'p' }, ENVIRONMENTS)).toEqual({
      values: [
        { environment: 'dev', value: null },
        { environment: 'prod', value: 'p' },
      ],
    });
    expect(inputOf(open, { description: 'why', defaultValue: null }, ENVIRONMENTS)).toEqual({
      description: 'why',
      defaultValue: null,
    });
  });

  test('has the errors that are about it, and no other', () => {
    const input = inputOf(open, { 'values.prod': 'p' }, ENVIRONMENTS);
    const error = (path: string[], message: string) => ({ path: ['input', ...path], message });
    const told = cellErrors(
      [
        error(['values', '1', 'value'], 'too long'),
        error(['values', '1'], 'and odd'),
        error(['defaultValue'], 'no'),
        error(['expectedVersion'], 'old'),
        error(['values'], 'an owner may'),
      ],
      input,
    );
    expect([...told]).toEqual([
      ['values.prod', 'too long\nand odd'],
      ['defaultValue', 'no'],
      ['', 'old\nan owner may'],
    ]);
  });
});

describe('what was typed into a row', () => {
  test('is none once it is what is saved', () => {
    const typed = withCell(UNTOUCHED, open, 'values.dev', 'other');
    expect(typed.typed).toEqual({ 'values.dev': 'other' });
    expect(withCell(typed, open, 'values.dev', 'v')).toEqual(UNTOUCHED);
  });

  test('is a conflict only where somebody else saved something else in the same cell', () => {
    const row = withCell(withCell(UNTOUCHED, open, 'values.dev', 'mine'), open, 'defaultValue', 'mine');
    expect(conflictsOf(row, open)).toEqual([]);
    const theirs = { ...open, values: [{ environment: 'dev', value: 'theirs' }] };
    expect(conflictsOf(row, theirs)).toEqual(['values.dev']);
    expect(conflictsOf(row, { ...open, values: [{ environment: 'dev', value: 'mine' }] })).toEqual([]);
  });

  test('stays where it was changed again while it was being saved', () => {
    const row = withCell(withCell(UNTOUCHED, open, 'values.dev', 'one'), open, 'defaultValue', 'two');
    const later = withCell(row, open, 'defaultValue', 'three');
    expect(withoutCells(later, sentCells(later, row.typed)).typed).toEqual({ defaultValue: 'three' });
  });
});

describe('what a spreadsheet copies', () => {
  test.each([
    ['a\nb\n', [['a'], ['b']]],
    ['a\r\n\r\nb', [['a'], [''], ['b']]],
    [
      'a\tb\nc\t',
      [
        ['a', 'b'],
        ['c', ''],
      ],
    ],
    ['"two\nlines"\n"say ""so"""', [['two\nlines'], ['say "so"']]],
    ['5" pipe\n"open', [['5" pipe'], ['"open']]],
    ['', [[]]],
  ])('%j is read by rows and columns', (text, rows) => {
    expect(readPasted(text)).toEqual(rows);
  });

  test('is read as it was written, whatever is in the cells', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', '"', '\n', '\t', '\r', ' ') });
    const table = fc
      .integer({ min: 1, max: 3 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 4 }),
      );
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(table, (rows) => {
        expect(readPasted(rows.map((row) => row.map(quoted).join('\t')).join('\n'))).toEqual(rows);
      }),
    );
  });

  test('fills the cells below, empties with empty ones, and tells what had no place', () => {
    const columns = ['defaultValue', 'values.dev', 'values.prod'] as const;
    expect(fill([['1'], [''], ['3']], { row: 'b', column: 'values.dev' }, ['a', 'b', 'c'], columns)).toEqual({
      cells: [
        { row: 'b', column: 'values.dev', text: '1' },
        { row: 'c', column: 'values.dev', text: null },
      ],
      left: 1,
    });
    expect(fill([['1', '2', '3']], { row: 'a', column: 'values.dev' }, ['a'], columns)).toEqual({
      cells: [
        { row: 'a', column: 'values.dev', text: '1' },
        { row: 'a', column: 'values.prod', text: '2' },
      ],
      left: 1,
    });
  });
});
