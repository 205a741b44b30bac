import { Extensions, Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { ResourceState } from '../../event-sourcing/tables/list-indexes.ts';
import type { StoredValue } from '../../parameters/parameter-events.ts';
import { type ParameterRow, parameterOrders } from '../../parameters/parameter-view.ts';
import { EditInput, MutationInput, MutationPayload } from '../mutation-types.ts';
import { connectionType } from '../toolkit/connection.ts';
import { ROW_TELLS_ALL } from '../toolkit/row-tells-all.ts';
import { DateTimeScalar } from '../toolkit/scalars.ts';
import { AuditedType, NodeType, OrderDirection, ResourceStateEnum, RowObject } from '../toolkit/shared-types.ts';

@ObjectType('EnvironmentValue', { description: 'The value that a parameter has in one environment.' })
export class EnvironmentValueType {
  @Field(() => String, { description: "One of the project's." })
  readonly environment!: string;

  @Field(() => String, { nullable: true, description: 'At most 16 KiB; null if the parameter is secret.' })
  readonly value!: string | null;
}

@Extensions({ [ROW_TELLS_ALL]: true })
@ObjectType('ConfigParameter', {
  implements: [NodeType, AuditedType],
  description: 'A value that differs per environment; ${key} refers to it in hosts, ports, URLs and header values.',
})
export class ConfigParameterObject extends RowObject<ParameterRow> {
  @Field(() => String, {
    description:
      'Unique among the active ones of the project, where upper and lower case differ, e.g. corp.proxy.host.',
  })
  get key(): string {
    return this.row.parameter.key;
  }

  @Field(() => String, { nullable: true, description: 'At most 2,000 characters; null if there is none.' })
  get description(): string | null {
    return this.row.parameter.description;
  }

  @Field(() => Boolean, {
    description:
      "A secret parameter's values can be written, never read, and named only in secret headers of data sources. Fixed at creation.",
  })
  get secret(): boolean {
    return this.row.parameter.secret;
  }

  @Field(() => String, {
    nullable: true,
    description: 'Used where an environment has no value of its own; null if none, or if secret.',
  })
  get defaultValue(): string | null {
    return readable(this.row.parameter.defaultValue);
  }

  @Field(() => Boolean, {
    description: 'Whether it has a default; of a secret parameter too, whose default is not told.',
  })
  get hasDefaultValue(): boolean {
    return this.row.parameter.defaultValue !== null;
  }

  @Extensions({ [ROW_TELLS_ALL]: false })
  @Field(() => [EnvironmentValueType], {
    description: "One for each environment that has a value of its own, in the project's order.",
  })
  get values(): readonly EnvironmentValueType[] {
    const { values } = this.row.parameter;
    const environments = this.image.view.project?.project.fields.environments ?? [];
    return environments
      .filter((environment) => values.has(environment))
      .map((environment) => ({ environment, value: readable(values.get(environment)) }));
  }
}

function readable(value: StoredValue | null | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

export const ConfigParameterConnection = connectionType('ConfigParameter', () => ConfigParameterObject);

const ConfigParameterOrderField = Object.fromEntries(Object.keys(parameterOrders).map((name) => [name, name]));
registerEnumType(ConfigParameterOrderField, {
  name: 'ConfigParameterOrderField',
  description: 'What parameters are ordered by; those that are equal, by id.',
  valuesConfig: {
    KEY: { description: 'By their key, upper and lower case alike.' },
    EDITED_BY: { description: "By the name of the actor who edited them last, then by the actor's identity." },
    EDITED_AT: { description: 'By the time of their last edit.' },
    CREATED_AT: { description: 'By the time of their creation.' },
  },
});

@InputType({ description: 'An order of parameters; left out: by key, ascending.' })
export class ConfigParameterOrder {
  @Field(() => ConfigParameterOrderField, { description: 'What they are ordered by.' })
  field!: keyof typeof parameterOrders;

  @Field(() => OrderDirection, { nullable: true, defaultValue: OrderDirection.ASC, description: 'Null: ASC.' })
  direction?: OrderDirection | null;
}

@InputType({ description: 'Which parameters are wanted: those that fit all that is given.' })
export class ConfigParameterFilter {
  @Field(() => ResourceStateEnum, {
    nullable: true,
    defaultValue: ResourceStateEnum.ACTIVE,
    description: 'Whether deleted ones are wanted. Null: ACTIVE.',
  })
  state?: ResourceState | null;

  @Field(() => String, {
    nullable: true,
    description: 'A part of the key, upper and lower case alike, at most 1,000 characters. Null: every key.',
  })
  keyContains?: string | null;

  @Field(() => Boolean, { nullable: true, description: 'Only secret ones, or only the others. Null: both.' })
  secret?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: 'The identity of the actor who edited them last, e.g. x-actor:ada. Null: anybody.',
  })
  editedBy?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Edited last at this instant or later. Null: whenever.' })
  editedSince?: string | null;
}

@InputType({ description: 'A value for one environment.' })
export class EnvironmentValueInput {
  @Field(() => String, { description: "One of the project's; another is ENVIRONMENT_UNKNOWN." })
  environment!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'At most 16 KiB. Null keeps the stored value of a secret parameter in this environment; for one that is not secret, REQUIRED.',
  })
  value?: string | null;
}

@InputType({
  description:
    'A parameter to make, or to change if there is an active one of this key; a field that is left out stays.',
})
export class SetConfigParameterInput extends MutationInput {
  @Field(() => String, { description: 'Which project.' })
  projectKey!: string;

  @Field(() => String, {
    description: "Which parameter: letters, digits, '.', '_' and '-', at most 100, e.g. corp.proxy.host.",
  })
  key!: string;

  @Field(() => String, {
    nullable: true,
    description: 'At most 2,000 characters. Left out: stays; null or empty: none.',
  })
  description?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description:
      'Whether its values can never be read. Null: false when it is new, else as it is; another value later is INVALID_VALUE.',
  })
  secret?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: 'Used where an environment has no value of its own, at most 16 KiB. Left out: stays; null: none.',
  })
  defaultValue?: string | null;

  @Field(() => [EnvironmentValueInput], {
    nullable: true,
    description:
      'All values per environment, in place of those that there are; an empty list clears them. Left out: they stay; null: none when it is new, else REQUIRED.',
  })
  values?: EnvironmentValueInput[] | null;

  @Field(() => Int, {
    nullable: true,
    description:
      'Refuse with VERSION_CONFLICT if the version is another one; 0: it must not exist yet. Null: whatever it is.',
  })
  expectedVersion?: number | null;
}

@InputType({ description: 'A parameter to delete.' })
export class DeleteConfigParameterInput extends EditInput {
  @Field(() => String, { description: 'Which project.' })
  projectKey!: string;

  @Field(() => String, { description: 'Which parameter.' })
  key!: string;
}

@ObjectType({ description: 'What came of setting or deleting a parameter.' })
export class ConfigParameterPayload extends MutationPayload {
  @Field(() => ConfigParameterObject, {
    nullable: true,
    description: 'As of the commit, or now when nothing had to change; null when userErrors says why.',
  })
  readonly configParameter!: ConfigParameterObject | null;
}
