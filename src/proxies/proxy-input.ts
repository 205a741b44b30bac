import { hostFaultInTemplate, parseHost, parsePort } from '../traffic/network/addresses.ts';
import { isTemplate, parseTemplate } from '../traffic/templates.ts';
import { CANNOT_BE_NULL, checkLength, ILL_FORMED, LIMITS, readName, readProse } from '../words/fields.ts';
import { resourceIdOf } from '../words/ids.ts';
import type { KeepSecret } from '../words/keep-secret.ts';
import type { Faults, Path } from '../words/refusal.ts';
import { codePoints, hasControl, isWellFormed } from '../words/text.ts';
import {
  BASIC_NEEDS,
  type CreateProxy,
  type DeleteProxy,
  NO_AUTH_HAS_NO,
  type ProxyAuthType,
  type ProxyFields,
  type ProxyType,
  type UpdateProxy,
} from './proxies.ts';
import type { ProxyId } from './proxy-events.ts';

/** The fields of a proxy's route, as the forms for creating and for drafting have them. */
export interface RouteForm {
  readonly type: ProxyType;
  readonly host: string;
  readonly port: string;
  /** `DEFAULT_AUTH_TYPE` when left out. */
  readonly authType?: ProxyAuthType | null | undefined;
  readonly user?: string | null | undefined;
  readonly password?: string | null | undefined;
}

/** Of a proxy whose form names none. */
export const DEFAULT_AUTH_TYPE: ProxyAuthType = 'NO_AUTH';

export interface CreateProxyForm extends RouteForm {
  readonly name: string;
  readonly description?: string | null | undefined;
}

export type UpdateProxyForm = { readonly [F in keyof CreateProxyForm]?: CreateProxyForm[F] | null | undefined } & {
  readonly id: string;
  readonly expectedVersion?: number | null | undefined;
};

export function readCreateProxy(
  form: CreateProxyForm,
  id: ProxyId,
  keepSecret: KeepSecret,
  faults: Faults,
): CreateProxy {
  const name = readName(form.name, ['input', 'name'], faults);
  const description = readProse(form.description, ['input', 'description'], faults);
  const { type } = form;
  const authType = form.authType ?? DEFAULT_AUTH_TYPE;
  const host = readHost(form.host, ['input', 'host'], faults);
  const port = readPort(form.port, ['input', 'port'], faults);
  const user = readUser(form, ['input', 'user'], faults);
  const password = readPassword(form, ['input', 'password'], faults);
  const kept = password === null ? null : { secretRef: keepSecret(password) };
  return { type: 'CreateProxy', id, fields: { name, description, type, host, port, authType, user, password: kept } };
}

export function readUpdateProxy(form: UpdateProxyForm, keepSecret: KeepSecret, faults: Faults): UpdateProxy {
  const given = <F extends keyof UpdateProxyForm>(field: F): NonNullable<UpdateProxyForm[F]> | undefined => {
    const value = form[field];
    if (value === null) faults.required(['input', field], CANNOT_BE_NULL(field));
    return value ?? undefined;
  };
  const name = given('name');
  const type = given('type');
  const host = given('host');
  const port = given('port');
  const authType = given('authType');
  const set: { -readonly [F in keyof ProxyFields]?: ProxyFields[F] } = {
    ...(name !== undefined && { name: readName(name, ['input', 'name'], faults) }),
    ...(form.description !== undefined && {
      description: readProse(form.description, ['input', 'description'], faults),
    }),
    ...(type !== undefined && { type }),
    ...(host !== undefined && { host: readHost(host, ['input', 'host'], faults) }),
    ...(port !== undefined && { port: readPort(port, ['input', 'port'], faults) }),
    ...(authType !== undefined && { authType }),
  };
  if (form.user !== undefined) {
    set.user = form.user || null;
    if (form.user) checkUser(form.user, ['input', 'user'], faults);
  }
  if (form.password !== undefined) {
    if (form.password) checkPassword(form.password, ['input', 'password'], faults);
    set.password = form.password ? { secretRef: keepSecret(form.password) } : null;
  }
  return {
    type: 'UpdateProxy',
    id: resourceIdOf(form.id),
    set,
    ...(typeof form.expectedVersion === 'number' && { expectedVersion: form.expectedVersion }),
  };
}

export function readDeleteProxy(form: {
  readonly id: string;
  /** False when left out. */
  readonly failIfInUse?: boolean | null | undefined;
  readonly expectedVersion?: number | null | undefined;
}): DeleteProxy {
  return {
    type: 'DeleteProxy',
    id: resourceIdOf(form.id),
    failIfInUse: form.failIfInUse ?? false,
    ...(typeof form.expectedVersion === 'number' && { expectedVersion: form.expectedVersion }),
  };
}

/** The user of a whole form: required for BASIC, none otherwise. */
export function readUser(form: Pick<RouteForm, 'authType' | 'user'>, path: Path, faults: Faults): string | null {
  return readCredential('user', form.authType ?? DEFAULT_AUTH_TYPE, form.user, checkUser, path, faults);
}

/** The password of a whole form: required for BASIC, none otherwise. */
export function readPassword(
  form: Pick<RouteForm, 'authType' | 'password'>,
  path: Path,
  faults: Faults,
): string | null {
  return readCredential('password', form.authType ?? DEFAULT_AUTH_TYPE, form.password, checkPassword, path, faults);
}

function readCredential(
  name: string,
  authType: ProxyAuthType,
  given: string | null | undefined,
  check: (text: string, path: Path, faults: Faults) => void,
  path: Path,
  faults: Faults,
): string | null {
  if (authType === 'NO_AUTH') {
    if (given) faults.invalid(path, NO_AUTH_HAS_NO(name));
    return null;
  }
  if (given) check(given, path, faults);
  else faults.required(path, BASIC_NEEDS(name));
  return given || null;
}

/** A host or a template, trimmed. */
export function readHost(text: string, path: Path, faults: Faults): string {
  const host = text.trim();
  const before = faults.all.length;
  if (!isWellFormed(host)) faults.invalid(path, ILL_FORMED);
  else checkLength(host, LIMITS.host, 'a host', path, faults);
  if (faults.all.length > before) return host;
  if (host.includes('${')) {
    const fault = hostFaultInTemplate(host);
    if (fault !== undefined) faults.invalid(path, fault);
    return host;
  }
  const parsed = parseHost(host);
  if (!parsed.ok) faults.invalid(path, parsed.fault);
  return parsed.ok ? parsed.host : host;
}

/** A port in decimal or a template, trimmed. */
export function readPort(text: string, path: Path, faults: Faults): string {
  const port = text.trim();
  if (!isWellFormed(port)) faults.invalid(path, ILL_FORMED);
  else if (codePoints(port) > LIMITS.host) checkLength(port, LIMITS.host, 'a port', path, faults);
  else if (port.includes('${')) {
    const template = parseTemplate(port);
    if (!template.ok) faults.invalid(path, template.fault);
    else if (!isTemplate(port) || !/^[0-9]*$/.test(port.replace(/\$\{[^}]*\}/g, ''))) {
      faults.invalid(path, 'a port is a whole number from 1 to 65535, or a template of digits and ${parameters}');
    }
  } else {
    const parsed = parsePort(port);
    if (!parsed.ok) faults.invalid(path, parsed.fault);
    else return String(parsed.port);
  }
  return port;
}

function checkUser(user: string, path: Path, faults: Faults): void {
  if (!isWellFormed(user)) faults.invalid(path, ILL_FORMED);
  else if (hasControl(user)) faults.invalid(path, 'a user must not contain control characters');
  // RFC 7617 §2: the first colon ends the user-id.
  else if (user.includes(':'))
    faults.invalid(path, 'a user must not contain a colon, which ends it in Basic authentication');
  else checkLength(user, LIMITS.user, 'a user', path, faults);
}

function checkPassword(password: string, path: Path, faults: Faults): void {
  if (!isWellFormed(password)) faults.invalid(path, ILL_FORMED);
  else if (hasControl(password)) faults.invalid(path, 'a password must not contain control characters');
  else checkLength(password, LIMITS.password, 'a password', path, faults);
}
