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
  /** It is gone when the form was left, and this is still known. */
  readonly isPasswordTyped: boolean;
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
  isPasswordTyped: false,
};

export function valuesOf({ name, description, type, host, port, authType, user }: SavedProxy): ProxyValues {
  return {
    ...{ name, type, host, authType, description: description ?? '', user: user ?? '' },
    port: String(port),
    reason: '',
    isPasswordTyped: false,
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

/** What a test probes: what is saved, as long as the form leads to the same; else that, as the form would change it. */
export function probedOf(id: string, values: ProxyValues, saved: ProxyValues, password: string | undefined) {
  const draft = placeOf(values, password);
  const isAsSaved = JSON.stringify(draft) === JSON.stringify(placeOf(saved, undefined));
  return { proxyConnectionId: id, ...(!isAsSaved && { draft }) };
}

/** Whether a stored password has to be typed again: it goes nowhere that it was not typed for. */
export function needsPassword(values: ProxyValues, saved: ProxyValues): boolean {
  if (values.authType !== 'BASIC') return false;
  return values.type !== saved.type || !isSameHost(values.host, saved.host) || values.port.trim() !== saved.port.trim();
}

/** Whether they name the same host, as typed: its letters have no case, those of a parameter's key have. */
function isSameHost(one: string, other: string): boolean {
  return withoutCase(one) === withoutCase(other);
}

function withoutCase(host: string): string {
  const parts = host.trim().split(/(\$\{[^}]*\})/);
  return parts.map((part, index) => (index % 2 === 0 ? part.toLowerCase() : part)).join('');
}
