import { Field, ID, InputType } from 'type-graphql';
import type { ChangeMatch } from '../../history/change-filter.ts';
import type { AnyEvent } from '../../project/project-model.ts';
import { parseId, resourceIdOf } from '../../words/ids.ts';
import { identityText } from '../toolkit/filter-texts.ts';
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

/** An explicit null means left out. Throws a BAD_USER_INPUT error for what no actor can be called. */
export function matchOf(filter: ChangeFilter | null | undefined): ChangeMatch {
  const { types, subject, actor, since, until } = filter ?? {};
  const actorId = identityText('actor', actor);
  return {
    ...(types && { types: storedTypes(types) }),
    ...(typeof subject === 'string' && { subjects: parseId(subject) ? [resourceIdOf(subject)] : [] }),
    ...(actorId !== undefined && { actorId }),
    ...(typeof since === 'string' && { since }),
    ...(typeof until === 'string' && { until }),
  };
}

function storedTypes(names: readonly ChangeTypeName[]): AnyEvent['type'][] {
  const all = Object.keys(CHANGE_TYPES) as AnyEvent['type'][];
  return all.filter((type) => names.includes(CHANGE_TYPES[type]));
}
