import { Extensions, Field, ID, InputType, Int, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import type { Audited } from '../../event-sourcing/audited.ts';
import type { Actor } from '../../event-sourcing/event.ts';
import { type Refusal, UserErrorCode } from '../../words/refusal.ts';
import type { Page } from './paging.ts';
import { ROW_TELLS_ALL } from './row-tells-all.ts';
import { DateTimeScalar } from './scalars.ts';
import { idIn, type SeenImage } from './seen-image.ts';

@InterfaceType('Node', { description: 'Anything that node finds by its id.' })
export abstract class NodeType {
  @Field(() => ID, {
    description:
      'Opaque. Below project(asOf:) it carries the position, so that one id names one object in one state; elsewhere it means the newest state.',
  })
  readonly id!: string;
}

export const ActorKind = { USER: 'USER', CLIENT: 'CLIENT', TOKEN: 'TOKEN', SYSTEM: 'SYSTEM' } as const;
registerEnumType(ActorKind, {
  name: 'ActorKind',
  description: 'What kind of being an actor is.',
  valuesConfig: {
    USER: { description: 'A person, or whoever names themselves: by X-Actor, or by nothing at all.' },
    CLIENT: { description: 'A client of the identity provider that acts for itself.' },
    TOKEN: { description: 'Automation that holds a token.' },
    SYSTEM: { description: 'The server itself.' },
  },
});

@Extensions({ [ROW_TELLS_ALL]: true })
@ObjectType('Actor', {
  description:
    'Who did something. No node, and without an id on purpose: the name is that of the moment, so two of one identity may differ.',
})
export class ActorType {
  constructor(private readonly actor: Actor) {}

  @Field(() => String, {
    description:
      "Stable over time: 'local', 'x-actor:NAME', 'oidc:ISSUER#SUB', 'oidc-client:ISSUER#ID' or 'token:ID'. What filters by actor take.",
  })
  get identity(): string {
    return this.actor.id;
  }

  @Field(() => String, { description: 'To show to people; as it was when the commit was made.' })
  get name(): string {
    return this.actor.name;
  }

  @Field(() => ActorKind, { description: 'What kind of being it is.' })
  get kind(): Actor['kind'] {
    return this.actor.kind;
  }
}

@InterfaceType('Audited', {
  description: "What every list view shows of a resource's history. A probe (testProxy) is not an edit.",
})
export abstract class AuditedType {
  @Field(() => ActorType, { description: 'Who made it.' })
  readonly createdBy!: ActorType;

  @Field(() => DateTimeScalar, { description: 'When it was made: the time of its first commit.' })
  readonly createdAt!: string;

  @Field(() => ActorType, {
    description:
      'Who edited it last; its creator, while nobody has. A probe is no edit, nor is the deletion of a proxy an edit of what uses it.',
  })
  readonly editedBy!: ActorType;

  @Field(() => DateTimeScalar, { description: 'When it was edited last.' })
  readonly editedAt!: string;

  @Field(() => Int, {
    description: '1 when created, +1 with each edit, deletion and restoration; pass it back as expectedVersion.',
  })
  readonly version!: number;

  @Field(() => ID, {
    description:
      'The same at every moment; id differs below asOf, so that clients which keep objects by id never mix two moments.',
  })
  readonly resourceId!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it was deleted; null while the resource is active.',
  })
  readonly deletedAt!: string | null;

  @Field(() => ActorType, { nullable: true, description: 'Who deleted it; null while the resource is active.' })
  readonly deletedBy!: ActorType | null;
}

/** A row as the API shows it, with the image that it was read from: what is asked below it is answered from there too. */
export abstract class RowObject<Row extends Audited & { readonly id: string }> {
  constructor(
    readonly image: SeenImage,
    readonly row: Row,
  ) {}

  /** The row, where it is all that most members look at: see `ROW_TELLS_ALL`. */
  get shown(): object {
    return this.row;
  }

  /** What else tells the ids that it and what is below it have: see `RowShown`. */
  get moment(): number | undefined {
    return this.image.isAsOf ? this.image.position : undefined;
  }

  get id(): string {
    return idIn(this.image, this.row.id);
  }

  get resourceId(): string {
    return this.row.id;
  }

  get createdBy(): ActorType {
    return new ActorType(this.row.createdBy);
  }

  get createdAt(): string {
    return this.row.createdAt;
  }

  get editedBy(): ActorType {
    return new ActorType(this.row.editedBy);
  }

  get editedAt(): string {
    return this.row.editedAt;
  }

  get version(): number {
    return this.row.version;
  }

  get deletedAt(): string | null {
    return this.row.deletedAt ?? null;
  }

  get deletedBy(): ActorType | null {
    return this.row.deletedBy ? new ActorType(this.row.deletedBy) : null;
  }
}

registerEnumType(UserErrorCode, {
  name: 'UserErrorCode',
  description: 'What kind of thing the caller can mend. More may come.',
  valuesConfig: {
    INVALID_VALUE: { description: "A field's value is not acceptable; the message says what is." },
    REQUIRED: { description: 'A field that this combination needs is missing, e.g. user when authType is BASIC.' },
    NAME_TAKEN: {
      description: 'Another active resource of the project has this name (compared trimmed, case-insensitively).',
    },
    NOT_FOUND: {
      description:
        'What the input names is not there: no such project or resource, one of another project, or a deleted one where only an active one will do.',
    },
    ENVIRONMENT_UNKNOWN: {
      description: 'The project has no environment of this name; the message lists those that it has.',
    },
    VERSION_CONFLICT: { description: 'expectedVersion is not the current version; the message names both.' },
    IDEMPOTENCY_KEY_REUSED: { description: 'The idempotency key was used before with another input.' },
    PARAMETER_UNDEFINED: {
      description: 'A template names parameters that have no value in this environment; the message lists them.',
    },
    PROXY_CONNECTION_DELETED: {
      description: "The data source's proxy connection was deleted; it never falls back to a direct connection.",
    },
    IN_USE: { description: 'The deletion was asked to fail while in use, and it is in use.' },
    EGRESS_DENIED: { description: 'The egress policy forbids this address as a target.' },
    SECRET_UNAVAILABLE: { description: 'A stored secret is gone, or no configured key decrypts it; give it again.' },
    FORBIDDEN: {
      description:
        'An OWNER may do this, as it decides where a stored secret goes; the message names the resources that have one.',
    },
    LAST_OWNER: { description: "The project's last grant of OWNER can neither be revoked nor be made less." },
  },
});

@ObjectType('UserError', { description: 'Something the caller can mend. Nothing was appended when any is returned.' })
export class UserErrorType {
  @Field(() => UserErrorCode, { description: 'For programs.' })
  readonly code: UserErrorCode;

  @Field(() => String, {
    description: 'For people, in English: what is wrong, and what would be acceptable. Never holds a secret.',
  })
  readonly message: string;

  @Field(() => [String], {
    description: 'Where in the input, e.g. ["input", "host"]; items of lists by their index from "0".',
  })
  readonly path: readonly string[];

  constructor({ code, message, path }: Refusal) {
    this.code = code;
    this.message = message;
    this.path = path;
  }
}

export const OrderDirection = { ASC: 'ASC', DESC: 'DESC' } as const;
export type OrderDirection = keyof typeof OrderDirection;
registerEnumType(OrderDirection, {
  name: 'OrderDirection',
  description: 'Which end of a list comes first.',
  valuesConfig: {
    ASC: { description: 'A before Z, old before new.' },
    DESC: { description: 'Z before A, new before old.' },
  },
});

export const ResourceStateEnum = { ACTIVE: 'ACTIVE', DELETED: 'DELETED', ANY: 'ANY' } as const;
registerEnumType(ResourceStateEnum, {
  name: 'ResourceState',
  description: 'Whether resources are wanted that are in use, or deleted ones.',
  valuesConfig: {
    ACTIVE: { description: 'Not deleted, or restored.' },
    DELETED: { description: 'Deleted, and not restored since.' },
    ANY: { description: 'Both.' },
  },
});

@InputType({ description: "A moment of a project's log: exactly one of the two; anything else is BAD_USER_INPUT." })
export class AsOfInput {
  @Field(() => Int, {
    nullable: true,
    description: 'The state right after this commit, from 1; beyond the head is BAD_USER_INPUT. Null: left out.',
  })
  position?: number | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      "The state as it stood at this instant: after the last commit that is not later. Beyond the newest commit's time it may still change. Null: left out.",
  })
  time?: string | null;
}

@ObjectType('PageInfo', { description: 'Whether there is more, and where to go on.' })
export class PageInfoType {
  constructor(private readonly page: Omit<Page<unknown>, 'total'>) {}

  @Field(() => Boolean, { description: 'Whether more follow behind this page.' })
  get hasNextPage(): boolean {
    return this.page.hasNextPage;
  }

  @Field(() => Boolean, { description: 'Whether more come before this page.' })
  get hasPreviousPage(): boolean {
    return this.page.hasPreviousPage;
  }

  @Field(() => String, {
    nullable: true,
    description: "The first entry's cursor, for before; null when the page is empty.",
  })
  get startCursor(): string | null {
    return this.cursorOf(this.page.entries[0]);
  }

  @Field(() => String, {
    nullable: true,
    description: "The last entry's cursor, for after; null when the page is empty.",
  })
  get endCursor(): string | null {
    return this.cursorOf(this.page.entries.at(-1));
  }

  private cursorOf(entry: readonly [key: string, entry: unknown] | undefined): string | null {
    return entry ? this.page.cursorOf(entry[0]) : null;
  }
}
