// Writes which role may use which field, as the code has it, between a page's marks:
//
//   npm run -s access-table
import { readFileSync, writeFileSync } from 'node:fs';

const { FIELD_RIGHTS } = await import('../dist/access/field-rights.js');
const { gives, ROLES } = await import('../dist/access/roles.js');

const MARKS = ['<!-- roles: npm run -s access-table -->\n', '<!-- end of roles -->\n'];
const HOLDERS = [...ROLES, 'ADMINISTRATOR'];

const [page] = process.argv.slice(2);
const text = readFileSync(page, 'utf8');
const [from, to] = MARKS.map((mark) => text.indexOf(mark));
if (from < 0 || to < from) throw new Error(`${page} has not the lines ${MARKS.join('and ')}`);
writeFileSync(page, `${text.slice(0, from)}${MARKS[0]}\n${table()}\n${text.slice(to)}`);

function table() {
  const rows = [...new Set(Object.values(FIELD_RIGHTS).flatMap(Object.values))]
    .toSorted((one, other) => holdersOf(other).length - holdersOf(one).length)
    .map((right) => [fieldsOf(right), ...HOLDERS.map((holder) => (gives(holder, right) ? 'yes' : '-'))]);
  const line = (cells) => `| ${cells.join(' | ')} |\n`;
  return [['', ...HOLDERS.map((holder) => holder.toLowerCase())], Array(HOLDERS.length + 1).fill('---'), ...rows]
    .map(line)
    .join('');
}

function holdersOf(right) {
  return HOLDERS.filter((holder) => gives(holder, right));
}

/** All that need this right. */
function fieldsOf(right) {
  return Object.entries(FIELD_RIGHTS)
    .map(([type, fields]) => [type, Object.keys(fields).filter((field) => fields[field] === right)])
    .filter(([, fields]) => fields.length > 0)
    .map(([type, fields]) => `**${type}**: ${fields.map((field) => `\`${field}\``).join(', ')}`)
    .join('; ');
}
