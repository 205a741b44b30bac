/** What the form holds, but for the password: that is never part of a draft. */
export interface ProxyValues {
  readonly name: string;
  readonly description: string;
  readonly type: ProxyType;
  readonly host: string;
  readonly port: string;
  readonly authType: AuthType;
  readonly user: string;
  readonly reason: string;
}

export type ProxyType = 'HTTP' | 'HTTPS';
export type AuthType = 'NO_AUTH' | 'BASIC';

export const PROXY_TYPES = [
  { value: 'HTTP', label: 'HTTP' },
  { value: 'HTTPS', label: 'HTTPS' },
] as const;

export const AUTH_TYPES = [
  { value: 'NO_AUTH', label: 'No authentication' },
  { value: 'BASIC', label: 'Basic' },
] as const;

/** A proxy connection as the API tells it. */
export interface SavedProxy {
  readonly name: string;
  readonly description: string | null;
  readonly type: ProxyType;
  readonly host: string;
  readonly port: unknown;
  readonly authType: AuthType;
  readonly user: string | null;
}

export const NEW_PROXY: ProxyValues = {
  ...{ name: '', description: '', type: 'HTTP', host: '', port: '', authType: 'NO_AUTH', user: '', reason: '' },
};

export function valuesOf({ name, description, type, host, port, authType, user }: SavedProxy): ProxyValues {
  return {
    ...{ name, type, host, authType, description: description ?? '', user: user ?? '' },
    port: String(port),
    reason: '',
  };
}

/** All fields of the input of a new one. @param password undefined: none was typed */
export function inputOf(values: ProxyValues, password: string | undefined) {
  const { name, description, reason } = values;
  return { name, description, ...placeOf(values, password), reason };
}

/** Where it is and how it is spoken to: what a probe has to know. */
export function placeOf({ type, host, port, authType, user }: ProxyValues, password: string | undefined) {
  const isBasic = authType === 'BASIC';
  return {
    ...{ type, host: host.trim(), port: port.trim(), authType },
    ...(isBasic && { user, ...(password !== undefined && { password }) }),
  };
}

/** The fields of the input that differ from what is saved, and why. */
export function changesOf(values: ProxyValues, saved: ProxyValues, password: string | undefined) {
  const { reason, ...now } = inputOf(values, password);
  const { reason: _, ...before } = inputOf(saved, undefined);
  const known: Readonly<Record<string, unknown>> = before;
  const changed = Object.entries(now).filter(([field, value]) => value !== known[field]);
  return { ...(Object.fromEntries(changed) as Partial<typeof now>), reason };
}

/** Whether a stored password has to be typed again: it goes nowhere that it was not typed for. */
export function needsPassword(values: ProxyValues, saved: ProxyValues): boolean {
  if (values.authType !== 'BASIC') return false;
  return values.type !== saved.type || values.host.trim() !== saved.host || values.port.trim() !== saved.port;
}
