import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { SealedCommit } from '../../event-sourcing/event.ts';
import { fieldChanges } from '../../history/field-changes.ts';
import { eventKey, type RecordedEvent, recordedEvents } from '../../history/recorded-event.ts';
import type { AnyEvent } from '../../project/project-model.ts';
import { makeId } from '../../words/ids.ts';
import { connectionType } from '../toolkit/connection.ts';
import { DateTimeScalar } from '../toolkit/scalars.ts';
import { idIn, type SeenImage } from '../toolkit/seen-image.ts';
import { ActorType, NodeType } from '../toolkit/shared-types.ts';

/** What the API calls each stored event type. */
export const CHANGE_TYPES = {
  ProjectCreated: 'PROJECT_CREATED',
  ProjectUpdated: 'PROJECT_UPDATED',
  ConfigParameterSet: 'CONFIG_PARAMETER_SET',
  ConfigParameterDeleted: 'CONFIG_PARAMETER_DELETED',
  ProxyConnectionCreated: 'PROXY_CONNECTION_CREATED',
  ProxyConnectionUpdated: 'PROXY_CONNECTION_UPDATED',
  ProxyConnectionDeleted: 'PROXY_CONNECTION_DELETED',
  ProxyConnectionRestored: 'PROXY_CONNECTION_RESTORED',
  ProxyTested: 'PROXY_TESTED',
  DataSourceCreated: 'DATA_SOURCE_CREATED',
  DataSourceUpdated: 'DATA_SOURCE_UPDATED',
  DataSourceProxyAttached: 'DATA_SOURCE_PROXY_ATTACHED',
  DataSourceProxyDetached: 'DATA_SOURCE_PROXY_DETACHED',
  DataSourceDeleted: 'DATA_SOURCE_DELETED',
  DataSourceRestored: 'DATA_SOURCE_RESTORED',
} as const satisfies Record<AnyEvent['type'], string>;

export type ChangeTypeName = (typeof CHANGE_TYPES)[AnyEvent['type']];

export const ChangeTypeEnum = Object.fromEntries(Object.values(CHANGE_TYPES).map((name) => [name, name]));
registerEnumType(ChangeTypeEnum, { name: 'ChangeType' });

@ObjectType('FieldChange', { description: 'A secret field tells that it changed, never its value.' })
export class FieldChangeType {
  @Field(() => String)
  readonly field!: string;

  @Field(() => String, { nullable: true })
  readonly before!: string | null;

  @Field(() => String, { nullable: true })
  readonly after!: string | null;

  @Field(() => Boolean)
  readonly secret!: boolean;
}

@ObjectType('Change', { implements: NodeType, description: 'One event of the log, as an auditor reads it.' })
export class ChangeObject {
  constructor(
    readonly image: SeenImage,
    readonly recorded: RecordedEvent,
  ) {}

  get id(): string {
    const { project } = this.recorded.sealed.commit;
    return idIn(this.image, makeId({ type: 'Change', project, local: eventKey(this.recorded) }));
  }

  @Field(() => ChangeTypeEnum)
  get type(): ChangeTypeName {
    return CHANGE_TYPES[this.recorded.event.type];
  }

  @Field(() => CommitObject)
  get commit(): CommitObject {
    return new CommitObject(this.image, this.recorded.sealed);
  }

  @Field(() => ID, { nullable: true, description: 'Its resourceId.' })
  get subjectId(): string | null {
    return this.recorded.event.subject?.id ?? null;
  }

  @Field(() => String, { nullable: true, description: 'Its name right after this change.' })
  get subjectName(): string | null {
    return this.recorded.event.subject?.name ?? null;
  }

  @Field(() => Int, { nullable: true, description: 'Its version right after this change.' })
  get version(): number | null {
    return this.recorded.event.subject?.version ?? null;
  }

  @Field(() => [FieldChangeType])
  get fields(): readonly FieldChangeType[] {
    return fieldChanges(this.recorded.event);
  }
}

@ObjectType('Commit', { description: 'What one mutation appended, all or nothing.' })
export class CommitObject {
  constructor(
    private readonly image: SeenImage,
    private readonly sealed: SealedCommit,
  ) {}

  @Field(() => Int, { description: '1, 2, 3, ... without gaps within a project.' })
  get position(): number {
    return this.sealed.commit.position;
  }

  @Field(() => DateTimeScalar)
  get at(): string {
    return this.sealed.commit.at;
  }

  @Field(() => ActorType)
  get actor(): ActorType {
    return new ActorType(this.sealed.commit.actor);
  }

  @Field(() => String, { nullable: true, description: 'Why, if the caller said so.' })
  get reason(): string | null {
    return this.sealed.commit.reason ?? null;
  }

  @Field(() => String, { description: "SHA-256 over the previous commit's hash and this commit, hex." })
  get hash(): string {
    return this.sealed.hash;
  }

  @Field(() => [ChangeObject])
  get changes(): readonly ChangeObject[] {
    return recordedEvents(this.sealed).map((recorded) => new ChangeObject(this.image, recorded));
  }
}

export const ChangeConnection = connectionType('Change', () => ChangeObject);
