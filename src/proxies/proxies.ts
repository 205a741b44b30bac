import { changedFields, presentFields } from '../event-sourcing/changed-fields.ts';
import type { Event } from '../event-sourcing/event.ts';
import type { Decision } from '../event-sourcing/projection.ts';
import { Faults, type Path, type Refusal, refuse, versionConflict } from '../refusal.ts';
import { parseTemplate } from '../traffic/templates.ts';
import { unreachable } from '../unreachable.ts';
import type { Probed, ProxyEvent, ProxyId, RecordedTest } from './proxy-events.ts';

export type ProxyType = 'HTTP' | 'HTTPS';
export type ProxyAuthType = 'NO_AUTH' | 'BASIC';

export interface ProxyFields {
  readonly name: string;
  readonly description: string | null;
  readonly type: ProxyType;
  /** As typed: a host, or a template. */
  readonly host: string;
  /** A number in decimal, or a template. */
  readonly port: string;
  readonly authType: ProxyAuthType;
  /** Null without authentication, as the password is. */
  readonly user: string | null;
  readonly password: { readonly secretRef: string } | null;
}

export interface ProxyState {
  readonly status: 'active' | 'deleted';
  readonly id: ProxyId;
  readonly version: number;
  /** Of a deleted one: as they were last. */
  readonly fields: ProxyFields;
}

export type Proxy = { readonly status: 'absent' } | ProxyState;

export interface CreateProxy {
  readonly type: 'CreateProxy';
  readonly id: ProxyId;
  readonly fields: ProxyFields;
}

export interface UpdateProxy {
  readonly type: 'UpdateProxy';
  readonly id: string;
  readonly expectedVersion?: number;
  /** What the caller gave, with `null` for what is to be cleared; `""` counts as null in user and password. */
  readonly set: Partial<ProxyFields>;
}

export interface DeleteProxy {
  readonly type: 'DeleteProxy';
  readonly id: string;
  readonly expectedVersion?: number;
}

export interface RecordProxyTest {
  readonly type: 'RecordProxyTest';
  /** Absent for a draft of a proxy that was never saved. */
  readonly id?: ProxyId;
  readonly test: RecordedTest;
  readonly draft: boolean;
  readonly probed: Probed;
}

export type ProxyCommand = CreateProxy | UpdateProxy | DeleteProxy | RecordProxyTest;

/** What deciding about a proxy needs to know of its project. */
export interface ProxySurroundings {
  /** The id of the active proxy that has this name. */
  proxyNamed(name: string): string | undefined;
  isSecretParameter(key: string): boolean;
}

export function decideProxy(proxy: Proxy, command: ProxyCommand, surroundings: ProxySurroundings): Decision<Refusal> {
  switch (command.type) {
    case 'CreateProxy':
      return create(command, surroundings);
    case 'UpdateProxy':
      return update(proxy, command, surroundings);
    case 'DeleteProxy':
      return remove(proxy, command);
    case 'RecordProxyTest':
      return recordTest(proxy, command);
    default:
      return unreachable(command);
  }
}

export function evolveProxy(
  proxy: Proxy,
  event: ProxyEvent,
  subject: { readonly id: ProxyId; readonly version: number },
): Proxy {
  const { id, version } = subject;
  switch (event.type) {
    case 'ProxyConnectionCreated': {
      const { description = null, user = null, password = null, ...rest } = event.data.set;
      return { status: 'active', id, version, fields: { ...rest, description, user, password } };
    }
    case 'ProxyConnectionUpdated':
    case 'ProxyConnectionRestored':
      if (proxy.status === 'absent') return proxy;
      return {
        status: 'active',
        id,
        version,
        fields: { ...proxy.fields, ...(event.data.set as Partial<ProxyFields>) },
      };
    case 'ProxyConnectionDeleted':
      return proxy.status === 'absent' ? proxy : { ...proxy, status: 'deleted', version };
    case 'ProxyTested':
      return proxy;
    default:
      return unreachable(event);
  }
}

function create({ id, fields }: CreateProxy, surroundings: ProxySurroundings): Decision<Refusal> {
  const faults = new Faults();
  checkName(id, fields.name, surroundings, faults);
  checkTemplates(fields, surroundings, faults);
  if (faults.any) return { refusals: faults.all };
  const set = presentFields(fields) as Extract<ProxyEvent, { type: 'ProxyConnectionCreated' }>['data']['set'];
  return { events: [event({ id, version: 1, name: fields.name }, { type: 'ProxyConnectionCreated', data: { set } })] };
}

function update(proxy: Proxy, command: UpdateProxy, surroundings: ProxySurroundings): Decision<Refusal> {
  if (proxy.status === 'absent') return notFound();
  const conflict = versionConflict(command.expectedVersion, proxy.version);
  if (conflict) return { refusals: [conflict] };
  if (proxy.status === 'deleted') return refuse('NOT_FOUND', ['input', 'id'], DELETED);

  const faults = new Faults();
  const fields = withAuthentication(proxy.fields, command.set, faults);
  if (command.set.name !== undefined) checkName(proxy.id, fields.name, surroundings, faults);
  checkTemplates(command.set, surroundings, faults);
  if (faults.any) return { refusals: faults.all };

  const changed = changedFields(proxy.fields, fields);
  if (!changed) return { events: [] };
  return { events: [event(next(proxy, fields), { type: 'ProxyConnectionUpdated', data: changed })] };
}

/** The fields after an edit. A stored password stays only where it is still sent to the same place. */
function withAuthentication(before: ProxyFields, set: Partial<ProxyFields>, faults: Faults): ProxyFields {
  const after = { ...before, ...set };
  if (after.authType === 'NO_AUTH') {
    if (set.user) faults.invalid(['input', 'user'], NO_AUTH_HAS_NO('user'));
    if (set.password) faults.invalid(['input', 'password'], NO_AUTH_HAS_NO('password'));
    return { ...after, user: null, password: null };
  }
  if (!after.user) faults.required(['input', 'user'], BASIC_NEEDS('user'));
  if (!after.password) faults.required(['input', 'password'], BASIC_NEEDS('password'));
  else if (set.password === undefined && !isSentToSamePlace(before, after)) {
    faults.required(['input', 'password'], PASSWORD_AGAIN);
  }
  return after;
}

/** Whether both dial the same proxy, as typed; host names have no case (RFC 4343). */
export function isSentToSamePlace(a: Place, b: Place): boolean {
  return a.type === b.type && a.host.toLowerCase() === b.host.toLowerCase() && a.port === b.port;
}

type Place = Pick<ProxyFields, 'type' | 'host' | 'port'>;

export const NO_AUTH_HAS_NO = (field: string) =>
  `a proxy with authType NO_AUTH has no ${field}; leave it out, or choose BASIC`;
export const BASIC_NEEDS = (field: string) => `authType BASIC needs a ${field}`;
export const PASSWORD_AGAIN =
  'the stored password was meant for another type, host or port: give the password again, so that it is not sent elsewhere';
const DELETED = 'this proxy connection is deleted; restore it first';

function remove(proxy: Proxy, command: DeleteProxy): Decision<Refusal> {
  if (proxy.status === 'absent') return notFound();
  const conflict = versionConflict(command.expectedVersion, proxy.version);
  if (conflict) return { refusals: [conflict] };
  if (proxy.status === 'deleted') return { events: [] };
  return { events: [event(next(proxy, proxy.fields), { type: 'ProxyConnectionDeleted', data: {} })] };
}

/** Whatever became of the proxy meanwhile: the probe did take place. */
function recordTest(proxy: Proxy, { test, draft, probed }: RecordProxyTest): Decision<Refusal> {
  const tested: ProxyEvent = { type: 'ProxyTested', data: { test, draft, probed } };
  if (proxy.status === 'absent') return { events: [{ ...tested, v: 1 }] };
  return { events: [event({ ...proxy, name: proxy.fields.name }, tested)] };
}

function checkName(id: string, name: string, surroundings: ProxySurroundings, faults: Faults): void {
  const holder = surroundings.proxyNamed(name);
  if (holder === undefined || holder === id) return;
  faults.add('NAME_TAKEN', ['input', 'name'], 'another proxy connection of the project has this name');
}

function checkTemplates(
  { host, port }: Partial<Pick<ProxyFields, 'host' | 'port'>>,
  surroundings: ProxySurroundings,
  faults: Faults,
): void {
  checkTemplate(host, ['input', 'host'], surroundings, faults);
  checkTemplate(port, ['input', 'port'], surroundings, faults);
}

function checkTemplate(text: string | undefined, path: Path, surroundings: ProxySurroundings, faults: Faults): void {
  const secret = templateKeys(text).find((key) => surroundings.isSecretParameter(key));
  if (secret !== undefined) faults.invalid(path, secretParameterFault(secret));
}

export function secretParameterFault(key: string): string {
  return `${key} is a secret parameter: only the value of a data source's header with secret: true may name it`;
}

/** The parameters that a stored text names. */
export function templateKeys(text: string | undefined): readonly string[] {
  const parsed = parseTemplate(text ?? '');
  return parsed.ok ? parsed.keys : [];
}

function notFound() {
  return refuse('NOT_FOUND', ['input', 'id'], 'there is no proxy connection with this id');
}

function next({ id, version }: ProxyState, { name }: ProxyFields) {
  return { id, version: version + 1, name };
}

function event(subject: { id: ProxyId; version: number; name: string }, { type, data }: ProxyEvent): Event {
  const { id, version, name } = subject;
  return { type, v: 1, subject: { id, name, version }, data };
}
