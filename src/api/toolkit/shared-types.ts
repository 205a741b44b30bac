import { Field, ID, InputType, Int, InterfaceType, ObjectType, registerEnumType } from 'type-graphql';
import type { Audited } from '../../event-sourcing/audited.ts';
import type { Actor } from '../../event-sourcing/event.ts';
import { type Refusal, UserErrorCode } from '../../words/refusal.ts';
import { DateTimeScalar } from './scalars.ts';
import { idIn, type SeenImage } from './seen-image.ts';

@InterfaceType('Node')
export abstract class NodeType {
  @Field(() => ID)
  readonly id!: string;
}

export const ActorKind = { USER: 'USER', CLIENT: 'CLIENT', TOKEN: 'TOKEN', SYSTEM: 'SYSTEM' } as const;
registerEnumType(ActorKind, { name: 'ActorKind' });

@ObjectType('Actor')
export class ActorType {
  constructor(private readonly actor: Actor) {}

  @Field(() => String, {
    description: "Stable: 'local', 'x-actor:NAME', 'oidc:ISSUER#SUB', 'oidc-client:ISSUER#ID' or 'token:ID'.",
  })
  get identity(): string {
    return this.actor.id;
  }

  @Field(() => String)
  get name(): string {
    return this.actor.name;
  }

  @Field(() => ActorKind)
  get kind(): Actor['kind'] {
    return this.actor.kind;
  }
}

@InterfaceType('Audited', {
  description: "What every list view shows of a resource's history. A probe (testProxy) is not an edit.",
})
export abstract class AuditedType {
  @Field(() => ActorType)
  readonly createdBy!: ActorType;

  @Field(() => DateTimeScalar)
  readonly createdAt!: string;

  @Field(() => ActorType)
  readonly editedBy!: ActorType;

  @Field(() => DateTimeScalar)
  readonly editedAt!: string;

  @Field(() => Int, { description: '1 when created, +1 with each edit; pass it back as expectedVersion.' })
  readonly version!: number;

  @Field(() => ID, {
    description:
      'The same at every moment; id differs below asOf, so that clients which keep objects by id never mix two moments.',
  })
  readonly resourceId!: string;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Null while the resource is active.' })
  readonly deletedAt!: string | null;

  @Field(() => ActorType, { nullable: true })
  readonly deletedBy!: ActorType | null;
}

/** A row as the API shows it, with the image that it was read from: what is asked below it is answered from there too. */
export abstract class RowObject<Row extends Audited & { readonly id: string }> {
  constructor(
    readonly image: SeenImage,
    readonly row: Row,
  ) {}

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
  valuesConfig: {
    INVALID_VALUE: { description: "A field's value is not acceptable; the message says what is." },
    REQUIRED: { description: 'A field that this combination needs is missing, e.g. user when authType is BASIC.' },
    NAME_TAKEN: {
      description: 'Another active resource of the project has this name (compared trimmed, case-insensitively).',
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
  },
});

@ObjectType('UserError', { description: 'Something the caller can mend. Nothing was appended when any is returned.' })
export class UserErrorType {
  @Field(() => UserErrorCode)
  readonly code: UserErrorCode;

  @Field(() => String)
  readonly message: string;

  @Field(() => [String], { description: 'Where in the input, e.g. ["input", "host"].' })
  readonly path: readonly string[];

  constructor({ code, message, path }: Refusal) {
    this.code = code;
    this.message = message;
    this.path = path;
  }
}

export const OrderDirection = { ASC: 'ASC', DESC: 'DESC' } as const;
export type OrderDirection = keyof typeof OrderDirection;
registerEnumType(OrderDirection, { name: 'OrderDirection' });

export const ResourceStateEnum = { ACTIVE: 'ACTIVE', DELETED: 'DELETED', ANY: 'ANY' } as const;
registerEnumType(ResourceStateEnum, { name: 'ResourceState' });

@InputType({ description: "A moment of a project's log: exactly one of the two." })
export class AsOfInput {
  @Field(() => Int, { nullable: true, description: 'The state right after this commit.' })
  position?: number | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'The state as it stood at this instant.' })
  time?: string | null;
}

@ObjectType('PageInfo')
export class PageInfoType {
  @Field(() => Boolean)
  readonly hasNextPage!: boolean;

  @Field(() => Boolean)
  readonly hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true })
  readonly startCursor!: string | null;

  @Field(() => String, { nullable: true })
  readonly endCursor!: string | null;
}
