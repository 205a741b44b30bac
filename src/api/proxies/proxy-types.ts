import { Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type { ResourceState } from '../../event-sourcing/tables/list-indexes.ts';
import type { ProxyAuthType, ProxyType } from '../../proxies/proxies.ts';
import { type ProxyRow, proxyOrders } from '../../proxies/proxy-view.ts';
import { DataSourceObject } from '../data-sources/data-source-types.ts';
import { CommitObject } from '../history/change-types.ts';
import { MutationPayload } from '../mutation-types.ts';
import { connectionType } from '../toolkit/connection.ts';
import { DateTimeScalar, PortTemplateScalar } from '../toolkit/scalars.ts';
import {
  AuditedType,
  NodeType,
  OrderDirection,
  ResourceStateEnum,
  RowObject,
  UserErrorType,
} from '../toolkit/shared-types.ts';
import { ProxyTestObject } from './proxy-test-types.ts';

export const ProxyTypeEnum = { HTTP: 'HTTP', HTTPS: 'HTTPS' } as const satisfies Record<ProxyType, string>;
registerEnumType(ProxyTypeEnum, {
  name: 'ProxyType',
  valuesConfig: {
    HTTP: { description: 'Plain TCP to the proxy.' },
    HTTPS: { description: 'TLS to the proxy.' },
  },
});

export const ProxyAuthTypeEnum = { NO_AUTH: 'NO_AUTH', BASIC: 'BASIC' } as const satisfies Record<
  ProxyAuthType,
  string
>;
registerEnumType(ProxyAuthTypeEnum, { name: 'ProxyAuthType' });

@ObjectType('ProxyConnection', {
  implements: [NodeType, AuditedType],
  description: 'A reusable forward proxy of one project. A password can be written, never read.',
})
export class ProxyConnectionObject extends RowObject<ProxyRow> {
  @Field(() => String)
  get name(): string {
    return this.row.proxy.fields.name;
  }

  @Field(() => String, { nullable: true })
  get description(): string | null {
    return this.row.proxy.fields.description;
  }

  @Field(() => ProxyTypeEnum)
  get type(): ProxyType {
    return this.row.proxy.fields.type;
  }

  @Field(() => String, { description: 'Hostname, IPv4 or IPv6 address, or a template with ${param}.' })
  get host(): string {
    return this.row.proxy.fields.host;
  }

  @Field(() => PortTemplateScalar)
  get port(): string {
    return this.row.proxy.fields.port;
  }

  @Field(() => ProxyAuthTypeEnum)
  get authType(): ProxyAuthType {
    return this.row.proxy.fields.authType;
  }

  @Field(() => String, { nullable: true })
  get user(): string | null {
    return this.row.proxy.fields.user;
  }

  @Field(() => Boolean)
  get hasPassword(): boolean {
    return this.row.proxy.fields.password !== null;
  }
}

export const ProxyConnectionConnection = connectionType('ProxyConnection', () => ProxyConnectionObject);

const ProxyConnectionOrderField = Object.fromEntries(Object.keys(proxyOrders).map((name) => [name, name]));
registerEnumType(ProxyConnectionOrderField, { name: 'ProxyConnectionOrderField' });

@InputType()
export class ProxyConnectionOrder {
  @Field(() => ProxyConnectionOrderField)
  field!: keyof typeof proxyOrders;

  @Field(() => OrderDirection, { nullable: true, defaultValue: OrderDirection.ASC })
  direction?: OrderDirection | null;
}

@InputType()
export class ProxyConnectionFilter {
  @Field(() => ResourceStateEnum, { nullable: true, defaultValue: ResourceStateEnum.ACTIVE })
  state?: ResourceState | null;

  @Field(() => String, { nullable: true })
  nameContains?: string | null;

  @Field(() => ProxyTypeEnum, { nullable: true })
  type?: ProxyType | null;

  @Field(() => ProxyAuthTypeEnum, { nullable: true })
  authType?: ProxyAuthType | null;

  @Field(() => Boolean, { nullable: true })
  inUse?: boolean | null;

  @Field(() => String, { nullable: true, description: "An actor's identity." })
  editedBy?: string | null;

  @Field(() => DateTimeScalar, { nullable: true })
  editedSince?: string | null;
}

@ObjectType()
export class ProxyConnectionPayload extends MutationPayload {
  @Field(() => ProxyConnectionObject, { nullable: true })
  readonly proxyConnection!: ProxyConnectionObject | null;
}

@ObjectType()
export class DeleteProxyConnectionPayload extends MutationPayload {
  @Field(() => ProxyConnectionObject, { nullable: true })
  readonly proxyConnection!: ProxyConnectionObject | null;

  @Field(() => [DataSourceObject], {
    description: 'The data sources that now refuse calls; see DataSourceRouting.PROXY_DELETED.',
  })
  readonly affectedDataSources!: readonly DataSourceObject[];
}

@ObjectType()
export class TestProxyPayload {
  @Field(() => ProxyTestObject, { nullable: true })
  readonly test!: ProxyTestObject | null;

  @Field(() => CommitObject, { nullable: true, description: 'The commit that recorded the probe.' })
  readonly commit!: CommitObject | null;

  @Field(() => [UserErrorType], {
    description: 'The input could not be probed at all. A probe that ran and failed is a test with success false.',
  })
  readonly userErrors!: readonly UserErrorType[];
}
