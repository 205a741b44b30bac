import { parseTemplate, resolveTemplate } from './templates.ts';

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
      readonly secret: readonly string[];
    };

/** Puts values in for `${key}`. The text must be one that `parseTemplate` accepts. */
export function resolveText(text: string, values: ParameterValues): ResolvedText {
  const parsed = parseTemplate(text);
  const keys = parsed.ok ? parsed.keys : [];
  const secret = keys.filter((key) => values.isSecret(key));
  const resolved = resolveTemplate(text, (key) => (values.isSecret(key) ? '' : values.valueOf(key)));
  if (!resolved.ok) return { ok: false, missing: resolved.missing, secret };
  return secret.length > 0 ? { ok: false, missing: [], secret } : { ok: true, value: resolved.value, keys };
}
