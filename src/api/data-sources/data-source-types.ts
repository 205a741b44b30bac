import { Field, ID, InputType, ObjectType, registerEnumType } from 'type-graphql';
import { type DataSourceRow, dataSourceOrders } from '../../data-sources/data-source-view.ts';
import type { DataSourceType } from '../../data-sources/data-sources.ts';
import type { ResourceState } from '../../event-sourcing/tables/list-indexes.ts';
import { type DataSourceRouting, routingOf } from '../../project/routing.ts';
import { MutationPayload } from '../mutation-types.ts';
import { connectionType } from '../toolkit/connection.ts';
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
registerEnumType(DataSourceTypeEnum, { name: 'DataSourceType' });

export const DataSourceRoutingEnum = {
  DIRECT: 'DIRECT',
  PROXY: 'PROXY',
  PROXY_DELETED: 'PROXY_DELETED',
} as const satisfies Record<DataSourceRouting, string>;
registerEnumType(DataSourceRoutingEnum, {
  name: 'DataSourceRouting',
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
  description: 'A header sent with every call. A secret one can be written, never read: its value is null.',
})
export class HeaderType {
  @Field(() => String)
  readonly name!: string;

  @Field(() => String, { nullable: true })
  readonly value!: string | null;

  @Field(() => Boolean)
  readonly secret!: boolean;
}

@ObjectType('DataSource', { implements: [NodeType, AuditedType] })
export class DataSourceObject extends RowObject<DataSourceRow> {
  @Field(() => String)
  get name(): string {
    return this.row.source.fields.name;
  }

  @Field(() => String, { nullable: true })
  get description(): string | null {
    return this.row.source.fields.description;
  }

  @Field(() => DataSourceTypeEnum)
  get type(): DataSourceType {
    return this.row.source.fields.type;
  }

  @Field(() => String, { description: 'An http or https URL; may contain ${param}.' })
  get baseUrl(): string {
    return this.row.source.fields.baseUrl;
  }

  @Field(() => [HeaderType])
  get headers(): readonly HeaderType[] {
    return this.row.source.fields.headers.map((header) =>
      'secretRef' in header
        ? { name: header.name, value: null, secret: true }
        : { name: header.name, value: header.value, secret: false },
    );
  }

  @Field(() => Boolean)
  get connectThroughProxy(): boolean {
    return this.row.source.proxyConnectionId !== null;
  }

  @Field(() => DataSourceRoutingEnum)
  get routing(): DataSourceRouting {
    return routingOf(this.row.source, this.image.view.proxies);
  }
}

export const DataSourceConnection = connectionType('DataSource', () => DataSourceObject);

const DataSourceOrderField = Object.fromEntries(Object.keys(dataSourceOrders).map((name) => [name, name]));
registerEnumType(DataSourceOrderField, { name: 'DataSourceOrderField' });

@InputType()
export class DataSourceOrder {
  @Field(() => DataSourceOrderField)
  field!: keyof typeof dataSourceOrders;

  @Field(() => OrderDirection, { nullable: true, defaultValue: OrderDirection.ASC })
  direction?: OrderDirection | null;
}

@InputType()
export class DataSourceFilter {
  @Field(() => ResourceStateEnum, { nullable: true, defaultValue: ResourceStateEnum.ACTIVE })
  state?: ResourceState | null;

  @Field(() => String, { nullable: true })
  nameContains?: string | null;

  @Field(() => DataSourceRoutingEnum, { nullable: true })
  routing?: DataSourceRouting | null;

  @Field(() => ID, { nullable: true, description: "A proxy connection's id." })
  proxyConnection?: string | null;

  @Field(() => String, { nullable: true, description: "An actor's identity." })
  editedBy?: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  editedSince?: string | null;
}

@ObjectType()
export class DataSourcePayload extends MutationPayload {
  @Field(() => DataSourceObject, { nullable: true })
  readonly dataSource!: DataSourceObject | null;
}

@ObjectType('CurlPreview')
export class CurlPreviewType {
  @Field(() => String, { nullable: true, description: 'Null when the command cannot be made; userErrors says why.' })
  readonly command!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The same call as a command that runs as the runtime would: --noproxy \'\' (so that NO_PROXY does not bypass), --proxy-cacert, the time limit, and the secrets as "$VARIABLES" to be set first. Null as command is.',
  })
  readonly script!: string | null;

  @Field(() => [UserErrorType])
  readonly userErrors!: readonly UserErrorType[];
}
