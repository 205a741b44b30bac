import { resolveTemplate } from './templates.ts';

/** The configuration parameters as one environment sees them. */
export interface ParameterValues {
  readonly environment: string;
  /** The environment's own value, else the default; undefined when there is neither, and for a secret parameter. */
  valueOf(key: string): string | undefined;
  isSecret(key: string): boolean;
  /** Whether it has a value, secret or not. */
  isDefined(key: string): boolean;
}

export type ResolvedText =
  | { readonly ok: true; readonly value: string /** The parameters that it names. */; readonly keys: readonly string[] }
  | {
      readonly ok: false /** Without a value. */;
      readonly missing: readonly string[] /** May not be named here. */;
      readonly secret: readonly string[] /** Would make it longer than it may be. */;
      readonly excessive: readonly string[];
    };

/**
 * Puts values in for `${key}`. The text must be one that `parseTemplate` accepts.
 *
 * @param mostBytes in UTF-8, of what values are put in to: nothing larger is made
 */
export function resolveText(text: string, values: ParameterValues, mostBytes: number): ResolvedText {
  const keys: string[] = [];
  const resolved = resolveTemplate(
    text,
    (key) => {
      keys.push(key);
      return values.isSecret(key) ? '' : values.valueOf(key);
    },
    mostBytes,
  );
  const secret = keys.filter((key) => values.isSecret(key));
  if (!resolved.ok) return { ok: false, missing: resolved.missing, secret, excessive: resolved.isTooLong ? keys : [] };
  if (secret.length > 0) return { ok: false, missing: [], secret, excessive: [] };
  return { ok: true, value: resolved.value, keys };
}
