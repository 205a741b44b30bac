/** What a text with `${key}` says, as far as it can be told while it is typed. */
export type Template =
  | { readonly ok: true; readonly keys: readonly string[] }
  /** It is not closed, or holds what no key has: the server says so in words. */
  | { readonly ok: false };

const KEY = /^[A-Za-z0-9._-]{1,100}$/;

/** Literals and keys in turn; undefined: it is none. `$${` stands for a literal `${`. */
function partsOf(text: string): string[] | undefined {
  const parts = [''];
  let from = 0;
  for (let brace = text.indexOf('${'); brace !== -1; brace = text.indexOf('${', from)) {
    const last = parts.length - 1;
    if (brace > from && text[brace - 1] === '$') {
      parts[last] += `${text.slice(from, brace - 1)}\${`;
      from = brace + 2;
      continue;
    }
    const close = text.indexOf('}', brace);
    const key = text.slice(brace + 2, close);
    if (close === -1 || !KEY.test(key)) return undefined;
    parts[last] += text.slice(from, brace);
    parts.push(key, '');
    from = close + 1;
  }
  parts[parts.length - 1] += text.slice(from);
  return parts;
}

export function readTemplate(text: string): Template {
  const parts = partsOf(text);
  if (!parts) return { ok: false };
  return { ok: true, keys: [...new Set(parts.filter((_, index) => index % 2 === 1))] };
}

/** The text with values in the place of keys; null while a key has none, or the text is no template. */
export function resolve(text: string, lookUp: (key: string) => string | null): string | null {
  const values = partsOf(text)?.map((part, index) => (index % 2 === 0 ? part : lookUp(part)));
  return values === undefined || values.includes(null) ? null : values.join('');
}

/** A key that is being typed, ahead of the caret. */
export interface TypedKey {
  /** Where its `${` begins. */
  readonly from: number;
  readonly start: string;
}

export function typedKey(text: string, caret: number): TypedKey | undefined {
  const from = text.lastIndexOf('${', caret);
  if (from === -1 || from + 2 > caret || (from > 0 && text[from - 1] === '$')) return undefined;
  const start = text.slice(from + 2, caret);
  return /^[A-Za-z0-9._-]*$/.test(start) ? { from, start } : undefined;
}

/** The text with a whole key in the place of the one that is being typed, and where the caret is then. */
export function withKey(text: string, { from }: TypedKey, caret: number, key: string): readonly [string, number] {
  const rest = text.slice(caret).replace(/^[A-Za-z0-9._-]*\}?/, '');
  const before = `${text.slice(0, from)}\${${key}}`;
  return [before + rest, before.length];
}
