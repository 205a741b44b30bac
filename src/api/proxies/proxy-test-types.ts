import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import { isStale } from '../../live/proxy-route.ts';
import { parameterValues } from '../../parameters/parameter-view.ts';
import type { RecordedTest } from '../../proxies/proxy-events.ts';
import type { ProxyRow, TestRecord } from '../../proxies/proxy-view.ts';
import { TrafficFailure } from '../../traffic/failures.ts';
import { connectionType } from '../toolkit/connection.ts';
import { DateTimeScalar } from '../toolkit/scalars.ts';
import type { SeenImage } from '../toolkit/seen-image.ts';
import { ActorType } from '../toolkit/shared-types.ts';

registerEnumType(TrafficFailure, {
  name: 'TrafficFailure',
  description:
    'Where and why traffic failed. PROXY_: before or at the proxy. TARGET_: beyond it, or on a direct connection.',
  valuesConfig: {
    ADDRESS_NOT_ALLOWED: {
      description:
        "The server's egress policy does not allow the address; the message names the setting that would, if one does.",
    },
    PROXY_NAME_NOT_FOUND: { description: "No address for the proxy's name." },
    PROXY_REFUSED: { description: "Nothing listens on the proxy's port: the connection was refused." },
    PROXY_CONNECT_TIMED_OUT: { description: 'The time ran out before the connection to the proxy stood.' },
    PROXY_UNREACHABLE: { description: "There is no way to the proxy's network or host." },
    PROXY_NOT_TLS: { description: 'No TLS on that port: the proxy is probably of type HTTP.' },
    PROXY_TLS_TIMED_OUT: { description: 'The time ran out while TLS to the proxy was agreed on.' },
    PROXY_TLS_CLOSED: { description: 'The proxy closed the connection while TLS was agreed on.' },
    PROXY_TLS_VERSION: { description: 'The proxy speaks no TLS version or cipher that this server does.' },
    PROXY_CLIENT_CERTIFICATE_REQUIRED: {
      description: 'The proxy wants a client certificate, which this version can not give.',
    },
    PROXY_CERTIFICATE_EXPIRED: { description: "The proxy's certificate, or one above it, is no longer valid." },
    PROXY_CERTIFICATE_NOT_YET_VALID: {
      description: "The proxy's certificate, or one above it, is not valid yet: look at the clocks.",
    },
    PROXY_CERTIFICATE_SELF_SIGNED: {
      description: "The proxy's certificate, or its root, vouches for itself, and this server does not trust it.",
    },
    PROXY_CERTIFICATE_UNTRUSTED: { description: "Nobody whom this server trusts vouches for the proxy's certificate." },
    PROXY_CERTIFICATE_HOST_MISMATCH: { description: "The proxy's certificate is for other names than its host." },
    PROXY_AUTH_REQUIRED: { description: 'It wants credentials and none are configured.' },
    PROXY_AUTH_REJECTED: { description: 'It does not accept the user and password.' },
    PROXY_AUTH_SCHEME_UNSUPPORTED: { description: 'It offers no Basic; proxyAuthSchemes tells what it offers.' },
    PROXY_DENIED: { description: 'The proxy forbids this target.' },
    PROXY_RATE_LIMITED: { description: 'The proxy has had too many requests, and asks to wait.' },
    PROXY_REDIRECT: { description: 'The proxy answered with a redirect, of a login page perhaps; it is not followed.' },
    NOT_A_PROXY: { description: 'What answers there is a web server that does not know how to be a proxy.' },
    PROXY_NO_ANSWER: { description: 'The time ran out before the proxy answered.' },
    PROXY_CLOSED: { description: 'The proxy closed the connection before its answer was whole.' },
    PROXY_BAD_RESPONSE: { description: 'What the proxy answered is no HTTP, or no status that fits.' },
    PROXY_HEADERS_TOO_LARGE: { description: "The proxy's headers are larger than this server reads." },
    TARGET_NAME_NOT_FOUND: { description: "No address for the target's name, as this server or the proxy finds." },
    TARGET_UNREACHABLE: { description: 'There is no way to the target, as this server or the proxy finds.' },
    TARGET_REFUSED: { description: "Nothing listens on the target's port: the connection was refused." },
    TARGET_CONNECT_TIMED_OUT: { description: 'The time ran out before the connection to the target stood.' },
    TARGET_NOT_TLS: { description: 'No TLS on that port of the target: its URL should probably begin with http.' },
    TARGET_TLS_TIMED_OUT: { description: 'The time ran out while TLS to the target was agreed on.' },
    TARGET_TLS_CLOSED: { description: 'The connection was closed while TLS to the target was agreed on.' },
    TARGET_CERTIFICATE_EXPIRED: { description: "The target's certificate, or one above it, is no longer valid." },
    TARGET_CERTIFICATE_NOT_YET_VALID: {
      description: "The target's certificate, or one above it, is not valid yet: look at the clocks.",
    },
    TARGET_CERTIFICATE_SELF_SIGNED: {
      description:
        "The target's certificate, or its root, vouches for itself, and this server does not trust it: a proxy that looks inside may have put it there.",
    },
    TARGET_CERTIFICATE_UNTRUSTED: {
      description: "Nobody whom this server trusts vouches for the target's certificate.",
    },
    TARGET_CERTIFICATE_HOST_MISMATCH: { description: "The target's certificate is for other names than its host." },
    TARGET_NO_ANSWER: { description: 'The time ran out before the target answered.' },
    TARGET_CLOSED: { description: "The connection was closed before the target's answer was whole." },
    TARGET_BAD_RESPONSE: { description: 'What the target answered is no HTTP.' },
    TARGET_HEADERS_TOO_LARGE: { description: "The target's headers are larger than this server reads." },
    TARGET_BODY_TIMED_OUT: {
      description: "A call only: a probe stops at the target's headers. The time ran out within the body.",
    },
    TIMED_OUT: { description: 'The time ran out in a stage that has no code of its own for it (RESOLVE).' },
  },
});

type Report = NonNullable<RecordedTest['proxyTls']>;
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
  description: 'The steps of a probe, in their order.',
  valuesConfig: {
    RESOLVE: {
      description: "The name of the proxy's host is looked up, and its addresses are held against the egress policy.",
    },
    CONNECT: { description: 'TCP to the proxy.' },
    PROXY_TLS: { description: 'TLS to a proxy of type HTTPS; SKIPPED for HTTP.' },
    PROXY_AUTH: {
      description:
        'One exchange with TUNNEL, two verdicts; for an http target a question of its own before RESPONSE, and SKIPPED if the proxy asked for no login.',
    },
    TUNNEL: { description: 'CONNECT to the target; SKIPPED for an http target, which is forwarded.' },
    TARGET_TLS: { description: 'TLS to an https target, through the tunnel.' },
    RESPONSE: { description: "The target's status and headers." },
  },
});

type StageStatus = RecordedTest['stages'][number]['status'];
const ProbeStageStatus = { PASSED: 'PASSED', FAILED: 'FAILED', SKIPPED: 'SKIPPED' } as const satisfies Record<
  StageStatus,
  StageStatus
>;
registerEnumType(ProbeStageStatus, {
  name: 'ProbeStageStatus',
  description: 'How a step of a probe ended.',
  valuesConfig: {
    PASSED: { description: 'It was taken, and went well.' },
    FAILED: { description: 'Here the probe ended; failure and message say why.' },
    SKIPPED: { description: 'It was not reached, or not needed.' },
  },
});

@ObjectType('ProbeStage', { description: 'One step of a probe.' })
export class ProbeStageType {
  @Field(() => ProbeStageName, { description: 'Which step.' })
  readonly name!: StageName;

  @Field(() => ProbeStageStatus, { description: 'How it ended.' })
  readonly status!: StageStatus;

  @Field(() => Float, {
    nullable: true,
    description: 'Milliseconds, to the microsecond; null if it was skipped or not timed by itself.',
  })
  readonly durationMs!: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      "What was seen: the address connected to, the proxy's status line, the certificate refused; at most 500 characters. Null if nothing was.",
  })
  readonly detail!: string | null;
}

export function stagesOf(stages: Readonly<RecordedTest['stages']>): readonly ProbeStageType[] {
  return stages.map(({ name, status, durationUs, detail = null }) => ({
    name,
    status,
    durationMs: durationUs === undefined ? null : durationUs / 1000,
    detail,
  }));
}

@ObjectType('Certificate', {
  description: 'A certificate that was shown in TLS, or that vouches for one. Its texts are its own.',
})
export class CertificateType {
  @Field(() => String, { description: 'Whom the certificate is for.' })
  readonly subject!: string;

  @Field(() => String, { description: 'Who vouches for it.' })
  readonly issuer!: string;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The last instant at which it is valid; null where it holds none that can be read.',
  })
  readonly validTo!: string | null;

  @Field(() => String, { description: 'SHA-256 of the certificate, hex in pairs with colons.' })
  readonly fingerprint256!: string;
}

@ObjectType('TlsReport', {
  description:
    "What was agreed on in TLS, and the certificate that the other side showed. Its texts are that side's own.",
})
export class TlsReportType {
  constructor(report: Report) {
    Object.assign(this, report);
  }

  @Field(() => String, { description: 'E.g. TLSv1.3.' })
  readonly protocol!: string;

  @Field(() => String, { description: "By its IANA name, or by OpenSSL's where it has none." })
  readonly cipher!: string;

  @Field(() => String, { description: 'Whom the certificate is for.' })
  readonly subject!: string;

  @Field(() => String, { description: 'Who vouches for it.' })
  readonly issuer!: string;

  @Field(() => DateTimeScalar, { description: 'The last instant at which it is valid.' })
  readonly validTo!: string;

  @Field(() => String, { description: 'SHA-256 of the certificate, hex in pairs with colons.' })
  readonly fingerprint256!: string;

  readonly issuers!: Report['issuers'];

  @Field(() => [CertificateType], {
    description:
      'That certificate and, in turn, the ones that vouch for it, as far as they were sent or this server has them; at most 11. Of probes that an earlier version recorded, that certificate alone.',
  })
  get chain(): readonly CertificateType[] {
    const { subject, issuer, validTo, fingerprint256, issuers } = this;
    const above = issuers.map((each) => ({ ...each, validTo: each.validTo ?? null }));
    return [{ subject, issuer, validTo, fingerprint256 }, ...above];
  }
}

@ObjectType('ProxyTest', { description: 'What a probe found.' })
export class ProxyTestObject {
  constructor(
    private readonly image: SeenImage,
    private readonly record: TestRecord,
    /** The saved proxy that it speaks of; undefined for a draft that has none. */
    private readonly row: ProxyRow | undefined,
  ) {}

  @Field(() => Boolean, { description: 'Whether the target answered through the proxy, with whatever status.' })
  get success(): boolean {
    return this.record.test.success;
  }

  @Field(() => TrafficFailure, { nullable: true, description: 'Why it failed; null when it succeeded.' })
  get failure(): TrafficFailure | null {
    return this.record.test.failure ?? null;
  }

  @Field(() => String, {
    description: 'One sentence that tells an operator what happened and what to check, at most 500 characters.',
  })
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
    return stagesOf(this.record.test.stages);
  }

  @Field(() => [String], {
    description:
      'Things that work and deserve a look: an intercepted TLS connection, a certificate about to expire. Empty if there are none.',
  })
  get warnings(): readonly string[] {
    return this.record.test.warnings;
  }

  @Field(() => Float, { description: 'Milliseconds for the whole probe, to the microsecond.' })
  get durationMs(): number {
    return this.record.test.durationUs / 1000;
  }

  @Field(() => String, {
    description: 'Resolved, without credentials, e.g. https://proxy.corp.example.com:8443.',
  })
  get proxyUrl(): string {
    return this.record.test.proxyUrl;
  }

  @Field(() => String, { description: 'What was to be reached, whole.' })
  get targetUrl(): string {
    return this.record.test.targetUrl;
  }

  @Field(() => Int, {
    nullable: true,
    description:
      "The target's HTTP status, when it answered through the proxy; any status proves the route. Null when it did not.",
  })
  get targetStatus(): number | null {
    return this.record.test.targetStatus ?? null;
  }

  @Field(() => [String], {
    description:
      'The authentication schemes that the proxy offered, e.g. Basic, Negotiate; empty if it asked for none.',
  })
  get proxyAuthSchemes(): readonly string[] {
    return this.record.test.proxyAuthSchemes;
  }

  @Field(() => TlsReportType, { nullable: true, description: 'Null unless TLS to the proxy was agreed on.' })
  get proxyTls(): TlsReportType | null {
    const { proxyTls } = this.record.test;
    return proxyTls ? new TlsReportType(proxyTls) : null;
  }

  @Field(() => TlsReportType, { nullable: true, description: 'Null unless TLS to the target was agreed on.' })
  get targetTls(): TlsReportType | null {
    const { targetTls } = this.record.test;
    return targetTls ? new TlsReportType(targetTls) : null;
  }

  @Field(() => String, { description: 'Whose parameter values were used.' })
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

  @Field(() => DateTimeScalar, { description: 'When it was recorded.' })
  get at(): string {
    return this.record.at;
  }

  @Field(() => ActorType, { description: 'Who ran it.' })
  get by(): ActorType {
    return new ActorType(this.record.by);
  }
}

export const ProxyTestConnection = connectionType('ProxyTest', () => ProxyTestObject);
