import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { CommitObject } from './history/change-types.ts';
import { UserErrorType } from './toolkit/shared-types.ts';

/** What every input that changes something takes besides its own fields. */
@InputType()
export class MutationInput {
  @Field(() => String, { nullable: true })
  idempotencyKey?: string | null;

  @Field(() => String, { nullable: true })
  reason?: string | null;
}

/** The same, where a resource is named that somebody else may have edited meanwhile. */
@InputType()
export class EditInput extends MutationInput {
  @Field(() => Int, { nullable: true })
  expectedVersion?: number | null;
}

/** What every payload of such a mutation has besides its resource. */
@ObjectType()
export class MutationPayload {
  @Field(() => CommitObject, { nullable: true })
  readonly commit!: CommitObject | null;

  @Field(() => [UserErrorType])
  readonly userErrors!: readonly UserErrorType[];
}
