import { Extensions, Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { type DataSourceRow, dataSourceOrders } from '../../data-sources/data-source-view.ts';
import type { DataSourceType } from '../../data-sources/data-sources.ts';
import type { ResourceState } from '../../event-sourcing/tables/list-indexes.ts';
import { type DataSourceRouting, routingOf } from '../../project/routing.ts';
import { MutationPayload } from '../mutation-types.ts';
import { connectionType } from '../toolkit/connection.ts';
import { ROW_TELLS_ALL } from '../toolkit/row-tells-all.ts';
import { DateTimeScalar } from '../toolkit/scalars.ts';
import {
  AuditedType,
  NodeType,
  OrderDirection,
  ResourceStateEnum,
  RowObject,
  UserErrorType,
} from '../toolkit/shared-types.ts';

export const DataSourceTypeEnum = { RESTFUL_SYSTEM: 'RESTFUL_SYSTEM' } as const satisfies Record<
  DataSourceType,
  string
>;
registerEnumType(DataSourceTypeEnum, {
  name: 'DataSourceType',
  description: 'What kind of system is called. More may come.',
  valuesConfig: { RESTFUL_SYSTEM: { description: 'HTTP requests below a base URL.' } },
});

export const DataSourceRoutingEnum = {
  DIRECT: 'DIRECT',
  PROXY: 'PROXY',
  PROXY_DELETED: 'PROXY_DELETED',
} as const satisfies Record<DataSourceRouting, string>;
registerEnumType(DataSourceRoutingEnum, {
  name: 'DataSourceRouting',
  description: 'Which way the calls of a data source go.',
  valuesConfig: {
    DIRECT: { description: 'Calls go straight to the base URL.' },
    PROXY: { description: 'Calls go through proxyConnection.' },
    PROXY_DELETED: {
      description:
        'The proxy connection was deleted: calls are refused until another is attached, it is detached, or the proxy is restored.',
    },
  },
});

@ObjectType('Header', {
  description:
    'A header of a request or a response. A secret one of a data source can be written, never read: its value is null.',
})
export class HeaderType {
  @Field(() => String, { description: 'As typed or received; names are the same whatever their case.' })
  readonly name!: string;

  @Field(() => String, {
    nullable: true,
    description: 'May contain ${param} where it is one of a data source; null if secret.',
  })
  readonly value!: string | null;

  @Field(() => Boolean, { description: 'Whether its value is hidden; in a response, false.' })
  readonly secret!: boolean;
}

@Extensions({ [ROW_TELLS_ALL]: true })
@ObjectType('DataSource', {
  implements: [NodeType, AuditedType],
  description: 'A system that is called, straight or through a proxy connection of the same project.',
})
export class DataSourceObject extends RowObject<DataSourceRow> {
  @Field(() => String, {
    description:
      'At most 100 characters; unique among the active ones of the project, trimmed, upper and lower case alike.',
  })
  get name(): string {
    return this.row.source.fields.name;
  }

  @Field(() => String, { nullable: true, description: 'At most 2,000 characters; null if there is none.' })
  get description(): string | null {
    return this.row.source.fields.description;
  }

  @Field(() => DataSourceTypeEnum, { description: 'What kind of system is called.' })
  get type(): DataSourceType {
    return this.row.source.fields.type;
  }

  @Field(() => String, {
    description: 'An http or https URL without credentials, query and fragment; may contain ${param}.',
  })
  get baseUrl(): string {
    return this.row.source.fields.baseUrl;
  }

  @Field(() => [HeaderType], { description: 'Sent with every call, in order; at most 50.' })
  get headers(): readonly HeaderType[] {
    return this.row.source.fields.headers.map((header) =>
      'secretRef' in header
        ? { name: header.name, value: null, secret: true }
        : { name: header.name, value: header.value, secret: false },
    );
  }

  @Field(() => Boolean, {
    description:
      'Whether calls must go through a proxy connection: they never go straight then, whatever becomes of it.',
  })
  get connectThroughProxy(): boolean {
    return this.row.source.proxyConnectionId !== null;
  }

  @Extensions({ [ROW_TELLS_ALL]: false })
  @Field(() => DataSourceRoutingEnum, { description: 'Which way calls go now.' })
  get routing(): DataSourceRouting {
    return routingOf(this.row.source, this.image.view.proxies);
  }
}

export const DataSourceConnection = connectionType('DataSource', () => DataSourceObject);

const DataSourceOrderField = Object.fromEntries(Object.keys(dataSourceOrders).map((name) => [name, name]));
registerEnumType(DataSourceOrderField, {
  name: 'DataSourceOrderField',
  description: 'What data sources are ordered by; those that are equal, by id.',
  valuesConfig: {
    NAME: { description: 'By their name, upper and lower case alike.' },
    EDITED_BY: { description: "By the name of the actor who edited them last, then by the actor's identity." },
    EDITED_AT: { description: 'By the time of their last edit.' },
    CREATED_AT: { description: 'By the time of their creation.' },
  },
});

@InputType({ description: 'An order of data sources; left out: by name, ascending.' })
export class DataSourceOrder {
  @Field(() => DataSourceOrderField, { description: 'What they are ordered by.' })
  field!: keyof typeof dataSourceOrders;

  @Field(() => OrderDirection, { nullable: true, defaultValue: OrderDirection.ASC, description: 'Null: ASC.' })
  direction?: OrderDirection | null;
}

@InputType({ description: 'Which data sources are wanted: those that fit all that is given.' })
export class DataSourceFilter {
  @Field(() => ResourceStateEnum, {
    nullable: true,
    defaultValue: ResourceStateEnum.ACTIVE,
    description: 'Whether deleted ones are wanted. Null: ACTIVE.',
  })
  state?: ResourceState | null;

  @Field(() => String, {
    nullable: true,
    description: 'A part of the name, upper and lower case alike, at most 1,000 characters. Null: every name.',
  })
  nameContains?: string | null;

  @Field(() => DataSourceRoutingEnum, {
    nullable: true,
    description: 'Only those whose calls go this way. Null: whichever way.',
  })
  routing?: DataSourceRouting | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "A proxy connection's id, of any moment: only those attached to it, be it deleted. Null: to any, or none.",
  })
  proxyConnection?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The identity of the actor who edited them last, e.g. x-actor:ada. Null: anybody.',
  })
  editedBy?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Edited last at this instant or later. Null: whenever.' })
  editedSince?: string | null;
}

@ObjectType({ description: 'What came of creating, updating, deleting or restoring a data source.' })
export class DataSourcePayload extends MutationPayload {
  @Field(() => DataSourceObject, {
    nullable: true,
    description: 'As of the commit, or now when nothing had to change; null when userErrors says why.',
  })
  readonly dataSource!: DataSourceObject | null;
}

@ObjectType('CurlPreview', { description: 'A call as a curl command, in two forms.' })
export class CurlPreviewType {
  @Field(() => String, {
    nullable: true,
    description:
      "For people: without the route's fine print, every secret masked. Null when it can not be made; userErrors says why.",
  })
  readonly command!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The same call as a command that runs as the runtime would: --noproxy \'\' (so that NO_PROXY does not bypass), --proxy-cacert, the time limit, and the secrets as "$VARIABLES" to be set first. Null as command is.',
  })
  readonly script!: string | null;

  @Field(() => [UserErrorType], {
    description: 'Why there is no command, e.g. PARAMETER_UNDEFINED; empty when there is one.',
  })
  readonly userErrors!: readonly UserErrorType[];
}
