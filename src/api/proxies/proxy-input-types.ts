import { Field, ID, InputType, Int } from 'type-graphql';
import { DEFAULT_PROBE_MS } from '../../live/proxy-test-input.ts';
import type { ProxyAuthType, ProxyType } from '../../proxies/proxies.ts';
import { DEFAULT_AUTH_TYPE } from '../../proxies/proxy-input.ts';
import { EditInput, MutationInput } from '../mutation-types.ts';
import { PortTemplateScalar } from '../toolkit/scalars.ts';
import { ProxyAuthTypeEnum, ProxyTypeEnum } from './proxy-types.ts';

@InputType()
export class CreateProxyConnectionInput extends MutationInput {
  @Field(() => String)
  projectKey!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  description?: string | null;

  @Field(() => ProxyTypeEnum)
  type!: ProxyType;

  @Field(() => String)
  host!: string;

  @Field(() => PortTemplateScalar)
  port!: string;

  @Field(() => ProxyAuthTypeEnum, { nullable: true, defaultValue: DEFAULT_AUTH_TYPE })
  authType?: ProxyAuthType | null;

  @Field(() => String, { nullable: true })
  user?: string | null;

  @Field(() => String, { nullable: true })
  password?: string | null;
}

@InputType()
export class UpdateProxyConnectionInput extends EditInput {
  @Field(() => ID)
  id!: string;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => String, { nullable: true })
  description?: string | null;

  @Field(() => ProxyTypeEnum, { nullable: true })
  type?: ProxyType | null;

  @Field(() => String, { nullable: true })
  host?: string | null;

  @Field(() => PortTemplateScalar, { nullable: true })
  port?: string | null;

  @Field(() => ProxyAuthTypeEnum, { nullable: true, description: 'NO_AUTH also forgets user and password.' })
  authType?: ProxyAuthType | null;

  @Field(() => String, { nullable: true })
  user?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Needed again when type, host or port of a BASIC proxy changes; else left out: stays.',
  })
  password?: string | null;
}

@InputType()
export class DeleteProxyConnectionInput extends EditInput {
  @Field(() => ID)
  id!: string;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      'True: refuse with IN_USE while active data sources route through it. False: they become PROXY_DELETED.',
  })
  failIfInUse?: boolean | null;
}

@InputType({ description: 'The unsaved content of the create or edit form.' })
export class ProxyDraftInput {
  @Field(() => ProxyTypeEnum)
  type!: ProxyType;

  @Field(() => String)
  host!: string;

  @Field(() => PortTemplateScalar)
  port!: string;

  @Field(() => ProxyAuthTypeEnum, { nullable: true, defaultValue: DEFAULT_AUTH_TYPE })
  authType?: ProxyAuthType | null;

  @Field(() => String, { nullable: true })
  user?: string | null;

  @Field(() => String, { nullable: true, description: 'Left out beside proxyConnectionId: the stored password.' })
  password?: string | null;
}

@InputType()
export class TestProxyInput {
  @Field(() => String)
  projectKey!: string;

  @Field(() => ID, {
    nullable: true,
    description: 'A saved proxy connection. With draft as well: the saved one as the draft would change it.',
  })
  proxyConnectionId?: string | null;

  @Field(() => ProxyDraftInput, { nullable: true })
  draft?: ProxyDraftInput | null;

  @Field(() => String, { nullable: true, description: "Whose parameter values to use; left out: the project's first." })
  environment?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "What to reach through the proxy; left out: the server's PROBE_TARGET_URL.",
  })
  targetUrl?: string | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: DEFAULT_PROBE_MS,
    description: '100-60000; for the whole probe.',
  })
  timeoutMs?: number | null;

  @Field(() => String, { nullable: true })
  reason?: string | null;
}
