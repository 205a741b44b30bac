import { Field, ID, InputType } from 'type-graphql';
import type { ChangeMatch } from '../../history/change-filter.ts';
import type { AnyEvent } from '../../project/project-model.ts';
import { parseId, resourceIdOf } from '../../words/ids.ts';
import { identityText } from '../toolkit/filter-texts.ts';
import { DateTimeScalar } from '../toolkit/scalars.ts';
import { CHANGE_TYPES, ChangeTypeEnum, type ChangeTypeName } from './change-types.ts';

@InputType({ description: 'Which changes are wanted: those that fit all that is given.' })
export class ChangeFilter {
  @Field(() => [ChangeTypeEnum], {
    nullable: true,
    description: 'Only changes of these kinds; an empty list fits none. Null: of any kind.',
  })
  types?: ChangeTypeName[] | null;

  @Field(() => ID, {
    nullable: true,
    description: "A resource's id, of any moment, or its resourceId: only changes of it. Null: of anything.",
  })
  subject?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "An actor's identity, e.g. x-actor:ada: only what they did. Null: anybody.",
  })
  actor?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'At this instant or later. Null: from the beginning.' })
  since?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Before this instant. Null: to the end.' })
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
