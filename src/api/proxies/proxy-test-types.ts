import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import { isStale } from '../../live/proxy-route.ts';
import { parameterValues } from '../../parameters/parameter-view.ts';
import type { RecordedTest } from '../../proxies/proxy-events.ts';
import type { ProxyRow, TestRecord } from '../../proxies/proxy-view.ts';
import { TrafficFailure } from '../../traffic/failures.ts';
import { DateTimeScalar } from '../toolkit/scalars.ts';
import type { SeenImage } from '../toolkit/seen-image.ts';
import { ActorType } from '../toolkit/shared-types.ts';

registerEnumType(TrafficFailure, {
  name: 'TrafficFailure',
  description:
    'Where and why traffic failed. PROXY_: before or at the proxy. TARGET_: beyond it, or on a direct connection.',
  valuesConfig: {
    PROXY_NOT_TLS: { description: 'No TLS on that port: the proxy is probably of type HTTP.' },
    PROXY_AUTH_REQUIRED: { description: 'It wants credentials and none are configured.' },
    PROXY_AUTH_SCHEME_UNSUPPORTED: {
      description: 'It offers no Basic; proxyAuthSchemes tells what it offers.',
    },
    TARGET_BODY_TIMED_OUT: { description: "A call only: a probe stops at the target's headers." },
    TIMED_OUT: { description: 'The time ran out in a stage that has no code of its own for it (RESOLVE).' },
  },
});

type StageName = RecordedTest['stages'][number]['name'];
const ProbeStageName = {
  RESOLVE: 'RESOLVE',
  CONNECT: 'CONNECT',
  PROXY_TLS: 'PROXY_TLS',
  PROXY_AUTH: 'PROXY_AUTH',
  TUNNEL: 'TUNNEL',
  TARGET_TLS: 'TARGET_TLS',
  RESPONSE: 'RESPONSE',
} as const satisfies Record<StageName, StageName>;
registerEnumType(ProbeStageName, {
  name: 'ProbeStageName',
  valuesConfig: {
    PROXY_AUTH: { description: 'One exchange with TUNNEL (or with RESPONSE for an http target), two verdicts.' },
  },
});

type StageStatus = RecordedTest['stages'][number]['status'];
const ProbeStageStatus = { PASSED: 'PASSED', FAILED: 'FAILED', SKIPPED: 'SKIPPED' } as const satisfies Record<
  StageStatus,
  StageStatus
>;
registerEnumType(ProbeStageStatus, { name: 'ProbeStageStatus' });

@ObjectType('ProbeStage')
export class ProbeStageType {
  @Field(() => ProbeStageName)
  readonly name!: StageName;

  @Field(() => ProbeStageStatus)
  readonly status!: StageStatus;

  @Field(() => Float, { nullable: true })
  readonly durationMs!: number | null;

  @Field(() => String, {
    nullable: true,
    description: "What was seen: the address connected to, the proxy's status line, the certificate refused.",
  })
  readonly detail!: string | null;
}

@ObjectType('TlsReport')
export class TlsReportType {
  @Field(() => String)
  readonly protocol!: string;

  @Field(() => String)
  readonly cipher!: string;

  @Field(() => String)
  readonly subject!: string;

  @Field(() => String)
  readonly issuer!: string;

  @Field(() => DateTimeScalar)
  readonly validTo!: string;

  @Field(() => String)
  readonly fingerprint256!: string;
}

@ObjectType('ProxyTest')
export class ProxyTestObject {
  constructor(
    private readonly image: SeenImage,
    private readonly record: TestRecord,
    /** The saved proxy that it speaks of; undefined for a draft that has none. */
    private readonly row: ProxyRow | undefined,
  ) {}

  @Field(() => Boolean)
  get success(): boolean {
    return this.record.test.success;
  }

  @Field(() => TrafficFailure, { nullable: true, description: 'Why it failed; null when it succeeded.' })
  get failure(): TrafficFailure | null {
    return this.record.test.failure ?? null;
  }

  @Field(() => String, { description: 'One sentence that tells an operator what happened and what to check.' })
  get message(): string {
    return this.record.test.message;
  }

  @Field(() => Boolean, { description: 'True when the same probe may well succeed a moment later.' })
  get retryable(): boolean {
    return this.record.test.retryable;
  }

  @Field(() => [ProbeStageType], {
    description: 'In this order, all of them: those not reached or not needed are SKIPPED.',
  })
  get stages(): readonly ProbeStageType[] {
    return this.record.test.stages.map(({ name, status, durationUs, detail = null }) => ({
      name,
      status,
      durationMs: durationUs === undefined ? null : durationUs / 1000,
      detail,
    }));
  }

  @Field(() => [String], {
    description: 'Things that work and deserve a look: an intercepted TLS connection, a certificate about to expire.',
  })
  get warnings(): readonly string[] {
    return this.record.test.warnings;
  }

  @Field(() => Float)
  get durationMs(): number {
    return this.record.test.durationUs / 1000;
  }

  @Field(() => String, {
    description: 'Resolved, without credentials, e.g. https://proxy.corp.example.com:8443.',
  })
  get proxyUrl(): string {
    return this.record.test.proxyUrl;
  }

  @Field(() => String)
  get targetUrl(): string {
    return this.record.test.targetUrl;
  }

  @Field(() => Int, {
    nullable: true,
    description: "The target's HTTP status, when it answered through the proxy. Any status proves the route.",
  })
  get targetStatus(): number | null {
    return this.record.test.targetStatus ?? null;
  }

  @Field(() => [String], {
    description: 'The authentication schemes that the proxy offered, e.g. Basic, Negotiate.',
  })
  get proxyAuthSchemes(): readonly string[] {
    return this.record.test.proxyAuthSchemes;
  }

  @Field(() => TlsReportType, { nullable: true })
  get proxyTls(): TlsReportType | null {
    return this.record.test.proxyTls ?? null;
  }

  @Field(() => TlsReportType, { nullable: true })
  get targetTls(): TlsReportType | null {
    return this.record.test.targetTls ?? null;
  }

  @Field(() => String)
  get environment(): string {
    return this.record.test.environment;
  }

  @Field(() => Int, {
    nullable: true,
    description: "The saved proxy connection's version that was probed; null for a draft.",
  })
  get proxyVersion(): number | null {
    return this.record.test.proxyVersion ?? null;
  }

  @Field(() => Boolean, {
    description:
      'True when what would be probed now (type, resolved host and port, authType, user, password) differs from what was, or no longer resolves; false for a draft.',
  })
  get stale(): boolean {
    if (!this.row) return false;
    const { project, parameters } = this.image.view;
    const { environment } = this.record.test;
    const exists = project?.project.fields.environments.includes(environment);
    return isStale(this.row, this.record, exists ? parameterValues(parameters, environment) : undefined);
  }

  @Field(() => DateTimeScalar)
  get at(): string {
    return this.record.at;
  }

  @Field(() => ActorType)
  get by(): ActorType {
    return new ActorType(this.record.by);
  }
}
