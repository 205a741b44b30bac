import { z } from 'zod';
import type { EventVersions } from '../event-sourcing/decoder.ts';
import { TrafficFailure } from '../traffic/failures.ts';
import { makeId } from '../words/ids.ts';
import { newTimeOrderedId } from '../words/time-ordered-id.ts';

export type ProxyId = string & { readonly brand: 'ProxyId' };

export function newProxyId(project: string): ProxyId {
  return makeId({ type: 'ProxyConnection', project, local: newTimeOrderedId() }) as ProxyId;
}

const type = z.enum(['HTTP', 'HTTPS']);
const authType = z.enum(['NO_AUTH', 'BASIC']);
const password = z.strictObject({ secretRef: z.string() });

/** All fields of a proxy connection; those that it does not have are absent. */
const wholeProxy = z.strictObject({
  name: z.string(),
  description: z.string().optional(),
  type,
  host: z.string(),
  /** A number in decimal, or a template. */
  port: z.string(),
  authType,
  user: z.string().optional(),
  password: password.optional(),
});

/** Changed fields; null is a field that the proxy does not have (any more). */
const someOfProxy = z.strictObject({
  name: z.string().optional(),
  description: z.string().nullable().optional(),
  type: type.optional(),
  host: z.string().optional(),
  port: z.string().optional(),
  authType: authType.optional(),
  user: z.string().nullable().optional(),
  password: password.nullable().optional(),
});
export type ProxyFields = z.infer<typeof someOfProxy>;

const ProxyConnectionCreated = z.strictObject({ set: wholeProxy });
const ProxyConnectionUpdated = z.strictObject({ set: someOfProxy, was: someOfProxy });
const ProxyConnectionDeleted = z.strictObject({});
/** Undeletes it, or brings back an earlier version's fields, or both. */
const ProxyConnectionRestored = z.strictObject({
  set: someOfProxy,
  was: someOfProxy,
  restoredVersion: z.int(),
});

const tlsReport = z.strictObject({
  protocol: z.string(),
  cipher: z.string(),
  subject: z.string(),
  issuer: z.string(),
  validTo: z.string(),
  fingerprint256: z.string(),
});

/** One certificate above the one that was shown. */
const issuer = z.strictObject({
  subject: z.string(),
  issuer: z.string(),
  /** Absent where the certificate holds no date that can be read. */
  validTo: z.string().optional(),
  fingerprint256: z.string(),
});

/** Since version 2 with those above the certificate, from the one that issued it. */
const tlsReportWithIssuers = tlsReport.extend({ issuers: z.array(issuer).readonly() });

/** Durations are whole microseconds. */
const recordedTestV1 = z.strictObject({
  success: z.boolean(),
  failure: z.enum(TrafficFailure).optional(),
  message: z.string(),
  retryable: z.boolean(),
  stages: z.array(
    z.strictObject({
      name: z.enum(['RESOLVE', 'CONNECT', 'PROXY_TLS', 'PROXY_AUTH', 'TUNNEL', 'TARGET_TLS', 'RESPONSE']),
      status: z.enum(['PASSED', 'FAILED', 'SKIPPED']),
      durationUs: z.int().optional(),
      detail: z.string().optional(),
    }),
  ),
  warnings: z.array(z.string()),
  durationUs: z.int(),
  proxyUrl: z.string(),
  targetUrl: z.string(),
  targetStatus: z.int().optional(),
  proxyAuthSchemes: z.array(z.string()),
  proxyTls: tlsReport.optional(),
  targetTls: tlsReport.optional(),
  environment: z.string(),
  /** The version that was probed, which need not be the newest; absent for a draft. */
  proxyVersion: z.int().optional(),
});
const recordedTest = recordedTestV1.extend({
  proxyTls: tlsReportWithIssuers.optional(),
  targetTls: tlsReportWithIssuers.optional(),
});
export type RecordedTest = z.infer<typeof recordedTest>;

/** What was dialled, so that later edits tell whether the test still speaks of the proxy. */
const probed = z.strictObject({
  type,
  host: z.string(),
  port: z.int(),
  authType,
  user: z.string().optional(),
  /** Absent without a password, and for one that a draft brought along. */
  secretRef: z.string().optional(),
});
export type Probed = z.infer<typeof probed>;

const ProxyTestedV1 = z.strictObject({ test: recordedTestV1, draft: z.boolean(), probed });
const ProxyTested = z.strictObject({ test: recordedTest, draft: z.boolean(), probed });
/** The version that is recorded now. */
export const PROXY_TESTED_VERSION = 2;

/** Of certificates above the one that was shown, version 1 did not tell. */
function withIssuers({ test: { proxyTls, targetTls, ...test }, ...data }: z.infer<typeof ProxyTestedV1>): object {
  return {
    ...data,
    test: {
      ...test,
      ...(proxyTls && { proxyTls: { ...proxyTls, issuers: [] } }),
      ...(targetTls && { targetTls: { ...targetTls, issuers: [] } }),
    },
  };
}

export type ProxyEvent =
  | { readonly type: 'ProxyConnectionCreated'; readonly data: z.infer<typeof ProxyConnectionCreated> }
  | { readonly type: 'ProxyConnectionUpdated'; readonly data: z.infer<typeof ProxyConnectionUpdated> }
  | { readonly type: 'ProxyConnectionDeleted'; readonly data: z.infer<typeof ProxyConnectionDeleted> }
  | { readonly type: 'ProxyConnectionRestored'; readonly data: z.infer<typeof ProxyConnectionRestored> }
  | { readonly type: 'ProxyTested'; readonly data: z.infer<typeof ProxyTested> };

export const proxyEvents = {
  ProxyConnectionCreated: [{ schema: ProxyConnectionCreated }],
  ProxyConnectionUpdated: [{ schema: ProxyConnectionUpdated }],
  ProxyConnectionDeleted: [{ schema: ProxyConnectionDeleted }],
  ProxyConnectionRestored: [{ schema: ProxyConnectionRestored }],
  ProxyTested: [
    { schema: ProxyTestedV1, upcast: (data) => withIssuers(data as z.infer<typeof ProxyTestedV1>) },
    { schema: ProxyTested },
  ],
} satisfies EventVersions;
