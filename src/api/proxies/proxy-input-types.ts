import { Field, ID, InputType, Int } from 'type-graphql';
import { DEFAULT_PROBE_MS } from '../../live/proxy-test-input.ts';
import type { ProxyAuthType, ProxyType } from '../../proxies/proxies.ts';
import { DEFAULT_AUTH_TYPE } from '../../proxies/proxy-input.ts';
import { EditInput, MutationInput } from '../mutation-types.ts';
import { PortTemplateScalar } from '../toolkit/scalars.ts';
import { ProxyAuthTypeEnum, ProxyTypeEnum } from './proxy-types.ts';

@InputType({ description: 'A new proxy connection.' })
export class CreateProxyConnectionInput extends MutationInput {
  @Field(() => String, { description: 'Which project.' })
  projectKey!: string;

  @Field(() => String, {
    description: 'At most 100 characters, at least one of them visible; unique among the active ones of the project.',
  })
  name!: string;

  @Field(() => String, { nullable: true, description: 'At most 2,000 characters. Null or empty: none.' })
  description?: string | null;

  @Field(() => ProxyTypeEnum, { description: 'How the proxy itself is spoken to.' })
  type!: ProxyType;

  @Field(() => String, {
    description:
      'Hostname, IPv4 or IPv6 address, or a template with ${param}, at most 253 characters; without scheme, port or path.',
  })
  host!: string;

  @Field(() => PortTemplateScalar, { description: '1-65535, or a template with ${param}.' })
  port!: string;

  @Field(() => ProxyAuthTypeEnum, {
    nullable: true,
    defaultValue: DEFAULT_AUTH_TYPE,
    description: 'What the proxy is told of who calls. Null: NO_AUTH.',
  })
  authType?: ProxyAuthType | null;

  @Field(() => String, {
    nullable: true,
    description:
      'At most 255 characters, no colon; REQUIRED for BASIC, INVALID_VALUE beside NO_AUTH. Null or empty: none.',
  })
  user?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'At most 1,024 characters, never shown again; REQUIRED for BASIC, INVALID_VALUE beside NO_AUTH. Null or empty: none.',
  })
  password?: string | null;
}

@InputType({ description: 'Changes to a proxy connection; a field that is left out stays.' })
export class UpdateProxyConnectionInput extends EditInput {
  @Field(() => ID, { description: "The proxy connection's id, of any moment." })
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

  @Field(() => ProxyTypeEnum, {
    nullable: true,
    description: 'How the proxy itself is spoken to. Left out: stays; null: REQUIRED.',
  })
  type?: ProxyType | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Hostname, IPv4 or IPv6 address, or a template with ${param}, at most 253 characters; without scheme, port or path. Left out: stays; null: REQUIRED.',
  })
  host?: string | null;

  @Field(() => PortTemplateScalar, {
    nullable: true,
    description: '1-65535, or a template with ${param}. Left out: stays; null: REQUIRED.',
  })
  port?: string | null;

  @Field(() => ProxyAuthTypeEnum, {
    nullable: true,
    description: 'NO_AUTH also forgets user and password. Left out: stays; null: REQUIRED.',
  })
  authType?: ProxyAuthType | null;

  @Field(() => String, {
    nullable: true,
    description: 'At most 255 characters, no colon. Left out: stays; null or empty: none, which BASIC does not allow.',
  })
  user?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'At most 1,024 characters. Needed again when type, host or port of a BASIC proxy changes; else left out: stays. Null or empty: none, which BASIC does not allow.',
  })
  password?: string | null;
}

@InputType({ description: 'A proxy connection to delete.' })
export class DeleteProxyConnectionInput extends EditInput {
  @Field(() => ID, { description: "The proxy connection's id, of any moment." })
  id!: string;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      'True: refuse with IN_USE while active data sources route through it. False: they become PROXY_DELETED. Null: false.',
  })
  failIfInUse?: boolean | null;
}

@InputType({ description: 'The unsaved content of the create or edit form, whole.' })
export class ProxyDraftInput {
  @Field(() => ProxyTypeEnum, { description: 'How the proxy itself is spoken to.' })
  type!: ProxyType;

  @Field(() => String, {
    description:
      'Hostname, IPv4 or IPv6 address, or a template with ${param}, at most 253 characters; without scheme, port or path.',
  })
  host!: string;

  @Field(() => PortTemplateScalar, { description: '1-65535, or a template with ${param}.' })
  port!: string;

  @Field(() => ProxyAuthTypeEnum, {
    nullable: true,
    defaultValue: DEFAULT_AUTH_TYPE,
    description: 'What the proxy is told of who calls. Null: NO_AUTH.',
  })
  authType?: ProxyAuthType | null;

  @Field(() => String, {
    nullable: true,
    description: 'At most 255 characters, no colon; REQUIRED for BASIC. Null or empty: none.',
  })
  user?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'At most 1,024 characters. Left out beside proxyConnectionId: the stored one, unless type, host or port differ. Null or empty: none, which BASIC does not allow.',
  })
  password?: string | null;
}

@InputType({
  description:
    'What to probe: a saved proxy connection, a draft, or the saved one as the draft would change it. Neither: REQUIRED.',
})
export class TestProxyInput {
  @Field(() => String, { description: 'Which project: its parameters and its log.' })
  projectKey!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      "A saved proxy connection's id, of any moment; as it is now. With draft as well: the saved one as the draft would change it. Null: the draft alone.",
  })
  proxyConnectionId?: string | null;

  @Field(() => ProxyDraftInput, { nullable: true, description: 'What is not saved yet. Null: the saved one as it is.' })
  draft?: ProxyDraftInput | null;

  @Field(() => String, { nullable: true, description: "Whose parameter values to use. Null: the project's first." })
  environment?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "What to reach through the proxy: http or https, without user info and fragment, at most 8 KiB; it is recorded whole. Null: the server's PROBE_TARGET_URL.",
  })
  targetUrl?: string | null;

  @Field(() => Int, {
    nullable: true,
    defaultValue: DEFAULT_PROBE_MS,
    description: 'Milliseconds for the whole probe, 100-60000. Null: 10000.',
  })
  timeoutMs?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why, for those who read the history: at most 2,000 characters. Null or empty: none is told.',
  })
  reason?: string | null;
}
