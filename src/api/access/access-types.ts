import { Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type { GrantRow } from '../../access/access-view.ts';
import { PRINCIPAL_KINDS, type PrincipalKind } from '../../access/principals.ts';
import { ROLES, type Role } from '../../access/roles.ts';
import { MutationInput, MutationPayload } from '../mutation-types.ts';
import { ProjectObject } from '../projects/project-types.ts';
import { connectionType } from '../toolkit/connection.ts';
import { DateTimeScalar } from '../toolkit/scalars.ts';
import { ActorType } from '../toolkit/shared-types.ts';

export const RoleEnum = Object.fromEntries(ROLES.map((role) => [role, role]));
registerEnumType(RoleEnum, {
  name: 'Role',
  description: 'What somebody may do in a project, from the least. Several grants add up.',
  valuesConfig: {
    VIEWER: { description: 'Read resources, history, curl previews, subscriptions, any past.' },
    AUDITOR: { description: 'What a VIEWER may, and read grants and tokens.' },
    OPERATOR: { description: 'What a VIEWER may, and probe proxies and call data sources.' },
    EDITOR: { description: 'What an OPERATOR may, and change proxies, data sources and parameters.' },
    OWNER: { description: 'All of that, and change the project, its grants and its tokens.' },
  } satisfies Record<Role, object>,
});

export const PrincipalKindEnum = Object.fromEntries(PRINCIPAL_KINDS.map((kind) => [kind, kind]));
registerEnumType(PrincipalKindEnum, {
  name: 'PrincipalKind',
  description: 'Whom a role can be given to.',
  valuesConfig: {
    USER: {
      description: 'Somebody by the sub of their tokens; a machine too where its token does not tell that it is one.',
    },
    CLIENT: { description: 'A client of the identity provider that acts for itself.' },
    GROUP: { description: 'Everybody whose token names this group.' },
    TOKEN: { description: 'An API token. It has the role that it was issued with.' },
  } satisfies Record<PrincipalKind, object>,
});

@ObjectType('Principal', { description: 'Somebody, or some, whom a role can be given to.' })
export class PrincipalType {
  @Field(() => PrincipalKindEnum, { description: 'What kind of being it is.' })
  readonly kind!: PrincipalKind;

  @Field(() => String, { description: "ISSUER#SUB, ISSUER#ID, a group's name, or a token's id." })
  readonly identity!: string;

  @Field(() => String, {
    nullable: true,
    description: 'As they were called when they last changed something here; null if they never did.',
  })
  readonly name!: string | null;
}

@ObjectType('AccessGrant', { description: 'A role that somebody was given in a project.' })
export class AccessGrantType {
  constructor(private readonly row: GrantRow) {}

  @Field(() => PrincipalType, { description: 'Who has it.' })
  get principal(): PrincipalType {
    const { kind, identity, name = null } = this.row;
    return { kind, identity, name };
  }

  @Field(() => RoleEnum, { description: 'What they may do.' })
  get role(): Role {
    return this.row.role;
  }

  @Field(() => ActorType, { description: 'Who gave it.' })
  get grantedBy(): ActorType {
    return new ActorType(this.row.grantedBy);
  }

  @Field(() => DateTimeScalar, { description: 'When it was given; of another role before it, this one.' })
  get grantedAt(): string {
    return this.row.grantedAt;
  }

  @Field(() => String, { nullable: true, description: 'Why, if whoever gave it said so; else null.' })
  get reason(): string | null {
    return this.row.reason ?? null;
  }
}

export const AccessGrantConnection = connectionType('AccessGrant', () => AccessGrantType);

@InputType({ description: 'A role for somebody. Each has one grant in a project: granting again changes its role.' })
export class GrantAccessInput extends MutationInput {
  @Field(() => String, { description: 'Which project.' })
  projectKey!: string;

  @Field(() => PrincipalKindEnum, {
    description: 'What kind of being gets it; TOKEN is INVALID_VALUE: issueToken is for those.',
  })
  kind!: PrincipalKind;

  @Field(() => String, {
    description:
      "ISSUER#SUB of a user and ISSUER#ID of a client, the issuer to the letter as in its tokens; a group's name as in its tokens.",
  })
  identity!: string;

  @Field(() => RoleEnum, { description: "What they may do. Less for the project's last OWNER is LAST_OWNER." })
  role!: Role;
}

@InputType({ description: 'Whose role shall end.' })
export class RevokeAccessInput extends MutationInput {
  @Field(() => String, { description: 'Which project.' })
  projectKey!: string;

  @Field(() => PrincipalKindEnum, {
    description: 'What kind of being loses it; TOKEN is INVALID_VALUE: revokeToken is for those.',
  })
  kind!: PrincipalKind;

  @Field(() => String, {
    description: 'As it was granted. One that never had a role is NOT_FOUND; the last OWNER is LAST_OWNER.',
  })
  identity!: string;
}

@ObjectType({ description: 'What became of a grant.' })
export class AccessPayload extends MutationPayload {
  @Field(() => AccessGrantType, {
    nullable: true,
    description: 'As it is now; null once revoked, and with userErrors.',
  })
  readonly grant!: AccessGrantType | null;

  @Field(() => ProjectObject, { nullable: true, description: 'The project that it is of; null with userErrors.' })
  readonly project!: ProjectObject | null;
}
