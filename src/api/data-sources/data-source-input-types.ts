import { Field, ID, InputType } from 'type-graphql';
import { DEFAULT_TYPE } from '../../data-sources/data-source-input.ts';
import type { DataSourceType } from '../../data-sources/data-sources.ts';
import { EditInput, MutationInput } from '../mutation-types.ts';
import { DataSourceTypeEnum } from './data-source-types.ts';

@InputType({
  description: 'A header to send. Names that the server itself sets, such as Host or Proxy-*, are INVALID_VALUE.',
})
export class HeaderInput {
  @Field(() => String, {
    description: 'A token of RFC 9110, at most 100 characters; once in a list, whatever its case.',
  })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description:
      "At most 8 KiB; may contain ${param}. Null keeps the stored value of a secret header with this name; where there is none, and in a request's headers, REQUIRED.",
  })
  value?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: "Whether its value can never be read; in a request's headers it only masks. Null: false.",
  })
  secret?: boolean | null;
}

@InputType({ description: 'A new data source.' })
export class CreateDataSourceInput extends MutationInput {
  @Field(() => String, { description: 'Which project.' })
  projectKey!: string;

  @Field(() => String, {
    description: 'At most 100 characters, at least one of them visible; unique among the active ones of the project.',
  })
  name!: string;

  @Field(() => String, { nullable: true, description: 'At most 2,000 characters. Null or empty: none.' })
  description?: string | null;

  @Field(() => DataSourceTypeEnum, {
    nullable: true,
    defaultValue: DEFAULT_TYPE,
    description: 'What kind of system is called. Null: RESTFUL_SYSTEM.',
  })
  type?: DataSourceType | null;

  @Field(() => String, {
    description:
      'An http or https URL without credentials, query and fragment, at most 8 KiB; may contain ${param}. White space around it is dropped; in a parameter it is refused.',
  })
  baseUrl!: string;

  @Field(() => [HeaderInput], {
    nullable: true,
    defaultValue: Object.freeze([]),
    description: 'Sent with every call; at most 50. Null: none.',
  })
  headers?: readonly HeaderInput[] | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description: 'Whether calls must go through a proxy connection. Null: false.',
  })
  connectThroughProxy?: boolean | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'Required when connectThroughProxy is true: the id, of any moment, of an active proxy connection of the same project. Null: none.',
  })
  proxyConnectionId?: string | null;
}

@InputType({ description: 'Changes to a data source; a field that is left out stays.' })
export class UpdateDataSourceInput extends EditInput {
  @Field(() => ID, { description: "The data source's id, of any moment." })
  id!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'At most 100 characters, at least one of them visible; unique among the active ones of the project. Left out: stays; null: REQUIRED.',
  })
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'At most 2,000 characters. Left out: stays; null or empty: none.',
  })
  description?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'An http or https URL without credentials, query and fragment, at most 8 KiB; may contain ${param}. Values of secret headers are needed again when its origin changes. Left out: stays; null: REQUIRED.',
  })
  baseUrl?: string | null;

  @Field(() => [HeaderInput], {
    nullable: true,
    description:
      'All that there shall be, in place of those that there are; at most 50. Left out: they stay; null: REQUIRED.',
  })
  headers?: HeaderInput[] | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'False also detaches the proxy connection. Left out: stays; null: REQUIRED.',
  })
  connectThroughProxy?: boolean | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'The id, of any moment, of an active proxy connection of the same project, to attach. Left out: stays; null: none, which connectThroughProxy does not allow.',
  })
  proxyConnectionId?: string | null;
}

@InputType({ description: 'A data source to delete.' })
export class DeleteInput extends EditInput {
  @Field(() => ID, { description: "The data source's id, of any moment." })
  id!: string;
}
