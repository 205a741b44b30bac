import { Field, ID, InputType, ObjectType } from 'type-graphql';
import type { Role } from '../../access/roles.ts';
import type { TokenRow } from '../../access/token-view.ts';
import { MutationInput, MutationPayload } from '../mutation-types.ts';
import { connectionType } from '../toolkit/connection.ts';
import { DateTimeScalar } from '../toolkit/scalars.ts';
import { idIn, type SeenImage } from '../toolkit/seen-image.ts';
import { ActorType, NodeType } from '../toolkit/shared-types.ts';
import { RoleEnum } from './access-types.ts';

@ObjectType('ApiToken', {
  implements: NodeType,
  description: 'A credential of automation: for one project in one role, or for an administrator of the instance.',
})
export class ApiTokenObject {
  constructor(
    private readonly image: SeenImage,
    readonly row: TokenRow,
  ) {}

  get id(): string {
    return idIn(this.image, this.row.id);
  }

  @Field(() => ID, { description: 'The same at every moment; id differs below asOf.' })
  get resourceId(): string {
    return this.row.id;
  }

  @Field(() => String, { description: 'At most 100 characters; what it is for. Several may have the same.' })
  get name(): string {
    return this.row.token.name;
  }

  @Field(() => RoleEnum, { nullable: true, description: 'What it may do in its project; null: administrator.' })
  get role(): Role | null {
    return this.row.token.role;
  }

  @Field(() => DateTimeScalar, { nullable: true, description: 'From when on it is refused; null: it does not expire.' })
  get expiresAt(): string | null {
    return this.row.token.expiresAt;
  }

  @Field(() => ActorType, { description: 'Who issued it.' })
  get createdBy(): ActorType {
    return new ActorType(this.row.createdBy);
  }

  @Field(() => DateTimeScalar, { description: 'When it was issued.' })
  get createdAt(): string {
    return this.row.createdAt;
  }

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was revoked; null while it is not.' })
  get revokedAt(): string | null {
    return this.row.deletedAt ?? null;
  }

  @Field(() => ActorType, { nullable: true, description: 'Who revoked it; null while it is not revoked.' })
  get revokedBy(): ActorType | null {
    return this.row.deletedBy ? new ActorType(this.row.deletedBy) : null;
  }
}

export const ApiTokenConnection = connectionType('ApiToken', () => ApiTokenObject);

@InputType({ description: 'A new token.' })
export class IssueTokenInput extends MutationInput {
  @Field(() => String, {
    nullable: true,
    description: "Which project. Null: none, an administrator's token, which administrators alone may issue.",
  })
  projectKey?: string | null;

  @Field(() => String, { description: 'What it is for: at most 100 characters, at least one of them visible.' })
  name!: string;

  @Field(() => RoleEnum, {
    nullable: true,
    description: 'What it may do in the project; REQUIRED with projectKey, and INVALID_VALUE without.',
  })
  role?: Role | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'From when on it is refused: at most 366 days ahead, and no later than the token that issues it ends. Null: in 90 days, or when that token ends.',
  })
  expiresAt?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'That it never expires: INVALID_VALUE unless the server was started with TOKENS_WITHOUT_EXPIRY=on.',
  })
  neverExpires?: boolean | null;
}

@InputType({ description: 'Which token is not to be taken any more.' })
export class RevokeTokenInput extends MutationInput {
  @Field(() => ID, { description: "The token's id, of any moment, or its resourceId." })
  id!: string;
}

@ObjectType({ description: 'What became of a token.' })
export class TokenPayload extends MutationPayload {
  @Field(() => ApiTokenObject, {
    nullable: true,
    description: 'As of the commit, or now when nothing had to change; null when userErrors says why.',
  })
  readonly token!: ApiTokenObject | null;
}

@ObjectType({ description: 'What came of issuing a token.' })
export class IssueTokenPayload extends TokenPayload {
  @Field(() => String, {
    nullable: true,
    description:
      'The text of the token, plt_…, this once: it is kept nowhere. Null when an earlier request is answered again, and with userErrors.',
  })
  readonly secret!: string | null;
}
