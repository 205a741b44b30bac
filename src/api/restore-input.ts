import { Field, ID, InputType, Int } from 'type-graphql';
import { EditInput } from './mutation-types.ts';

@InputType({ description: 'A resource to bring back, from its deletion or to an earlier version.' })
export class RestoreInput extends EditInput {
  @Field(() => ID, { description: "The resource's id, of any moment." })
  id!: string;

  @Field(() => Int, {
    nullable: true,
    description:
      'The version whose values come back, from 1. Null: the last one before the deletion; for an active resource REQUIRED.',
  })
  version?: number | null;
}
