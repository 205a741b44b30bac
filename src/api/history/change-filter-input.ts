import { Field, ID, InputType } from 'type-graphql';
import type { ChangeMatch } from '../../history/change-filter.ts';
import type { AnyEvent } from '../../project/project-model.ts';
import { resourceIdOf } from '../../words/ids.ts';
import { DateTimeScalar } from '../toolkit/scalars.ts';
import { CHANGE_TYPES, ChangeTypeEnum, type ChangeTypeName } from './change-types.ts';

@InputType()
export class ChangeFilter {
  @Field(() => [ChangeTypeEnum], { nullable: true })
  types?: ChangeTypeName[] | null;

  @Field(() => ID, { nullable: true, description: "A resource's id." })
  subject?: string | null;

  @Field(() => String, { nullable: true, description: "An actor's identity." })
  actor?: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  since?: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  until?: string | null;
}

/** An explicit null means left out. */
export function matchOf(filter: ChangeFilter | null | undefined): ChangeMatch {
  const { types, subject, actor, since, until } = filter ?? {};
  return {
    ...(types && { types: storedTypes(types) }),
    ...(typeof subject === 'string' && { subjects: [resourceIdOf(subject)] }),
    ...(typeof actor === 'string' && { actorId: actor }),
    ...(typeof since === 'string' && { since }),
    ...(typeof until === 'string' && { until }),
  };
}

function storedTypes(names: readonly ChangeTypeName[]): AnyEvent['type'][] {
  const all = Object.keys(CHANGE_TYPES) as AnyEvent['type'][];
  return all.filter((type) => names.includes(CHANGE_TYPES[type]));
}
