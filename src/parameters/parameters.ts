import type { Event } from '../event-sourcing/event.ts';
import type { Decision } from '../event-sourcing/images/projection.ts';
import { CANNOT_BE_NULL } from '../words/fields.ts';
import { leaveToOwner, someOf } from '../words/owner-rule.ts';
import { Faults, type Path, type Refusal, refuse, versionConflict } from '../words/refusal.ts';
import type { Rename } from '../words/rename.ts';
import { unreachable } from '../words/unreachable.ts';
import type { ParameterEvent, ParameterFields, ParameterId, StoredValue } from './parameter-events.ts';

export interface ParameterState {
  readonly status: 'active' | 'deleted';
  readonly id: ParameterId;
  readonly version: number;
  readonly key: string;
  readonly secret: boolean;
  readonly description: string | null;
  readonly defaultValue: StoredValue | null;
  /** By environment; only those with a value of their own. */
  readonly values: ReadonlyMap<string, StoredValue>;
}

export type Parameter = { readonly status: 'absent' } | ParameterState;

export interface SetParameter {
  readonly type: 'SetParameter';
  /** For the parameter, if there is none with this key yet. */
  readonly newId: ParameterId;
  readonly key: string;
  readonly expectedVersion?: number;
  readonly description?: string | null;
  readonly secret?: boolean;
  /** Left out: stays; null: none. Sealed if the parameter turns out to be a secret one. */
  readonly defaultValue?: GivenValue | null;
  /** All values per environment; a null one keeps what is stored. Left out: they stay; null: only for a new key. */
  readonly values?: readonly { readonly environment: string; readonly value: GivenValue | null }[] | null;
}

/** A value as typed, and where its ciphertext will be should the parameter be a secret one. */
export interface GivenValue {
  readonly text: string;
  readonly secretRef: string;
}

export interface DeleteParameter {
  readonly type: 'DeleteParameter';
  readonly key: string;
  readonly expectedVersion?: number;
}

export type ParameterCommand = SetParameter | DeleteParameter;

/** What deciding about a parameter needs to know of its project. */
export interface ParameterSurroundings {
  readonly environments: readonly string[];
  /** Whether whoever asks may decide where stored secrets go. */
  readonly isOwner: boolean;
  /** What has a stored secret that goes where the parameter with this key says. */
  sendingWhereItSays(key: string): Iterable<string>;
  /** What would send a secret parameter with this key, as its headers name it. */
  sendingIt(key: string): Iterable<string>;
}

/** `parameter` is the active one with the command's key, else the one with it that was deleted last. */
export function decideParameter(
  parameter: Parameter,
  command: ParameterCommand,
  surroundings: ParameterSurroundings,
): Decision<Refusal> {
  switch (command.type) {
    case 'SetParameter':
      return set(parameter, command, surroundings);
    case 'DeleteParameter':
      return remove(parameter, command, surroundings);
    default:
      return unreachable(command);
  }
}

export function evolveParameter(
  parameter: Parameter,
  event: ParameterEvent,
  subject: { readonly id: ParameterId; readonly version: number },
): Parameter {
  switch (event.type) {
    case 'ConfigParameterSet': {
      const before = parameter.status === 'absent' ? blank(subject.id, event.data.set) : parameter;
      return { ...withFields(before, event.data.set), status: 'active', version: subject.version };
    }
    case 'ConfigParameterDeleted':
      return parameter.status === 'absent' ? parameter : { ...parameter, status: 'deleted', version: subject.version };
    default:
      return unreachable(event);
  }
}

/** Values move along when environments are renamed; that is no edit of the parameter. */
export function renameEnvironments(parameter: ParameterState, renames: readonly Rename[]): ParameterState {
  const names = new Map(renames.map(({ from, to }) => [from, to]));
  if (![...parameter.values.keys()].some((environment) => names.has(environment))) return parameter;
  const values = [...parameter.values].map(
    ([environment, value]) => [names.get(environment) ?? environment, value] as const,
  );
  return { ...parameter, values: new Map(values) };
}

function set(parameter: Parameter, command: SetParameter, surroundings: ParameterSurroundings): Decision<Refusal> {
  const { environments } = surroundings;
  const current = parameter.status === 'active' ? parameter : undefined;
  const conflict = versionConflict(command.expectedVersion, current?.version ?? 0);
  if (conflict) return { refusals: [conflict] };

  const faults = new Faults();
  const secret = current?.secret ?? command.secret ?? false;
  if (command.secret !== undefined && command.secret !== secret) {
    faults.invalid(['input', 'secret'], `${command.key} was created with secret: ${secret}; delete it and set it anew`);
  }
  const store = (given: GivenValue): StoredValue => (secret ? { secretRef: given.secretRef } : given.text);
  const values = readValues(current, command, environments, secret, store, faults);
  const after = {
    description: command.description === undefined ? (current?.description ?? null) : command.description,
    defaultValue:
      command.defaultValue === undefined
        ? (current?.defaultValue ?? null)
        : command.defaultValue && store(command.defaultValue),
    values,
  };
  const before = current ?? { description: null, defaultValue: null, values: new Map<string, StoredValue>() };
  const changed = changes(before, after, environments);
  if (!surroundings.isOwner) {
    leaveValuesToOwner(command, changed?.set, surroundings, faults);
    if (!current && secret) {
      const what = `that ${command.key} is a secret parameter says`;
      leaveToOwner(faults, ['input', 'secret'], what, surroundings.sendingIt(command.key));
    }
  }
  if (faults.any) return { refusals: faults.all };
  if (current) {
    if (!changed) return { events: [] };
    return { events: [event(current, current.version + 1, { type: 'ConfigParameterSet', data: changed })] };
  }
  const data = { set: { key: command.key, secret, ...changed?.set } };
  return { events: [event({ id: command.newId, key: command.key }, 1, { type: 'ConfigParameterSet', data })] };
}

/** Each value that would change, at its place in the input. */
function leaveValuesToOwner(
  { key, values }: SetParameter,
  changed: ParameterFields | undefined,
  { sendingWhereItSays }: ParameterSurroundings,
  faults: Faults,
): void {
  if (changed?.defaultValue === undefined && !changed?.values) return;
  const sending = someOf(sendingWhereItSays(key));
  const leave = (path: Path) => leaveToOwner(faults, path, `${key} says`, sending);
  if (changed.defaultValue !== undefined) leave(['input', 'defaultValue']);
  const places = (changed.values ?? []).map(({ environment }) => {
    const index = values?.findIndex((given) => given.environment === environment) ?? -1;
    return index === -1 ? [] : [String(index), 'value'];
  });
  // Those that are unset are not in the list.
  for (const place of places) if (place.length > 0) leave(['input', 'values', ...place]);
  if (places.some((place) => place.length === 0)) leave(['input', 'values']);
}

function readValues(
  current: ParameterState | undefined,
  command: SetParameter,
  environments: readonly string[],
  secret: boolean,
  store: (given: GivenValue) => StoredValue,
  faults: Faults,
): ReadonlyMap<string, StoredValue> {
  if (current && command.values === null) faults.required(['input', 'values'], CANNOT_BE_NULL('values'));
  if (!command.values) return current?.values ?? new Map();
  const values = new Map<string, StoredValue>();
  command.values.forEach(({ environment, value }, index) => {
    const path = ['input', 'values', String(index)];
    if (!environments.includes(environment)) {
      const known = environments.join(', ');
      faults.add('ENVIRONMENT_UNKNOWN', [...path, 'environment'], `there is no such environment; there are ${known}`);
      return;
    }
    const kept = secret ? current?.values.get(environment) : undefined;
    const stored = value ? store(value) : kept;
    if (stored !== undefined) values.set(environment, stored);
    else if (secret) faults.required([...path, 'value'], `no secret is stored for ${environment} yet: give a value`);
    else faults.required([...path, 'value'], `give a value, or leave ${environment} out of the list to unset it`);
  });
  return values;
}

type Values = Pick<ParameterState, 'description' | 'defaultValue' | 'values'>;

/** As the event holds them: only what differs, environments in the project's order. */
function changes(before: Values, after: Values, environments: readonly string[]) {
  const set: ParameterFields = {};
  const was: ParameterFields = {};
  if (after.description !== before.description) {
    set.description = after.description;
    was.description = before.description;
  }
  if (!sameValue(after.defaultValue, before.defaultValue)) {
    set.defaultValue = after.defaultValue;
    was.defaultValue = before.defaultValue;
  }
  const differing = environments.filter((name) => !sameValue(after.values.get(name), before.values.get(name)));
  if (differing.length > 0) {
    set.values = differing.map((environment) => ({ environment, value: after.values.get(environment) ?? null }));
    was.values = differing.map((environment) => ({ environment, value: before.values.get(environment) ?? null }));
  }
  return Object.keys(set).length === 0 ? undefined : { set, was };
}

function sameValue(a: StoredValue | null | undefined, b: StoredValue | null | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function remove(
  parameter: Parameter,
  command: DeleteParameter,
  { isOwner, sendingWhereItSays }: ParameterSurroundings,
): Decision<Refusal> {
  if (parameter.status === 'absent') {
    return refuse('NOT_FOUND', ['input', 'key'], 'there is no configuration parameter with this key');
  }
  const conflict = versionConflict(command.expectedVersion, parameter.version);
  if (conflict) return { refusals: [conflict] };
  if (parameter.status === 'deleted') return { events: [] };
  const faults = new Faults();
  if (!isOwner) leaveToOwner(faults, ['input', 'key'], `${command.key} says`, sendingWhereItSays(command.key));
  if (faults.any) return { refusals: faults.all };
  return { events: [event(parameter, parameter.version + 1, { type: 'ConfigParameterDeleted', data: {} })] };
}

function blank(id: ParameterId, { key = '', secret = false }: ParameterFields): ParameterState {
  return { status: 'active', id, version: 0, key, secret, description: null, defaultValue: null, values: new Map() };
}

function withFields(parameter: ParameterState, fields: ParameterFields): ParameterState {
  const values = new Map(parameter.values);
  for (const { environment, value } of fields.values ?? []) {
    if (value === null) values.delete(environment);
    else values.set(environment, value);
  }
  return {
    ...parameter,
    description: fields.description === undefined ? parameter.description : fields.description,
    defaultValue: fields.defaultValue === undefined ? parameter.defaultValue : fields.defaultValue,
    values,
  };
}

function event(
  { id, key }: { readonly id: ParameterId; readonly key: string },
  version: number,
  { type, data }: ParameterEvent,
): Event {
  return { type, v: 1, subject: { id, name: key, version }, data };
}
