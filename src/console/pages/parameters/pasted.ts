import type { Column } from './cells.ts';

/** Rows and columns as a spreadsheet copies them: separated by line breaks and tabs, with those within a cell quoted. */
export function readPasted(text: string): string[][] {
  const rows: string[][] = [[]];
  let at = 0;
  while (at < text.length) {
    const row = rows.at(-1) ?? [];
    const [cell, end] = readCell(text, at);
    row.push(cell);
    at = end;
    if (text[at] === '\t') {
      at += 1;
      if (at === text.length) row.push('');
    } else if (at < text.length) {
      at += text.startsWith('\r\n', at) ? 2 : 1;
      // The last row ends with a line break, too.
      if (at < text.length) rows.push([]);
    }
  }
  return rows;
}

function readCell(text: string, from: number): [cell: string, end: number] {
  const quoted = /"((?:[^"]|"")*)"(?=[\t\r\n]|$)/y;
  quoted.lastIndex = from;
  const found = quoted.exec(text);
  if (found) return [(found[1] ?? '').replaceAll('""', '"'), quoted.lastIndex];
  const rest = /[^\t\r\n]*/y;
  rest.lastIndex = from;
  return [rest.exec(text)?.[0] ?? '', rest.lastIndex];
}

export interface Filling {
  /** By the rows' ids. */
  readonly cells: readonly { readonly row: string; readonly column: Column; readonly text: string | null }[];
  /** Pasted cells that there is no place for. */
  readonly left: number;
}

/** Which cells are filled, downwards and to the right from where something is pasted. An empty one empties its place. */
export function fill(
  pasted: readonly (readonly string[])[],
  from: { readonly row: string; readonly column: Column },
  rows: readonly string[],
  columns: readonly Column[],
): Filling {
  const below = rows.slice(rows.indexOf(from.row));
  const beside = columns.slice(columns.indexOf(from.column));
  const all = pasted.flatMap((texts, down) =>
    texts.map((text, right) => ({ row: below[down], column: beside[right], text: text === '' ? null : text })),
  );
  const cells = all.flatMap(({ row, column, text }) =>
    row !== undefined && column !== undefined ? [{ row, column, text }] : [],
  );
  return { cells, left: all.length - cells.length };
}
