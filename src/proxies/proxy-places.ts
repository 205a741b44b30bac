import { isSameHostText } from '../traffic/same-place.ts';
import { templateKeys } from '../traffic/templates.ts';
import { leaveToOwner, someOf } from '../words/owner-rule.ts';
import type { Faults, Path } from '../words/refusal.ts';

/** What is dialled. */
export interface Place {
  readonly type: 'HTTP' | 'HTTPS';
  /** As typed: a host, or a template. */
  readonly host: string;
  /** A number in decimal, or a template. */
  readonly port: string;
}

/** What deciding where stored secrets go needs to know of a proxy's project. */
export interface ProxyOwnership {
  /** Whether whoever asks may decide that. */
  readonly isOwner: boolean;
  /** The active data sources whose secret headers this proxy gets to see. */
  sendingSecretsThrough(id: string): Iterable<string>;
  /** Whether one of these parameters was edited since the proxy that is decided on was deleted. */
  editedSinceDeletion(parameters: readonly string[]): boolean;
}

/** Whether both dial the same proxy, as typed. */
export function isSentToSamePlace(a: Place, b: Place): boolean {
  return a.type === b.type && isSameHostText(a.host, b.host) && a.port === b.port;
}

/** The keys of the parameters that say where a proxy is. */
export function parametersOfPlace({ host, port }: Place): readonly string[] {
  return [...templateKeys(host), ...templateKeys(port)];
}

/** Another place of a proxy. Its own password is given anew there; the secrets that data sources send through it are not. */
export function leavePlaceToOwner(
  { id, fields: before }: { readonly id: string; readonly fields: Place },
  after: Place,
  { isOwner, sendingSecretsThrough }: ProxyOwnership,
  faults: Faults,
): void {
  if (isOwner || isSentToSamePlace(before, after)) return;
  const moved = (['type', 'host', 'port'] as const).filter(
    (field) => !isSentToSamePlace(before, { ...before, [field]: after[field] }),
  );
  const through = someOf(sendingSecretsThrough(id));
  for (const field of moved) leaveToOwner(faults, ['input', field], `the proxy's ${field} says`, through);
}

interface WithPassword extends Place {
  readonly name: string;
  readonly password: { readonly secretRef: string } | null;
}

interface Restored {
  readonly status: 'active' | 'deleted';
  readonly id: string;
  /** Of a deleted one: as they were last. */
  readonly fields: WithPassword;
}

/**
 * A proxy that comes back. Its place is one that was decided for its password, but its parameters may say another one by
 * now; and data sources may send their secrets there.
 */
export function leaveRestoredToOwner(
  { status, id, fields: before }: Restored,
  past: WithPassword,
  { isOwner, sendingSecretsThrough, editedSinceDeletion }: ProxyOwnership,
  path: Path,
  faults: Faults,
): void {
  if (isOwner) return;
  const parameters = parametersOfPlace(past);
  const isEdited = status === 'deleted' && editedSinceDeletion(parameters);
  const isOtherPassword = past.password?.secretRef !== before.password?.secretRef;
  const redirectsPassword = past.password !== null && (isEdited || (isOtherPassword && parameters.length > 0));
  const redirectsOthers = isEdited || !isSentToSamePlace(before, past);
  leaveToOwner(faults, path, 'what is restored says', [
    ...(redirectsPassword ? [`proxy connection ${past.name}`] : []),
    ...(redirectsOthers ? someOf(sendingSecretsThrough(id)) : []),
  ]);
}
