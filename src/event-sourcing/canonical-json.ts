import { isWellFormed } from '../words/text.ts';

/**
 * RFC 8785 text of a JSON value: no white space, members in the order of their names' UTF-16 code units. Members that are
 * undefined are left out. Throws `TypeError` on what JSON cannot hold, lone surrogates included, and on what is no value.
 */
export function canonicalJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'number':
      // ECMAScript's own form is the one that RFC 8785 has.
      if (!Number.isFinite(value)) throw new TypeError(`${value} is not a JSON number`);
      return String(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      if (value === null) return 'null';
      return Array.isArray(value) ? ofList(value) : ofObject(value);
    default:
      throw new TypeError(`not a JSON value: ${typeof value}`);
  }
}

function ofList(list: readonly unknown[]): string {
  return `[${list.map((item) => canonicalJson(item ?? null)).join(',')}]`;
}

function ofObject(object: object): string {
  if ('toJSON' in object && typeof object.toJSON === 'function') return canonicalJson(object.toJSON());
  let text = '';
  for (const name of namesOf(object)) {
    const value: unknown = object[name as keyof typeof object];
    if (value !== undefined) text += `${text === '' ? '{' : ','}${quoted(name)}:${canonicalJson(value)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

/** In order; most objects have them so. */
function namesOf(object: object): string[] {
  const names = Object.keys(object);
  const isInOrder = names.every((name, index) => index === 0 || (names[index - 1] ?? '') < name);
  return isInOrder ? names : names.sort();
}

/** What has to be escaped, or may be half of a pair: all but these. */
const NOT_PLAIN = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

function quoted(text: string): string {
  if (!NOT_PLAIN.test(text)) return `"${text}"`;
  if (!isWellFormed(text)) throw new TypeError('a text with half of a surrogate pair is not JSON');
  return JSON.stringify(text);
}
