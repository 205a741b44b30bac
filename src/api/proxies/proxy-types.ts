import { Extensions, Field, InputType, ObjectType, registerEnumType } from 'type-graphql';
import type { ResourceState } from '../../event-sourcing/tables/list-indexes.ts';
import type { ProxyAuthType, ProxyType } from '../../proxies/proxies.ts';
import { type ProxyRow, proxyOrders } from '../../proxies/proxy-view.ts';
import { DataSourceObject } from '../data-sources/data-source-types.ts';
import { CommitObject } from '../history/change-types.ts';
import { MutationPayload } from '../mutation-types.ts';
import { connectionType } from '../toolkit/connection.ts';
import { ROW_TELLS_ALL } from '../toolkit/row-tells-all.ts';
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
  description: 'How the proxy itself is spoken to.',
  valuesConfig: { HTTP: { description: 'Plain TCP to the proxy.' }, HTTPS: { description: 'TLS to the proxy.' } },
});

export const ProxyAuthTypeEnum = { NO_AUTH: 'NO_AUTH', BASIC: 'BASIC' } as const satisfies Record<
  ProxyAuthType,
  string
>;
registerEnumType(ProxyAuthTypeEnum, {
  name: 'ProxyAuthType',
  description: 'What the proxy is told of who calls.',
  valuesConfig: {
    NO_AUTH: { description: 'Nothing.' },
    BASIC: { description: 'User and password, by Basic authentication (RFC 7617).' },
  },
});

@Extensions({ [ROW_TELLS_ALL]: true })
@ObjectType('ProxyConnection', {
  implements: [NodeType, AuditedType],
  description: 'A reusable forward proxy of one project. A password can be written, never read.',
})
export class ProxyConnectionObject extends RowObject<ProxyRow> {
  @Field(() => String, {
    description:
      'At most 100 characters; unique among the active ones of the project, trimmed, upper and lower case alike.',
  })
  get name(): string {
    return this.row.proxy.fields.name;
  }

  @Field(() => String, { nullable: true, description: 'At most 2,000 characters; null if there is none.' })
  get description(): string | null {
    return this.row.proxy.fields.description;
  }

  @Field(() => ProxyTypeEnum, { description: 'How the proxy itself is spoken to.' })
  get type(): ProxyType {
    return this.row.proxy.fields.type;
  }

  @Field(() => String, { description: 'Hostname, IPv4 or IPv6 address, or a template with ${param}; as typed.' })
  get host(): string {
    return this.row.proxy.fields.host;
  }

  @Field(() => PortTemplateScalar, { description: '1-65535, or a template with ${param}.' })
  get port(): string {
    return this.row.proxy.fields.port;
  }

  @Field(() => ProxyAuthTypeEnum, { description: 'What the proxy is told of who calls.' })
  get authType(): ProxyAuthType {
    return this.row.proxy.fields.authType;
  }

  @Field(() => String, { nullable: true, description: 'Null unless authType is BASIC.' })
  get user(): string | null {
    return this.row.proxy.fields.user;
  }

  @Field(() => Boolean, { description: 'Whether a password is stored; it can not be read.' })
  get hasPassword(): boolean {
    return this.row.proxy.fields.password !== null;
  }
}

export const ProxyConnectionConnection = connectionType('ProxyConnection', () => ProxyConnectionObject);

const ProxyConnectionOrderField = Object.fromEntries(Object.keys(proxyOrders).map((name) => [name, name]));
registerEnumType(ProxyConnectionOrderField, {
  name: 'ProxyConnectionOrderField',
  description: 'What proxy connections are ordered by; those that are equal, by id.',
  valuesConfig: {
    NAME: { description: 'By their name, upper and lower case alike.' },
    TYPE: { description: 'By their type: HTTP, then HTTPS.' },
    EDITED_BY: { description: "By the name of the actor who edited them last, then by the actor's identity." },
    EDITED_AT: { description: 'By the time of their last edit.' },
    CREATED_AT: { description: 'By the time of their creation.' },
  },
});

@InputType({ description: 'An order of proxy connections; left out: by name, ascending.' })
export class ProxyConnectionOrder {
  @Field(() => ProxyConnectionOrderField, { description: 'What they are ordered by.' })
  field!: keyof typeof proxyOrders;

  @Field(() => OrderDirection, { nullable: true, defaultValue: OrderDirection.ASC, description: 'Null: ASC.' })
  direction?: OrderDirection | null;
}

@InputType({ description: 'Which proxy connections are wanted: those that fit all that is given.' })
export class ProxyConnectionFilter {
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

  @Field(() => ProxyTypeEnum, { nullable: true, description: 'Only those of this type. Null: of any.' })
  type?: ProxyType | null;

  @Field(() => ProxyAuthTypeEnum, { nullable: true, description: 'Only those that authenticate so. Null: in any way.' })
  authType?: ProxyAuthType | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Only those that active data sources route through, or only those that none does. Null: both.',
  })
  inUse?: boolean | null;

  @Field(() => String, {
    nullable: true,
    description: 'The identity of the actor who edited them last, e.g. x-actor:ada. Null: anybody.',
  })
  editedBy?: string | null;

  @Field(() => DateTimeScalar, { nullable: true, description: 'Edited last at this instant or later. Null: whenever.' })
  editedSince?: string | null;
}

@ObjectType({ description: 'What came of creating, updating or restoring a proxy connection.' })
export class ProxyConnectionPayload extends MutationPayload {
  @Field(() => ProxyConnectionObject, {
    nullable: true,
    description: 'As of the commit, or now when nothing had to change; null when userErrors says why.',
  })
  readonly proxyConnection!: ProxyConnectionObject | null;
}

@ObjectType({ description: 'What came of deleting a proxy connection.' })
export class DeleteProxyConnectionPayload extends MutationPayload {
  @Field(() => ProxyConnectionObject, {
    nullable: true,
    description: 'As of its deletion, this one or an earlier one; null when userErrors says why.',
  })
  readonly proxyConnection!: ProxyConnectionObject | null;

  @Field(() => [DataSourceObject], {
    description: 'The data sources that now refuse calls; see DataSourceRouting.PROXY_DELETED.',
  })
  readonly affectedDataSources!: readonly DataSourceObject[];
}

@ObjectType({ description: 'What came of a probe.' })
export class TestProxyPayload {
  @Field(() => ProxyTestObject, {
    nullable: true,
    description: 'What the probe found, be it a failure; null when userErrors says why it was not sent.',
  })
  readonly test!: ProxyTestObject | null;

  @Field(() => CommitObject, {
    nullable: true,
    description: 'The commit that recorded the probe; null when it was not sent.',
  })
  readonly commit!: CommitObject | null;

  @Field(() => [UserErrorType], {
    description:
      'Why the input could not be probed at all; empty when it was. A probe that ran and failed is a test with success false.',
  })
  readonly userErrors!: readonly UserErrorType[];
}
