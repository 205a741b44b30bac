import { Field, ID, InputType } from 'type-graphql';
import { DEFAULT_TYPE } from '../../data-sources/data-source-input.ts';
import type { DataSourceType } from '../../data-sources/data-sources.ts';
import { EditInput, MutationInput } from '../mutation-types.ts';
import { DataSourceTypeEnum } from './data-source-types.ts';

@InputType()
export class HeaderInput {
  @Field(() => String)
  name!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "May contain ${param}. Null keeps the stored value of a secret header with this name; not in a request's headers.",
  })
  value?: string | null;

  @Field(() => Boolean, { nullable: true, defaultValue: false })
  secret?: boolean | null;
}

@InputType()
export class CreateDataSourceInput extends MutationInput {
  @Field(() => String)
  projectKey!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  description?: string | null;

  @Field(() => DataSourceTypeEnum, { nullable: true, defaultValue: DEFAULT_TYPE })
  type?: DataSourceType | null;

  @Field(() => String)
  baseUrl!: string;

  @Field(() => [HeaderInput], { nullable: true, defaultValue: Object.freeze([]) })
  headers?: readonly HeaderInput[] | null;

  @Field(() => Boolean, { nullable: true, defaultValue: false })
  connectThroughProxy?: boolean | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Required when connectThroughProxy is true: an active proxy connection of the same project.',
  })
  proxyConnectionId?: string | null;
}

@InputType()
export class UpdateDataSourceInput extends EditInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => String, { nullable: true })
  description?: string | null;

  @Field(() => String, { nullable: true })
  baseUrl?: string | null;

  @Field(() => [HeaderInput], { nullable: true })
  headers?: HeaderInput[] | null;

  @Field(() => Boolean, { nullable: true })
  connectThroughProxy?: boolean | null;

  @Field(() => ID, { nullable: true })
  proxyConnectionId?: string | null;
}

@InputType()
export class DeleteInput extends EditInput {
  @Field(() => ID)
  id!: string;
}
