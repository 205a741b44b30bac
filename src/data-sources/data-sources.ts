import { changedFields, presentFields } from '../event-sourcing/changed-fields.ts';
import type { Event } from '../event-sourcing/event.ts';
import type { Decision } from '../event-sourcing/images/projection.ts';
import { isSameOriginText } from '../traffic/same-place.ts';
import { Faults, type Path, type Refusal, refuse, versionConflict } from '../words/refusal.ts';
import { unreachable } from '../words/unreachable.ts';
import type { DataSourceEvent, DataSourceId, StoredHeader } from './data-source-events.ts';
import { checkTemplate, type GivenHeader, SECRETS_AGAIN, sameHeaders, settleHeaders } from './data-source-headers.ts';
import {
  type DataSourceOwnership,
  type Destination,
  isSecret,
  leaveDestinationToOwner,
  leaveNamingToOwner,
  leaveRestoredToOwner,
} from './data-source-places.ts';

export type DataSourceType = 'RESTFUL_SYSTEM';

export interface DataSourceFields {
  readonly name: string;
  readonly description: string | null;
  readonly type: DataSourceType;
  /** As typed: an http or https URL, or a template. */
  readonly baseUrl: string;
  readonly headers: readonly StoredHeader[];
}

export interface DataSourceState {
  readonly status: 'active' | 'deleted';
  readonly id: DataSourceId;
  readonly version: number;
  /** Of a deleted one: as they were last. */
  readonly fields: DataSourceFields;
  /** Null: calls go straight to the base URL. The proxy may be deleted: then calls are refused. */
  readonly proxyConnectionId: string | null;
}

export type DataSource = { readonly status: 'absent' } | DataSourceState;

export interface CreateDataSource {
  readonly type: 'CreateDataSource';
  readonly id: DataSourceId;
  readonly fields: Omit<DataSourceFields, 'headers'>;
  readonly headers: readonly GivenHeader[];
  readonly proxyConnectionId: string | null;
}

export interface UpdateDataSource {
  readonly type: 'UpdateDataSource';
  readonly id: string;
  readonly expectedVersion?: number;
  readonly set: Partial<Pick<DataSourceFields, 'name' | 'description' | 'baseUrl'>>;
  /** Replaces the list. */
  readonly headers?: readonly GivenHeader[];
  readonly connectThroughProxy?: boolean;
  readonly proxyConnectionId?: string | null;
}

export interface DeleteDataSource {
  readonly type: 'DeleteDataSource';
  readonly id: string;
  readonly expectedVersion?: number;
}

export interface RestoreDataSource {
  readonly type: 'RestoreDataSource';
  readonly id: string;
  readonly expectedVersion?: number;
  /** Left out: the last one before deletion. */
  readonly version?: number;
  /** As that version was; undefined when there never was such a version. */
  readonly past: DataSourceState | undefined;
}

export type DataSourceCommand = CreateDataSource | UpdateDataSource | DeleteDataSource | RestoreDataSource;

/** What deciding about a data source needs to know of its project. */
export interface DataSourceSurroundings extends DataSourceOwnership {
  /** The id of the active data source that has this name. */
  dataSourceNamed(name: string): string | undefined;
  proxyStatus(id: string): 'active' | 'deleted' | 'absent';
}

export function decideDataSource(
  source: DataSource,
  command: DataSourceCommand,
  surroundings: DataSourceSurroundings,
): Decision<Refusal> {
  switch (command.type) {
    case 'CreateDataSource':
      return create(command, surroundings);
    case 'UpdateDataSource':
      return update(source, command, surroundings);
    case 'DeleteDataSource':
      return remove(source, command);
    case 'RestoreDataSource':
      return restore(source, command, surroundings);
    default:
      return unreachable(command);
  }
}

export function evolveDataSource(
  source: DataSource,
  event: DataSourceEvent,
  { id, version }: { readonly id: DataSourceId; readonly version: number },
): DataSource {
  if (event.type === 'DataSourceCreated') {
    const { name, description = null, type, baseUrl, headers } = event.data.set;
    const fields = { name, type, baseUrl, headers, description };
    return { status: 'active', id, version, fields, proxyConnectionId: null };
  }
  if (source.status === 'absent') return source;
  switch (event.type) {
    case 'DataSourceUpdated':
    case 'DataSourceRestored': {
      const fields = { ...source.fields, ...(event.data.set as Partial<DataSourceFields>) };
      return { ...source, status: 'active', version, fields };
    }
    case 'DataSourceProxyAttached':
    case 'DataSourceProxyDetached':
      return { ...source, version, proxyConnectionId: event.data.set.proxyConnectionId };
    case 'DataSourceDeleted':
      return { ...source, status: 'deleted', version };
    default:
      return unreachable(event);
  }
}

function create(command: CreateDataSource, surroundings: DataSourceSurroundings): Decision<Refusal> {
  const { id, proxyConnectionId } = command;
  const faults = new Faults();
  checkName(id, command.fields.name, surroundings, faults);
  checkTemplate(command.fields.baseUrl, ['input', 'baseUrl'], surroundings, faults);
  const headers = settleHeaders(command.headers, [], true, surroundings, faults);
  leaveNamingToOwner(command.fields.name, command.headers, surroundings, faults);
  if (proxyConnectionId !== null) checkProxy(proxyConnectionId, surroundings, faults);
  if (faults.any) return { refusals: faults.all };

  const set = presentFields({ ...command.fields, headers });
  const created = { type: 'DataSourceCreated', data: { set } } as DataSourceEvent;
  const subject = { id, version: 1, name: command.fields.name };
  return { events: [created, ...attachment(null, proxyConnectionId)].map((event) => about(subject, event)) };
}

function update(
  source: DataSource,
  command: UpdateDataSource,
  surroundings: DataSourceSurroundings,
): Decision<Refusal> {
  if (source.status === 'absent') return notFound();
  const conflict = versionConflict(command.expectedVersion, source.version);
  if (conflict) return { refusals: [conflict] };
  if (source.status === 'deleted')
    return refuse('NOT_FOUND', ['input', 'id'], 'this data source is deleted; restore it first');

  const faults = new Faults();
  const before = source.fields;
  const baseUrl = command.set.baseUrl ?? before.baseUrl;
  const isSameOrigin = isSameOriginText(before.baseUrl, baseUrl);
  if (command.set.name !== undefined) checkName(source.id, command.set.name, surroundings, faults);
  if (command.set.baseUrl !== undefined) checkTemplate(baseUrl, ['input', 'baseUrl'], surroundings, faults);
  const given = command.headers ?? before.headers;
  if (!command.headers && !isSameOrigin && before.headers.some(isSecret)) {
    faults.required(['input', 'headers'], SECRETS_AGAIN);
  }
  const headers = command.headers
    ? settleHeaders(given, before.headers, isSameOrigin, surroundings, faults)
    : before.headers;
  const proxyConnectionId = settleProxy(source.proxyConnectionId, command, surroundings, faults);
  leaveNamingToOwner(before.name, command.headers ?? [], surroundings, faults);
  const after = { ...before, ...command.set, headers: sameHeaders(before.headers, headers) ? before.headers : headers };
  const proxyField = command.proxyConnectionId === undefined ? 'connectThroughProxy' : 'proxyConnectionId';
  leaveDestinationToOwner(
    destinationOf(source),
    destinationOf({ fields: after, proxyConnectionId }),
    surroundings,
    proxyField,
    faults,
  );
  if (faults.any) return { refusals: faults.all };

  const changed = changedFields(before, after);
  const updated = changed ? [{ type: 'DataSourceUpdated', data: changed } as DataSourceEvent] : [];
  const subject = { id: source.id, version: source.version + 1, name: after.name };
  const events = [...updated, ...attachment(source.proxyConnectionId, proxyConnectionId)];
  return { events: events.map((event) => about(subject, event)) };
}

function remove(source: DataSource, command: DeleteDataSource): Decision<Refusal> {
  if (source.status === 'absent') return notFound();
  const conflict = versionConflict(command.expectedVersion, source.version);
  if (conflict) return { refusals: [conflict] };
  if (source.status === 'deleted') return { events: [] };
  const subject = { id: source.id, version: source.version + 1, name: source.fields.name };
  return { events: [about(subject, { type: 'DataSourceDeleted', data: {} })] };
}

function restore(
  source: DataSource,
  command: RestoreDataSource,
  surroundings: DataSourceSurroundings,
): Decision<Refusal> {
  if (source.status === 'absent') return notFound();
  const conflict = versionConflict(command.expectedVersion, source.version);
  if (conflict) return { refusals: [conflict] };
  if (source.status === 'active' && command.version === undefined) {
    return refuse('REQUIRED', ['input', 'version'], 'an active data source is restored to a version: give one');
  }
  const past = command.version === undefined ? source : command.past;
  if (!past) return refuse('INVALID_VALUE', ['input', 'version'], `there is no version ${command.version}`);
  const faults = new Faults();
  checkName(source.id, past.fields.name, surroundings, faults, ['input', 'id']);
  const path = ['input', command.version === undefined ? 'id' : 'version'];
  leaveRestoredToOwner(source.status, destinationOf(source), destinationOf(past), surroundings, path, faults);
  if (faults.any) return { refusals: faults.all };

  const changed = changedFields(source.fields, past.fields);
  const moved = attachment(source.proxyConnectionId, past.proxyConnectionId);
  if (source.status === 'active' && !changed && moved.length === 0) return { events: [] };
  // A deleted one comes back as it was before its deletion, which is the version that is told.
  const restoredVersion = command.version ?? source.version - 1;
  const data = { set: {}, was: {}, ...changed, restoredVersion };
  const subject = { id: source.id, version: source.version + 1, name: past.fields.name };
  const events = [{ type: 'DataSourceRestored', data } as DataSourceEvent, ...moved];
  return { events: events.map((event) => about(subject, event)) };
}

function destinationOf({
  fields,
  proxyConnectionId,
}: Pick<DataSourceState, 'fields' | 'proxyConnectionId'>): Destination {
  return { ...fields, proxyConnectionId };
}

/** The proxy after an edit: what the input says of it, if anything. */
function settleProxy(
  current: string | null,
  { connectThroughProxy, proxyConnectionId }: UpdateDataSource,
  surroundings: DataSourceSurroundings,
  faults: Faults,
): string | null {
  if (connectThroughProxy === undefined && proxyConnectionId === undefined) return current;
  const path = ['input', 'proxyConnectionId'];
  if (!(connectThroughProxy ?? current !== null)) {
    if (proxyConnectionId) faults.invalid(path, PROXY_WHILE_OFF);
    return null;
  }
  const next = proxyConnectionId === undefined ? current : proxyConnectionId;
  if (next === null) faults.required(path, PROXY_REQUIRED);
  else checkProxy(next, surroundings, faults);
  return next;
}

export const PROXY_WHILE_OFF =
  'a data source that does not connect through a proxy has none; set connectThroughProxy, or leave it out';
export const PROXY_REQUIRED = 'connectThroughProxy needs a proxy connection: give its id';
function checkProxy(id: string, surroundings: DataSourceSurroundings, faults: Faults): void {
  const path = ['input', 'proxyConnectionId'];
  const status = surroundings.proxyStatus(id);
  if (status === 'absent') faults.add('NOT_FOUND', path, 'there is no proxy connection with this id in the project');
  if (status === 'deleted') {
    faults.add(
      'PROXY_CONNECTION_DELETED',
      path,
      'this proxy connection is deleted: choose another, or restore it first',
    );
  }
}

function checkName(
  id: string,
  name: string,
  surroundings: DataSourceSurroundings,
  faults: Faults,
  path: Path = ['input', 'name'],
): void {
  const holder = surroundings.dataSourceNamed(name);
  if (holder === undefined || holder === id) return;
  faults.add('NAME_TAKEN', path, 'another data source of the project has this name');
}

/** The event of its own that a change of the proxy is; none when it stays. */
function attachment(before: string | null, after: string | null): DataSourceEvent[] {
  if (before === after) return [];
  if (after !== null) {
    const data = { set: { proxyConnectionId: after }, was: { proxyConnectionId: before } };
    return [{ type: 'DataSourceProxyAttached', data }];
  }
  if (before === null) return [];
  return [
    { type: 'DataSourceProxyDetached', data: { set: { proxyConnectionId: null }, was: { proxyConnectionId: before } } },
  ];
}

function notFound() {
  return refuse('NOT_FOUND', ['input', 'id'], 'there is no data source with this id');
}

function about(subject: { id: DataSourceId; version: number; name: string }, { type, data }: DataSourceEvent): Event {
  const { id, version, name } = subject;
  return { type, v: 1, subject: { id, name, version }, data };
}
