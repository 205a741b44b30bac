import type { Actor } from '../event-sourcing/event.ts';
import type { DistinctHeaders } from './origin-guard.ts';

export type ActorResult =
  | { readonly ok: true; readonly actor: Actor }
  /** For the client; does not quote the header. */
  | { readonly ok: false; readonly fault: string };

/** In code points. */
const NAME_LIMIT = 200;

const LOCAL: Actor = { kind: 'USER', id: 'local', name: 'local', auth: 'none' };

/**
 * Who is asking: whom the `X-Actor` header names, 1 to 200 visible characters in UTF-8, else `local`. Nothing is proven
 * by either. Names that differ only in their Unicode normal form have one id.
 */
export function readActor(headers: DistinctHeaders): ActorResult {
  const values = headers['x-actor'];
  if (values === undefined) return { ok: true, actor: LOCAL };
  const [value = '', ...others] = values;
  if (others.length > 0) return { ok: false, fault: 'X-Actor must be given once.' };
  const name = decodeUtf8(value)?.trim();
  if (name === undefined) return { ok: false, fault: 'X-Actor must be in UTF-8.' };
  const length = [...name].length;
  if (length === 0 || length > NAME_LIMIT) {
    return { ok: false, fault: `X-Actor must have 1 to ${NAME_LIMIT} characters, and has ${length}.` };
  }
  if (INVISIBLE.test(name)) {
    return { ok: false, fault: 'X-Actor must have visible characters only: no control, formatting or invisible ones.' };
  }
  return { ok: true, actor: { kind: 'USER', id: `x-actor:${name.normalize('NFC')}`, name, auth: 'header' } };
}

/**
 * Everything that lets two names look alike or a name look like something else: control, format (bidirectional ones
 * among them), unassigned and private-use characters, line separators, fillers and other characters of no width.
 */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Node reads the bytes of a header as Latin-1; clients send names in UTF-8. */
function decodeUtf8(value: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'latin1'));
  } catch {
    return undefined;
  }
}
