import { type AccessCommand, decideAccess, granted } from '../access/access.ts';
import { accessEvents, type GrantEvent, type InstanceEvent } from '../access/access-events.ts';
import { applyToGrants, type GrantTable, grantTable, noteSeen } from '../access/access-view.ts';
import { decideInstance, type InstanceCommand } from '../access/instance.ts';
import { judge } from '../access/judge.ts';
import { ownPrincipal } from '../access/principals.ts';
import type { Right } from '../access/roles.ts';
import { type TokenEvent, tokenEvents } from '../access/token-events.ts';
import { applyToTokens, countGoodTokens, type TokenTable, tokenTable } from '../access/token-view.ts';
import { decideToken, type TokenCommand } from '../access/tokens.ts';
import { type DataSourceEvent, dataSourceEvents } from '../data-sources/data-source-events.ts';
import {
  applyToDataSources,
  type DataSourceTable,
  dataSourceNamed,
  dataSourcesUsing,
  dataSourceTable,
} from '../data-sources/data-source-view.ts';
import { type DataSourceCommand, decideDataSource } from '../data-sources/data-sources.ts';
import { auditMention } from '../event-sourcing/audited.ts';
import { EventDecoder } from '../event-sourcing/decoder.ts';
import type { Authority, Commit, Event } from '../event-sourcing/event.ts';
import type { Image } from '../event-sourcing/images/image.ts';
import type { Asked, Decision, Model, Permission } from '../event-sourcing/images/projection.ts';
import { jsonCodec, MapSection } from '../event-sourcing/tables/section.ts';
import { SortedMap } from '../event-sourcing/tables/sorted-map.ts';
import { Table } from '../event-sourcing/tables/table.ts';
import { type ParameterEvent, parameterEvents } from '../parameters/parameter-events.ts';
import {
  activeParameter,
  applyToParameters,
  latestParameter,
  type ParameterTable,
  parameterTable,
  renameEnvironmentsOfParameters,
} from '../parameters/parameter-view.ts';
import { decideParameter, type ParameterCommand } from '../parameters/parameters.ts';
import { type ProjectEvent, projectEvents, projectId } from '../projects/project-events.ts';
import { type ProjectRow, projectRow } from '../projects/project-view.ts';
import { decideProject, type ProjectCommand } from '../projects/projects.ts';
import { decideProxy, type ProxyCommand } from '../proxies/proxies.ts';
import { type ProxyEvent, proxyEvents } from '../proxies/proxy-events.ts';
import {
  applyToProxies,
  type ProxyTable,
  proxyNamed,
  proxyTable,
  renameEnvironmentsOfProxies,
} from '../proxies/proxy-view.ts';
import { type Refusal, refuse } from '../words/refusal.ts';
import { unreachable } from '../words/unreachable.ts';
import { accessOf } from './project-access.ts';
import { secretPlaces } from './secret-places.ts';

/** Everything that a project's log folds to: what queries read and decisions are made on. */
export interface ProjectView {
  /** Undefined before the project's first commit. */
  project: ProjectRow | undefined;
  readonly parameters: ParameterTable;
  readonly proxies: ProxyTable;
  readonly dataSources: DataSourceTable;
  readonly grants: GrantTable;
  readonly tokens: TokenTable;
  /** Of the instance's log: as the server's settings named them last, as principals' texts. */
  administrators: readonly string[];
  /** Of the last commit that changed who may read; 0: none has. */
  accessPosition: number;
  /** The id of that commit; empty: none has. */
  accessCommitId: string;
  /** When that was: ISO 8601, UTC, milliseconds; empty if it never was. */
  accessAt: string;
  /** How many events told who may do what. */
  accessChanges: number;
}

export type ProjectImage = Image<ProjectView>;

export type Command =
  | AccessCommand
  | TokenCommand
  | InstanceCommand
  | ProjectCommand
  | ParameterCommand
  | ProxyCommand
  | DataSourceCommand;

/** An event of any feature, as the decoder gives it. */
export type AnyEvent = Event &
  (GrantEvent | TokenEvent | InstanceEvent | ProjectEvent | ParameterEvent | ProxyEvent | DataSourceEvent);

const decoder = new EventDecoder(
  accessEvents,
  tokenEvents,
  projectEvents,
  parameterEvents,
  proxyEvents,
  dataSourceEvents,
);

/** Kept as long as their commits are: every subscriber asks for the same ones. */
const decoded = new WeakMap<Commit, readonly AnyEvent[]>();

/** A commit's events, checked and brought up to their current versions. Throws `UndecodableEventError`. */
export function decodeEvents(commit: Commit): readonly AnyEvent[] {
  let events = decoded.get(commit);
  if (!events) {
    events = decoder.decode(commit) as AnyEvent[];
    decoded.set(commit, events);
  }
  return events;
}

/** Puts the features together: which of them decides a command, and which of them an event concerns. */
export const projectModel: Model<ProjectView, Command, Refusal> = {
  empty: () => ({
    project: undefined,
    parameters: Table.empty(parameterTable),
    proxies: Table.empty(proxyTable),
    dataSources: Table.empty(dataSourceTable),
    grants: Table.empty(grantTable),
    tokens: Table.empty(tokenTable),
    administrators: [],
    accessPosition: 0,
    accessCommitId: '',
    accessChanges: 0,
    accessAt: '',
  }),

  fork: (view) => ({
    ...view,
    parameters: view.parameters.fork(),
    proxies: view.proxies.fork(),
    dataSources: view.dataSources.fork(),
    grants: view.grants.fork(),
    tokens: view.tokens.fork(),
  }),

  apply(view, commit) {
    for (const event of decoder.decodeAsStored(commit) as AnyEvent[]) applyEvent(view, event, commit);
    noteSeen(view.grants, commit);
  },

  permit(view, asked) {
    const verdict = judge(accessOf(view), asked, asked.right as Right | undefined);
    // What the log has authorities for needs a role that may change something.
    return verdict as Permission;
  },

  decide: decideFor,

  bytes: ({ parameters, proxies, dataSources, grants, tokens }) =>
    parameters.bytes + proxies.bytes + dataSources.bytes + grants.bytes + tokens.bytes,

  fold: 7,

  *sections(view) {
    const { project, parameters, proxies, dataSources, grants, tokens } = view;
    const { administrators, accessPosition, accessCommitId, accessChanges, accessAt } = view;
    yield new MapSection('project', SortedMap.of(project ? [['', project]] : []), PROJECT_CODEC);
    yield new MapSection(
      'access',
      SortedMap.of([['', { administrators, accessPosition, accessCommitId, accessChanges, accessAt }]]),
      ACCESS_CODEC,
    );
    yield* grants.sections('grants');
    yield* tokens.sections('tokens');
    yield* parameters.sections('parameters');
    yield* proxies.sections('proxies');
    yield* dataSources.sections('dataSources');
  },

  restore(stored) {
    const access = stored.map('access', ACCESS_CODEC).get('');
    const { administrators = [], accessPosition = 0, accessCommitId = '' } = access ?? {};
    const { accessChanges = 0, accessAt = '' } = access ?? {};
    return {
      project: stored.map('project', PROJECT_CODEC).get(''),
      administrators,
      accessPosition,
      accessCommitId,
      accessChanges,
      accessAt,
      grants: Table.restore(grantTable, 'grants', stored),
      tokens: Table.restore(tokenTable, 'tokens', stored),
      parameters: Table.restore(parameterTable, 'parameters', stored),
      proxies: Table.restore(proxyTable, 'proxies', stored),
      dataSources: Table.restore(dataSourceTable, 'dataSources', stored),
    };
  },
};

const PROJECT_CODEC = jsonCodec<ProjectRow>();
const ACCESS_CODEC =
  jsonCodec<Pick<ProjectView, 'administrators' | 'accessPosition' | 'accessCommitId' | 'accessChanges' | 'accessAt'>>();

function applyEvent(view: ProjectView, event: AnyEvent, commit: Commit): void {
  switch (event.type) {
    case 'ProjectUpdated':
      if (event.data.renamed) {
        renameEnvironmentsOfParameters(view.parameters, event.data.renamed);
        renameEnvironmentsOfProxies(view.proxies, event.data.renamed);
      }
      view.project = projectRow(view.project, event, commit);
      return;
    case 'ProjectCreated':
      view.project = projectRow(view.project, event, commit);
      return;
    case 'AccessGranted':
    case 'AccessRevoked':
      applyToGrants(view.grants, event, commit);
      noteAccess(view, commit);
      if (view.project) view.project = { ...view.project, ...auditMention(view.project) };
      return;
    case 'TokenIssued':
    case 'TokenRevoked':
      applyToTokens(view.tokens, event, commit);
      noteAccess(view, commit);
      return;
    case 'AdministratorsSet':
      view.administrators = event.data.set.administrators;
      return;
    case 'ConfigParameterSet':
    case 'ConfigParameterDeleted':
      applyToParameters(view.parameters, event, commit);
      return;
    case 'ProxyConnectionCreated':
    case 'ProxyConnectionUpdated':
    case 'ProxyConnectionDeleted':
    case 'ProxyConnectionRestored':
    case 'ProxyTested':
      applyToProxies(view.proxies, event, commit);
      return;
    case 'DataSourceCreated':
    case 'DataSourceUpdated':
    case 'DataSourceProxyAttached':
    case 'DataSourceProxyDetached':
    case 'DataSourceDeleted':
    case 'DataSourceRestored':
      applyToDataSources(view.dataSources, event, commit);
      return;
    default:
      unreachable(event);
  }
}

function noteAccess(view: ProjectView, { position, commitId, at }: Commit): void {
  view.accessPosition = position;
  view.accessCommitId = commitId;
  view.accessChanges += 1;
  view.accessAt = at;
}

/** Owning the project is asked for only where it is needed, so that the commit tells when it was. */
function decideFor(view: ProjectView, command: Command, asked: Asked): Decision<Refusal> & { authority?: Authority } {
  const decision = decide(view, command, asked, !asked.standing);
  const needsOwner = 'refusals' in decision && decision.refusals.some(({ code }) => code === 'FORBIDDEN');
  if (!needsOwner) return decision;
  const verdict = judge(accessOf(view), asked, 'OWN');
  return verdict.allowed
    ? { ...decide(view, command, asked, true), authority: verdict.authority as Authority }
    : decision;
}

function decide(view: ProjectView, command: Command, asked: Asked, isOwner: boolean): Decision<Refusal> {
  const { project, parameters, proxies, dataSources, grants, tokens } = view;
  const activeTokens = (now: string) => countGoodTokens(tokens, now);
  if (command.type === 'SetAdministrators') return decideInstance(view, command);
  if (command.type === 'RevokeToken') {
    return decideToken(tokens.get(command.id)?.token ?? { status: 'absent' }, command, { activeTokens });
  }
  if (command.type === 'IssueToken') {
    // The instance's are in no project.
    if (command.role !== null && !project) return noProject(command);
    return decideToken({ status: 'absent' }, command, { activeTokens });
  }
  if (command.type === 'CreateProject' || command.type === 'UpdateProject') {
    const decision = decideProject(project?.project ?? { status: 'absent' }, command, {
      parametersWithValuesIn: (environment) =>
        [...parameters.all()]
          .filter(({ deletedAt, parameter }) => deletedAt === undefined && parameter.values.has(environment))
          .map(({ parameter }) => parameter.key),
    });
    return command.type === 'CreateProject' ? withOwner(decision, asked) : decision;
  }
  if (!project) return noProject(command);
  const { environments } = project.project.fields;
  const isSecretParameter = (key: string) => activeParameter(parameters, key)?.parameter.secret ?? false;
  switch (command.type) {
    case 'GrantAccess':
    case 'RevokeAccess': {
      const { key, version, fields } = project.project;
      return decideAccess(grants, command, { id: projectId(key), name: fields.name, version });
    }
    case 'SetParameter':
    case 'DeleteParameter': {
      const row = latestParameter(parameters, command.key);
      return decideParameter(row?.parameter ?? { status: 'absent' }, command, {
        ...{ environments, isOwner },
        ...secretPlaces(view, row?.deletedAt),
      });
    }
    case 'CreateProxy':
    case 'UpdateProxy':
    case 'DeleteProxy':
    case 'RestoreProxy':
    case 'RecordProxyTest': {
      const row = command.id === undefined ? undefined : proxies.get(command.id);
      return decideProxy(row?.proxy ?? { status: 'absent' }, command, {
        proxyNamed: (name) => proxyNamed(proxies, name)?.id,
        dataSourcesUsing: (id) => dataSourcesUsing(dataSources, id).map(({ source }) => source.fields.name),
        ...{ isSecretParameter, isOwner },
        ...secretPlaces(view, row?.deletedAt),
      });
    }
    case 'CreateDataSource':
    case 'UpdateDataSource':
    case 'DeleteDataSource':
    case 'RestoreDataSource': {
      const row = dataSources.get(command.id);
      return decideDataSource(row?.source ?? { status: 'absent' }, command, {
        dataSourceNamed: (name) => dataSourceNamed(dataSources, name)?.id,
        proxyStatus: (id) => proxies.get(id)?.proxy.status ?? 'absent',
        ...{ isSecretParameter, isOwner },
        ...secretPlaces(view, row?.deletedAt),
      });
    }
    default:
      return unreachable(command);
  }
}

/** Whoever makes a project owns it: where identities are proven, and unless a token made it. */
function withOwner(decision: Decision<Refusal>, { actor, standing }: Asked): Decision<Refusal> {
  const [created] = 'events' in decision ? decision.events : [];
  const principal = standing && ownPrincipal(actor);
  if (!created?.subject || principal === undefined || actor.kind === 'TOKEN') return decision;
  const kind = actor.kind === 'CLIENT' ? 'CLIENT' : 'USER';
  const identity = principal.slice(principal.indexOf(':') + 1);
  return { events: [created, granted({ kind, identity, role: 'OWNER' }, null, created.subject)] };
}

function noProject(command: Command) {
  const isNew = command.type.startsWith('Create') || !('id' in command) || command.type === 'RecordProxyTest';
  if (!isNew) return refuse('NOT_FOUND', ['input', 'id'], 'there is no such resource');
  return refuse('NOT_FOUND', ['input', 'projectKey'], 'there is no project with this key');
}
