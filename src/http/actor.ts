import type { Actor } from '../event-sourcing/event.ts';
import { actorNameFault } from '../words/actor-name.ts';
import type { DistinctHeaders } from './origin-guard.ts';

export type ActorResult =
  | { readonly ok: true; readonly actor: Actor }
  /** For the client; does not quote the header. */
  | { readonly ok: false; readonly fault: string };

/** Whoever names nobody. */
export const LOCAL: Actor = { kind: 'USER', id: 'local', name: 'local', auth: 'none' };

/**
 * Who is asking: whom the `X-Actor` header names, 1 to 200 visible characters, else `local`. Nothing is proven
 * by either. Names that differ only in their Unicode normal form have one id.
 */
export function readActor(headers: DistinctHeaders): ActorResult {
  const values = headers['x-actor'];
  if (values === undefined) return { ok: true, actor: LOCAL };
  const [value = '', ...others] = values;
  if (others.length > 0) return { ok: false, fault: 'X-Actor must be given once.' };
  const name = decode(value).trim();
  const fault = actorNameFault(name);
  if (fault !== undefined) return { ok: false, fault: `X-Actor ${fault}` };
  return { ok: true, actor: { kind: 'USER', id: `x-actor:${name.normalize('NFC')}`, name, auth: 'header' } };
}

/**
 * Node reads the bytes of a header as Latin-1, and some clients send them so (RFC 9110 §5.5: it was once the default);
 * most send UTF-8, which no other text happens to be.
 */
function decode(value: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}
