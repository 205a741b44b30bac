/** Rows of texts in columns as wide as their widest text. */
export function textTable(rows, indent = '   ') {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => indent + row.map((text, column) => text.padEnd(widths[column])).join('  ')).map(trimmed);
}

function trimmed(line) {
  return line.trimEnd();
}
