import { API_TOKEN_PREFIX } from '../access/api-token.ts';
import type { Admission, Credentials, Identity } from '../access/identity.ts';
import { after, type Soon } from '../words/after.ts';
import type { Clock } from './clock.ts';
import { FailedTokens } from './failed-tokens.ts';
import type { OidcTokens } from './oidc/oidc-tokens.ts';
import type { RefusalLog } from './refusal-log.ts';

/** Checks tokens of this server's own. */
export interface ApiTokenChecks {
  /** @throws what the store throws */
  check(text: string): Promise<Admission>;
  /** Whether the token that let an identity in is still good. */
  holds(identity: Identity): Promise<boolean>;
}

/** What a request brought; `other` is no credential that anybody here knows. */
export type CredentialKind = 'token' | 'oidc' | 'other' | 'none';

export interface BearerCredentialsParts {
  readonly apiTokens: ApiTokenChecks;
  /** Undefined: no issuer is configured. */
  readonly oidc: Pick<OidcTokens, 'check' | 'holds'> | undefined;
  readonly clock: Clock;
  readonly log: RefusalLog;
  readonly counted: (kind: CredentialKind, outcome: 'admitted' | 'refused') => void;
}

/** Characters: what fits into the headers of an HTTP request. */
const LONGEST = 16 * 1024;

/** RFC 6750 §2.1; RFC 9110 §11.1: a scheme's name has no case. */
const BEARER = /^Bearer +([\w.~+/-]+=*) *$/i;

/** Bearer tokens (RFC 6750): JWTs of the issuer, and API tokens, which are told apart by how they begin. */
export class BearerCredentials implements Credentials {
  private readonly failedTokens: FailedTokens;

  constructor(private readonly parts: BearerCredentialsParts) {
    this.failedTokens = new FailedTokens(parts.clock);
  }

  check(authorization: string | undefined, requestId?: string): Soon<Admission> {
    return after(this.look(authorization), ({ kind, admission }) => {
      this.parts.counted(kind, admission.ok ? 'admitted' : 'refused');
      if (!admission.ok) this.parts.log.refused(admission.reason, requestId);
      return admission;
    });
  }

  async holds(identity: Identity): Promise<boolean> {
    if (identity.standing?.token) return this.parts.apiTokens.holds(identity);
    return this.parts.oidc?.holds(identity) ?? false;
  }

  private look(authorization: string | undefined): Soon<Looked> {
    if (authorization === undefined || authorization === '') return refused('none', 'there is no credential');
    if (authorization.length > LONGEST) return refused('other', `it has more than ${LONGEST} characters`);
    const text = BEARER.exec(authorization)?.[1];
    if (text === undefined) return refused('other', 'it is not of the form: Bearer, a space, and a token');
    if (text.startsWith(API_TOKEN_PREFIX)) {
      return this.checkApiToken(text).then((admission) => ({ kind: 'token', admission }));
    }
    if (!this.parts.oidc) return refused('other', 'it is no API token, and no OIDC_ISSUER is set');
    return after(this.parts.oidc.check(text), (admission) => ({ kind: 'oidc', admission }));
  }

  private async checkApiToken(text: string): Promise<Admission> {
    const known = this.failedTokens.reasonOf(text);
    if (known !== undefined) return { ok: false, reason: known };
    const admission = await this.parts.apiTokens.check(text);
    if (!admission.ok) this.failedTokens.failed(text, admission.reason);
    return admission;
  }
}

interface Looked {
  readonly kind: CredentialKind;
  readonly admission: Admission;
}

function refused(kind: CredentialKind, reason: string): Looked {
  return { kind, admission: { ok: false, reason } };
}
