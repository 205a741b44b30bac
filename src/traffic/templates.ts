/** Keys are distinct and in order of appearance. The fault names positions and quotes nothing: the text may be a secret. */
export type ParsedTemplate =
  | { readonly ok: true; readonly keys: string[] }
  | { readonly ok: false; readonly fault: string };

/** Missing are the keys without a value, all of them. */
export type ResolvedTemplate =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly missing: string[] };

/**
 * `${key}` names a parameter, `$${` stands for a literal `${`, everything else for itself.
 * Read from left to right, so `$$${` is a `$` and a literal `${`.
 */
export function parseTemplate(text: string): ParsedTemplate {
  const read = readParts(text);
  return read.ok ? { ok: true, keys: keysOf(read.parts) } : read;
}

/** Values are put in as they are and not expanded again. The text must be one that `parseTemplate` accepts. */
export function resolveTemplate(text: string, lookup: (key: string) => string | undefined): ResolvedTemplate {
  const read = readParts(text);
  if (!read.ok) throw new TypeError(read.fault);
  const values = new Map(keysOf(read.parts).map((key) => [key, lookup(key)]));
  const missing = [...values].filter(([, value]) => value === undefined).map(([key]) => key);
  if (missing.length > 0) return { ok: false, missing };
  return { ok: true, value: read.parts.map((part) => part.literal ?? values.get(part.key)).join('') };
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

/** The text with each `${key}` replaced by what `stand` answers, for rules on what is around the keys. */
export function withStandIns(text: string, stand: (key: string) => string): string {
  const resolved = resolveTemplate(text, stand);
  if (!resolved.ok) throw new TypeError('a stand-in is missing');
  return resolved.value;
}

type Part = { readonly literal: string; readonly key?: never } | { readonly key: string; readonly literal?: never };

const KEY_LIMIT = 100;
const EXPECTED = `write \${key}, or $\${ for a literal \${`;

function readParts(text: string): { ok: true; parts: Part[] } | { ok: false; fault: string } {
  const parts: Part[] = [];
  let at = 0;
  while (at < text.length) {
    const dollar = text.indexOf('$', at);
    const end = dollar === -1 ? text.length : dollar;
    if (end > at) parts.push({ literal: text.slice(at, end) });
    if (dollar === -1) break;
    if (text.startsWith('$${', dollar)) {
      parts.push({ literal: '${' });
      at = dollar + 3;
    } else if (text.startsWith('${', dollar)) {
      const close = text.indexOf('}', dollar);
      const key = close === -1 ? undefined : text.slice(dollar + 2, close);
      const fault = keyFault(key);
      if (key === undefined || fault !== undefined) return { ok: false, fault: `${place(text, dollar)} ${fault}` };
      parts.push({ key });
      at = close + 1;
    } else {
      parts.push({ literal: '$' });
      at = dollar + 1;
    }
  }
  return { ok: true, parts };
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

function keysOf(parts: readonly Part[]): string[] {
  return [...new Set(parts.flatMap((part) => part.key ?? []))];
}
