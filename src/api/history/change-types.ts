import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { SealedCommit } from '../../event-sourcing/event.ts';
import { fieldChanges } from '../../history/field-changes.ts';
import { eventKey, type RecordedEvent } from '../../history/recorded-event.ts';
import type { AnyEvent } from '../../project/project-model.ts';
import { makeId } from '../../words/ids.ts';
import { connectionType } from '../toolkit/connection.ts';
import { DateTimeScalar } from '../toolkit/scalars.ts';
import { idIn, type SeenImage } from '../toolkit/seen-image.ts';
import { ActorType, NodeType } from '../toolkit/shared-types.ts';

/** What the API calls each stored event type. */
export const CHANGE_TYPES = {
  AccessGranted: 'ACCESS_GRANTED',
  AccessRevoked: 'ACCESS_REVOKED',
  AdministratorsSet: 'ADMINISTRATORS_SET',
  TokenIssued: 'TOKEN_ISSUED',
  TokenRevoked: 'TOKEN_REVOKED',
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
registerEnumType(ChangeTypeEnum, {
  name: 'ChangeType',
  description: 'What happened, in the past tense. More may come.',
  valuesConfig: {
    ACCESS_GRANTED: { description: 'Somebody was given a role, or another one.' },
    ACCESS_REVOKED: { description: 'Somebody lost their role.' },
    ADMINISTRATORS_SET: { description: "The server's settings name other administrators; in the instance's log." },
    TOKEN_ISSUED: { description: 'An API token was issued. Its fields are name, role and expiresAt.' },
    TOKEN_REVOKED: { description: 'An API token was revoked.' },
    PROJECT_CREATED: { description: 'The project came to be.' },
    PROJECT_UPDATED: { description: 'Its name, description or environments changed.' },
    CONFIG_PARAMETER_SET: { description: 'A parameter was made or changed.' },
    CONFIG_PARAMETER_DELETED: { description: 'A parameter was deleted.' },
    PROXY_CONNECTION_CREATED: { description: 'A proxy connection was made.' },
    PROXY_CONNECTION_UPDATED: { description: 'Fields of a proxy connection changed.' },
    PROXY_CONNECTION_DELETED: { description: 'A proxy connection was deleted.' },
    PROXY_CONNECTION_RESTORED: {
      description: 'A proxy connection was undeleted, or took the values of an earlier version.',
    },
    PROXY_TESTED: { description: 'A probe was run; no edit. Its fields are success, failure and environment.' },
    DATA_SOURCE_CREATED: { description: 'A data source was made.' },
    DATA_SOURCE_UPDATED: { description: 'Fields of a data source changed, other than its proxy connection.' },
    DATA_SOURCE_PROXY_ATTACHED: {
      description: 'A data source goes through a proxy connection, or through another one.',
    },
    DATA_SOURCE_PROXY_DETACHED: { description: 'A data source goes through no proxy connection any more.' },
    DATA_SOURCE_DELETED: { description: 'A data source was deleted.' },
    DATA_SOURCE_RESTORED: { description: 'A data source was undeleted, or took the values of an earlier version.' },
  } satisfies Record<ChangeTypeName, object>,
});

@ObjectType('FieldChange', {
  description: 'What became of one field. A secret field tells that it changed, never its value.',
})
export class FieldChangeType {
  @Field(() => String, {
    description: "The field's name in this API, e.g. host, values[prod], headers[X-Key], proxyConnectionId.",
  })
  readonly field!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'As GraphQL would write it, ids as resourceId; null if it had no value, if it was created just now, or if it is secret.',
  })
  readonly before!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'As GraphQL would write it, ids as resourceId; null if it has no value any more, or if it is secret.',
  })
  readonly after!: string | null;

  @Field(() => Boolean, { description: 'True: it changed, and neither value is told.' })
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

  @Field(() => ChangeTypeEnum, { description: 'What happened.' })
  get type(): ChangeTypeName {
    return CHANGE_TYPES[this.recorded.event.type];
  }

  @Field(() => CommitObject, { description: 'The commit that it came in: who, when and why.' })
  get commit(): CommitObject {
    return new CommitObject(this.image, this.recorded.sealed);
  }

  @Field(() => ID, {
    nullable: true,
    description: "The resource's resourceId; null for a probe of a draft without proxyConnectionId.",
  })
  get subjectId(): string | null {
    return this.recorded.event.subject?.id ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'Its name, or key, right after this change; null without a subject.',
  })
  get subjectName(): string | null {
    return this.recorded.event.subject?.name ?? null;
  }

  @Field(() => Int, { nullable: true, description: 'Its version right after this change; null without a subject.' })
  get version(): number | null {
    return this.recorded.event.subject?.version ?? null;
  }

  @Field(() => [FieldChangeType], {
    description: 'What changed of it; for a creation all that it has, for a deletion nothing.',
  })
  get fields(): readonly FieldChangeType[] {
    return fieldChanges(this.recorded.event);
  }
}

@ObjectType('Authority', { description: 'By what right something was done, as it was then.' })
export class AuthorityType {
  @Field(() => String, { description: 'The role that sufficed, or ADMINISTRATOR.' })
  readonly role!: string;

  @Field(() => String, {
    description:
      'Through what: own, group:NAME, token or administrator; of several that suffice the first in this order.',
  })
  readonly via!: string;
}

@ObjectType('Commit', { description: 'What one mutation appended, all or nothing.' })
export class CommitObject {
  constructor(
    readonly image: SeenImage,
    readonly sealed: SealedCommit,
  ) {}

  @Field(() => Int, { description: '1, 2, 3, ... without gaps within a project.' })
  get position(): number {
    return this.sealed.commit.position;
  }

  @Field(() => DateTimeScalar, {
    description: 'When the deciding server stamped it; never earlier than the commit before, perhaps the same.',
  })
  get at(): string {
    return this.sealed.commit.at;
  }

  @Field(() => ActorType, { description: 'Who did it, as they were called then.' })
  get actor(): ActorType {
    return new ActorType(this.sealed.commit.actor);
  }

  @Field(() => AuthorityType, {
    nullable: true,
    description: 'By what right they did it; null where no identities were configured.',
  })
  get authority(): AuthorityType | null {
    return this.sealed.commit.authority ?? null;
  }

  @Field(() => String, { nullable: true, description: 'Why, if the caller said so; else null.' })
  get reason(): string | null {
    return this.sealed.commit.reason ?? null;
  }

  @Field(() => String, { description: "SHA-256 over the previous commit's hash and this commit, hex." })
  get hash(): string {
    return this.sealed.hash;
  }
}

export const ChangeConnection = connectionType('Change', () => ChangeObject);
