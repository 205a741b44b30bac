import { type ParameterValues, type ResolvedText, resolveText } from '../traffic/parameter-values.ts';
import { type Faults, type Path, secretParameterFault } from '../words/refusal.ts';

/** A text with the place that its faults are reported at. */
export interface PlacedText {
  readonly text: string;
  readonly path: Path;
  /** Of what it resolves to: nothing larger is made. */
  readonly mostBytes: number;
  /** With more bytes. */
  readonly tooLong: string;
}

/**
 * Resolves texts together: every report of undefined parameters names all of them, once for each place.
 * Undefined where a text could not be resolved; then something is in `faults`.
 */
export function resolveTexts(
  texts: readonly PlacedText[],
  values: ParameterValues,
  faults: Faults,
): readonly (Extract<ResolvedText, { ok: true }> | undefined)[] {
  const resolved = texts.map(({ text, path, mostBytes, tooLong }) => ({
    path,
    tooLong,
    text: resolveText(text, values, mostBytes),
  }));
  const missing = [...new Set(resolved.flatMap(({ text }) => (text.ok ? [] : text.missing)))];
  const reported = new Set<string>();
  for (const { path, tooLong, text } of resolved) {
    if (text.ok) continue;
    if (text.excessive.length > 0) faults.invalid(path, blameParameters(text.excessive, values.environment, tooLong));
    for (const key of text.secret) faults.invalid(path, secretParameterFault(key));
    if (text.missing.length === 0 || reported.has(JSON.stringify(path))) continue;
    reported.add(JSON.stringify(path));
    reportUndefined(missing, values.environment, path, faults);
  }
  return resolved.map(({ text }) => (text.ok ? text : undefined));
}

export function reportUndefined(keys: readonly string[], environment: string, path: Path, faults: Faults): void {
  const message = `no value in environment ${environment} and no default: ${keys.join(', ')}`;
  faults.add('PARAMETER_UNDEFINED', path, message);
}

/** A fault that came out after resolution, with the parameters that brought it in. */
export function blameParameters(keys: readonly string[], environment: string, fault: string): string {
  return keys.length === 0 ? fault : `with the value of ${keys.join(', ')} in ${environment}: ${fault}`;
}
