import { templateKeys } from '../traffic/templates.ts';
import { type Faults, type Path, secretParameterFault } from '../words/refusal.ts';
import type { StoredHeader } from './data-source-events.ts';
import { type DataSourceOwnership, isSecret } from './data-source-places.ts';

/** A header as given: one without a value keeps the stored secret of its name. */
export type GivenHeader = StoredHeader | { readonly name: string; readonly keepsSecret: true };

export const SECRETS_AGAIN =
  'the stored values of secret headers were meant for another origin: give the headers with their values again, so that they are not sent elsewhere';

/** Headers as they are stored: those that keep a secret get the one stored under their name. */
export function settleHeaders(
  given: readonly GivenHeader[],
  stored: readonly StoredHeader[],
  mayKeep: boolean,
  surroundings: Pick<DataSourceOwnership, 'isSecretParameter'>,
  faults: Faults,
): readonly StoredHeader[] {
  return given.flatMap((header, index): StoredHeader[] => {
    const path = ['input', 'headers', String(index), 'value'];
    if (!('keepsSecret' in header)) {
      if ('value' in header) checkTemplate(header.value, path, surroundings, faults);
      return [header];
    }
    const kept = stored.find((candidate) => isSecret(candidate) && sameName(candidate.name, header.name));
    if (!kept) faults.required(path, 'no secret value is stored for this header yet: give one');
    else if (!mayKeep) faults.required(path, SECRETS_AGAIN);
    return kept ? [{ ...kept, name: header.name }] : [];
  });
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** Neither order nor the case of names makes a difference. */
export function sameHeaders(a: readonly StoredHeader[], b: readonly StoredHeader[]): boolean {
  const canonical = (headers: readonly StoredHeader[]) => {
    const lowered = headers.map((header) => ({ ...header, name: header.name.toLowerCase() }));
    return JSON.stringify(lowered.sort((x, y) => (x.name < y.name ? -1 : 1)));
  };
  return canonical(a) === canonical(b);
}

/** A secret parameter is none that a text in plain sight may name. */
export function checkTemplate(
  text: string,
  path: Path,
  surroundings: Pick<DataSourceOwnership, 'isSecretParameter'>,
  faults: Faults,
): void {
  const secret = templateKeys(text).find((key) => surroundings.isSecretParameter(key));
  if (secret !== undefined) faults.invalid(path, secretParameterFault(secret));
}
