import { Field, ID, InputType, Int } from 'type-graphql';
import { EditInput } from './mutation-types.ts';

@InputType()
export class RestoreInput extends EditInput {
  @Field(() => ID)
  id!: string;

  @Field(() => Int, {
    nullable: true,
    description: 'The version whose values come back; left out: the last one before deletion.',
  })
  version?: number | null;
}
