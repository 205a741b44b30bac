import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { CommitObject } from './history/change-types.ts';
import { UserErrorType } from './toolkit/shared-types.ts';

/** What every input that changes something takes besides its own fields. */
@InputType()
export class MutationInput {
  @Field(() => String, {
    nullable: true,
    description:
      '1-200 printable characters of your choice: the same key and input again by the same actor answers the first commit, and nothing is appended twice. Another input: IDEMPOTENCY_KEY_REUSED. Null: each request stands for itself.',
  })
  idempotencyKey?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Why, for those who read the history: kept on the commit, at most 2,000 characters. Null or empty: none is told.',
  })
  reason?: string | null;
}

/** The same, where a resource is named that somebody else may have edited meanwhile. */
@InputType()
export class EditInput extends MutationInput {
  @Field(() => Int, {
    nullable: true,
    description:
      'Refuse with VERSION_CONFLICT if the version is another one, because somebody edited it since. Null: whatever it is.',
  })
  expectedVersion?: number | null;
}

/** What every payload of such a mutation has besides its resource. */
@ObjectType()
export class MutationPayload {
  @Field(() => CommitObject, {
    nullable: true,
    description: 'What was appended; null when nothing had to change, or userErrors says why nothing was.',
  })
  readonly commit!: CommitObject | null;

  @Field(() => [UserErrorType], {
    description: 'What the caller can mend; empty when it was carried out. Nothing was appended when there is any.',
  })
  readonly userErrors!: readonly UserErrorType[];
}
