import { changedFields, presentFields } from '../event-sourcing/changed-fields.ts';
import type { Event } from '../event-sourcing/event.ts';
import type { Decision } from '../event-sourcing/images/projection.ts';
import { templateKeys } from '../traffic/templates.ts';
import { Faults, type Path, type Refusal, refuse, secretParameterFault, versionConflict } from '../words/refusal.ts';
import { unreachable } from '../words/unreachable.ts';
import { PROXY_TESTED_VERSION, type Probed, type ProxyEvent, type ProxyId, type RecordedTest } from './proxy-events.ts';
import { isSentToSamePlace, leavePlaceToOwner, leaveRestoredToOwner, type ProxyOwnership } from './proxy-places.ts';

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
  /** Refuse while active data sources route through it. */
  readonly failIfInUse: boolean;
}

export interface RestoreProxy {
  readonly type: 'RestoreProxy';
  readonly id: string;
  readonly expectedVersion?: number;
  /** Left out: the last one before deletion. */
  readonly version?: number;
  /** As that version was; undefined when there never was such a version. */
  readonly past: ProxyState | undefined;
}

export interface RecordProxyTest {
  readonly type: 'RecordProxyTest';
  /** Absent for a draft of a proxy that was never saved. */
  readonly id?: ProxyId;
  readonly test: RecordedTest;
  readonly draft: boolean;
  readonly probed: Probed;
}

export type ProxyCommand = CreateProxy | UpdateProxy | DeleteProxy | RestoreProxy | RecordProxyTest;

/** What deciding about a proxy needs to know of its project. */
export interface ProxySurroundings extends ProxyOwnership {
  /** The id of the active proxy that has this name. */
  proxyNamed(name: string): string | undefined;
  /** The names of the active data sources that route through this proxy. */
  dataSourcesUsing(id: string): readonly string[];
  isSecretParameter(key: string): boolean;
}

export function decideProxy(proxy: Proxy, command: ProxyCommand, surroundings: ProxySurroundings): Decision<Refusal> {
  switch (command.type) {
    case 'CreateProxy':
      return create(command, surroundings);
    case 'UpdateProxy':
      return update(proxy, command, surroundings);
    case 'DeleteProxy':
      return remove(proxy, command, surroundings);
    case 'RestoreProxy':
      return restore(proxy, command, surroundings);
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
      const { name, description = null, type, host, port, authType, user = null, password = null } = event.data.set;
      const fields = { name, type, host, port, authType, description, user, password };
      return { status: 'active', id, version, fields };
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
  leavePlaceToOwner(proxy, fields, surroundings, faults);
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

export const NO_AUTH_HAS_NO = (field: string) =>
  `a proxy with authType NO_AUTH has no ${field}; leave it out, or choose BASIC`;
export const BASIC_NEEDS = (field: string) => `authType BASIC needs a ${field}`;
export const PASSWORD_AGAIN =
  'the stored password was meant for another type, host or port: give the password again, so that it is not sent elsewhere';
const DELETED = 'this proxy connection is deleted; restore it first';

function remove(proxy: Proxy, command: DeleteProxy, surroundings: ProxySurroundings): Decision<Refusal> {
  if (proxy.status === 'absent') return notFound();
  const conflict = versionConflict(command.expectedVersion, proxy.version);
  if (conflict) return { refusals: [conflict] };
  if (proxy.status === 'deleted') return { events: [] };
  const users = command.failIfInUse ? surroundings.dataSourcesUsing(proxy.id) : [];
  if (users.length > 0) {
    const some = users.length > 5 ? `${users.slice(0, 5).join(', ')} and ${users.length - 5} more` : users.join(', ');
    return refuse('IN_USE', ['input', 'failIfInUse'], `data sources route through this proxy connection: ${some}`);
  }
  return { events: [event(next(proxy, proxy.fields), { type: 'ProxyConnectionDeleted', data: {} })] };
}

/** Brings old fields back as a new edit. The password is the one that the version had, or none. */
function restore(proxy: Proxy, command: RestoreProxy, surroundings: ProxySurroundings): Decision<Refusal> {
  if (proxy.status === 'absent') return notFound();
  const conflict = versionConflict(command.expectedVersion, proxy.version);
  if (conflict) return { refusals: [conflict] };
  if (proxy.status === 'active' && command.version === undefined) {
    return refuse('REQUIRED', ['input', 'version'], 'an active proxy connection is restored to a version: give one');
  }
  const past = command.version === undefined ? proxy : command.past;
  if (!past) return refuse('INVALID_VALUE', ['input', 'version'], `there is no version ${command.version}`);
  const faults = new Faults();
  checkName(proxy.id, past.fields.name, surroundings, faults, ['input', 'id']);
  leaveRestoredToOwner(
    proxy,
    past.fields,
    surroundings,
    ['input', command.version === undefined ? 'id' : 'version'],
    faults,
  );
  if (faults.any) return { refusals: faults.all };

  const changed = changedFields(proxy.fields, past.fields);
  if (proxy.status === 'active' && !changed) return { events: [] };
  // A deleted one comes back as it was before its deletion, which is the version that is told.
  const restoredVersion = command.version ?? proxy.version - 1;
  const data = { set: {}, was: {}, ...changed, restoredVersion };
  return { events: [event(next(proxy, past.fields), { type: 'ProxyConnectionRestored', data })] };
}

/** Whatever became of the proxy meanwhile: the probe did take place. */
function recordTest(proxy: Proxy, { test, draft, probed }: RecordProxyTest): Decision<Refusal> {
  const tested: ProxyEvent = { type: 'ProxyTested', data: { test, draft, probed } };
  if (proxy.status === 'absent') return { events: [{ ...tested, v: PROXY_TESTED_VERSION }] };
  return { events: [{ ...event({ ...proxy, name: proxy.fields.name }, tested), v: PROXY_TESTED_VERSION }] };
}

function checkName(
  id: string,
  name: string,
  surroundings: ProxySurroundings,
  faults: Faults,
  path: Path = ['input', 'name'],
): void {
  const holder = surroundings.proxyNamed(name);
  if (holder === undefined || holder === id) return;
  faults.add('NAME_TAKEN', path, 'another proxy connection of the project has this name');
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
