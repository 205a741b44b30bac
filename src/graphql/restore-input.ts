import { Field, ID, InputType, Int } from 'type-graphql';

@InputType()
export class RestoreInput {
  @Field(() => ID)
  id!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'The version whose values come back; left out: the last one before deletion.',
  })
  version?: number | null;

  @Field(() => Int, { nullable: true })
  expectedVersion?: number | null;

  @Field(() => String, { nullable: true })
  idempotencyKey?: string | null;

  @Field(() => String, { nullable: true })
  reason?: string | null;
}
