import { Field, Int, ObjectType } from 'type-graphql';
import type { SeenImage } from '../toolkit/seen-image.ts';

@ObjectType('Instance', {
  description: 'What belongs to no project: administrators and their tokens, in a log of its own.',
})
export class InstanceObject {
  constructor(readonly image: SeenImage) {}

  @Field(() => Int, { description: 'The newest commit of its log; 0 while there is none.' })
  get position(): number {
    return this.image.position;
  }
}
