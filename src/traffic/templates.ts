/** Keys are distinct and in order of appearance. The fault names positions and quotes nothing: the text may be a secret. */
export type ParsedTemplate =
  | { readonly ok: true; readonly keys: string[] }
  | { readonly ok: false; readonly fault: string };

/** Missing are the keys without a value, all of them; too long is what would have more bytes than it may. */
export type ResolvedTemplate =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly missing: string[]; readonly isTooLong?: true };

/**
 * `${key}` names a parameter, `$${` stands for a literal `${`, everything else for itself.
 * Read from left to right, so `$$${` is a `$` and a literal `${`.
 */
export function parseTemplate(text: string): ParsedTemplate {
  const read = readParts(text);
  return read.ok ? { ok: true, keys: [...read.keys] } : read;
}

/**
 * Values are put in as they are and not expanded again. The text must be one that `parseTemplate` accepts.
 *
 * @param mostBytes in UTF-8, of what values are put in to: nothing larger is made. Infinity when left out.
 */
export function resolveTemplate(
  text: string,
  lookup: (key: string) => string | undefined,
  mostBytes = Number.POSITIVE_INFINITY,
): ResolvedTemplate {
  const read = readParts(text);
  if (!read.ok) throw new TypeError(read.fault);
  const values = new Map<string, string>();
  const missing: string[] = [];
  for (const key of read.keys) {
    const value = lookup(key);
    if (value === undefined) missing.push(key);
    else values.set(key, value);
  }
  if (missing.length > 0) return { ok: false, missing };
  const tooLong = { ok: false, missing, isTooLong: true } as const;
  // A text has as many bytes as units of UTF-16, or more.
  let units = 0;
  const pieces: string[] = [];
  for (let at = 0; at < read.parts.length; at += 1) {
    const part = read.parts[at] ?? '';
    const piece = at % 2 === 0 ? part : (values.get(part) ?? '');
    units += piece.length;
    if (values.size > 0 && units > mostBytes) return tooLong;
    pieces.push(piece);
  }
  const value = pieces.join('');
  return values.size > 0 && Buffer.byteLength(value) > mostBytes ? tooLong : { ok: true, value };
}

/** True when the text is well-formed and names at least one parameter. */
export function isTemplate(text: string): boolean {
  const parsed = parseTemplate(text);
  return parsed.ok && parsed.keys.length > 0;
}

/** The parameters that a stored text names; none when it is no template. */
export function templateKeys(text: string | undefined): readonly string[] {
  const parsed = parseTemplate(text ?? '');
  return parsed.ok ? parsed.keys : [];
}

/** False: the text names no such parameter. True: it does, or it writes that literally. Costs less than to parse it. */
export function mayName(text: string, key: string): boolean {
  return text.includes(`\${${key}}`);
}

/** The text with each `${key}` replaced by what `stand` answers, for rules on what is around the keys. */
export function withStandIns(text: string, stand: (key: string) => string): string {
  const resolved = resolveTemplate(text, stand);
  if (!resolved.ok) throw new TypeError('a stand-in is missing');
  return resolved.value;
}

interface Parts {
  /** A literal, a key, a literal, a key, …, a literal; literals may be empty. */
  readonly parts: readonly string[];
  /** In order of appearance. */
  readonly keys: ReadonlySet<string>;
}

const KEY_LIMIT = 100;
const EXPECTED = `write \${key}, or $\${ for a literal \${`;

function readParts(text: string): ({ ok: true } & Parts) | { ok: false; fault: string } {
  const parts: string[] = [];
  const keys = new Set<string>();
  let literal = '';
  let from = 0;
  for (let brace = text.indexOf('${'); brace !== -1; brace = text.indexOf('${', from)) {
    if (brace > from && text.startsWith('$', brace - 1)) {
      // The escape: one dollar sign less.
      literal += `${text.slice(from, brace - 1)}\${`;
      from = brace + 2;
      continue;
    }
    const close = text.indexOf('}', brace);
    const key = close === -1 ? undefined : text.slice(brace + 2, close);
    const fault = key !== undefined && keys.has(key) ? undefined : keyFault(key);
    if (key === undefined || fault !== undefined) return { ok: false, fault: `${place(text, brace)} ${fault}` };
    keys.add(key);
    parts.push(literal + text.slice(from, brace), key);
    literal = '';
    from = close + 1;
  }
  parts.push(literal + text.slice(from));
  return { ok: true, parts, keys };
}

function keyFault(key: string | undefined): string | undefined {
  if (key === undefined) return `is not closed: ${EXPECTED}`;
  if (key === '') return `names no parameter: ${EXPECTED}`;
  if (!/^[A-Za-z0-9._-]+$/.test(key)) {
    return "holds other characters than a parameter's key may: letters, digits, '.', '_' and '-'; a literal ${ is written $${";
  }
  if (key.length > KEY_LIMIT) return `holds a key longer than ${KEY_LIMIT} characters`;
  return undefined;
}

function place(text: string, index: number): string {
  return `the \${ at character ${[...text.slice(0, index)].length + 1}`;
}
