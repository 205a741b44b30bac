import { Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { ResourceState } from '../../event-sourcing/tables/list-indexes.ts';
import type { StoredValue } from '../../parameters/parameter-events.ts';
import { type ParameterRow, parameterOrders } from '../../parameters/parameter-view.ts';
import { EditInput, MutationInput, MutationPayload } from '../mutation-types.ts';
import { connectionType } from '../toolkit/connection.ts';
import { DateTimeScalar } from '../toolkit/scalars.ts';
import { AuditedType, NodeType, OrderDirection, ResourceStateEnum, RowObject } from '../toolkit/shared-types.ts';

@ObjectType('EnvironmentValue')
export class EnvironmentValueType {
  @Field(() => String)
  readonly environment!: string;

  @Field(() => String, { nullable: true, description: 'Null if secret.' })
  readonly value!: string | null;
}

@ObjectType('ConfigParameter', {
  implements: [NodeType, AuditedType],
  description: 'A value that differs per environment; ${key} refers to it.',
})
export class ConfigParameterObject extends RowObject<ParameterRow> {
  @Field(() => String)
  get key(): string {
    return this.row.parameter.key;
  }

  @Field(() => String, { nullable: true })
  get description(): string | null {
    return this.row.parameter.description;
  }

  @Field(() => Boolean, {
    description: "A secret parameter's values can be written, never read. Fixed at creation.",
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
registerEnumType(ConfigParameterOrderField, { name: 'ConfigParameterOrderField' });

@InputType()
export class ConfigParameterOrder {
  @Field(() => ConfigParameterOrderField)
  field!: keyof typeof parameterOrders;

  @Field(() => OrderDirection, { nullable: true, defaultValue: OrderDirection.ASC })
  direction?: OrderDirection | null;
}

@InputType()
export class ConfigParameterFilter {
  @Field(() => ResourceStateEnum, { nullable: true, defaultValue: ResourceStateEnum.ACTIVE })
  state?: ResourceState | null;

  @Field(() => String, { nullable: true })
  keyContains?: string | null;

  @Field(() => Boolean, { nullable: true })
  secret?: boolean | null;

  @Field(() => String, { nullable: true, description: "An actor's identity." })
  editedBy?: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  editedSince?: string | null;
}

@InputType()
export class EnvironmentValueInput {
  @Field(() => String)
  environment!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Null keeps the stored value of a secret parameter in this environment.',
  })
  value?: string | null;
}

@InputType()
export class SetConfigParameterInput extends MutationInput {
  @Field(() => String)
  projectKey!: string;

  @Field(() => String, { description: "Letters, digits, '.', '_' and '-', e.g. corp.proxy.host." })
  key!: string;

  @Field(() => String, { nullable: true })
  description?: string | null;

  @Field(() => Boolean, { nullable: true })
  secret?: boolean | null;

  @Field(() => String, { nullable: true, description: 'Left out: stays; null: none.' })
  defaultValue?: string | null;

  @Field(() => [EnvironmentValueInput], {
    nullable: true,
    description: 'Replaces all values per environment when given.',
  })
  values?: EnvironmentValueInput[] | null;

  @Field(() => Int, { nullable: true, description: '0: it must not exist yet.' })
  expectedVersion?: number | null;
}

@InputType()
export class DeleteConfigParameterInput extends EditInput {
  @Field(() => String)
  projectKey!: string;

  @Field(() => String)
  key!: string;
}

@ObjectType()
export class ConfigParameterPayload extends MutationPayload {
  @Field(() => ConfigParameterObject, { nullable: true })
  readonly configParameter!: ConfigParameterObject | null;
}
