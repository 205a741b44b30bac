import type { X509Certificate } from 'node:crypto';
import { failed, type Leg, type Step, type TrafficFailure } from '../failures.ts';
import type { Attempt } from './attempt.ts';
import {
  hasNameConstraints,
  isBuiltIn,
  isForServers,
  oneLine,
  publicKeyOf,
  type Shown,
  weakDigest,
} from './certificates.ts';

/**
 * What is wrong with the certificate that a peer showed.
 *
 * @param name what the certificate should be for.
 * @param code why Node refused it.
 */
export function certificateFault(
  attempt: Attempt,
  leg: Leg,
  name: string,
  code: string,
  shown: Shown | undefined,
): Step<never> {
  const peer = leg.toLowerCase();
  if (shown === undefined) {
    return failed(`${leg}_CERTIFICATE_UNTRUSTED`, `The ${peer} showed no certificate that can be read (${code}).`, {
      detail: code,
    });
  }
  const { subject, issuer, validTo } = shown.report;
  const [kind, sentence] = verdict(attempt, leg, name, code, shown);
  const failure: TrafficFailure = `${leg}_CERTIFICATE_${kind}`;
  return failed(failure, sentence, { detail: `${subject}, issued by ${issuer}, valid to ${validTo}: ${code}` });
}

type Kind = 'EXPIRED' | 'NOT_YET_VALID' | 'SELF_SIGNED' | 'UNTRUSTED' | 'HOST_MISMATCH';

function verdict(attempt: Attempt, leg: Leg, name: string, code: string, shown: Shown): [Kind, string] {
  const { report, chain, leaf } = shown;
  const own = `The ${leg.toLowerCase()}'s certificate`;
  switch (code) {
    case 'CERT_HAS_EXPIRED': {
      const late = chain.find(({ validTo }) => Date.parse(validTo) < Date.now());
      const which =
        late === undefined || late === leaf
          ? `${own} expired at ${report.validTo}`
          : `${own} is good, but ${named(attempt, late)}, which vouches for it, expired at ${iso(late.validTo)}`;
      return ['EXPIRED', `${which}; have it renewed.`];
    }
    case 'CERT_NOT_YET_VALID': {
      const early = chain.find(({ validFrom }) => Date.parse(validFrom) > Date.now()) ?? leaf;
      const from = iso(early.validFrom);
      const which =
        early === leaf
          ? `${own} is not valid before ${from}`
          : `${own} is good, but ${named(attempt, early)}, which vouches for it, is not valid before ${from}`;
      return ['NOT_YET_VALID', `${which}; check the clocks of both sides.`];
    }
    case 'DEPTH_ZERO_SELF_SIGNED_CERT': {
      const cause = suspicion(attempt, leg, chain);
      return [
        'SELF_SIGNED',
        `${own} is signed by itself, which nobody vouches for; have one issued, or trust it by NODE_EXTRA_CA_CERTS${cause}.`,
      ];
    }
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'ERR_TLS_CERT_ALTNAME_FORMAT':
    case 'HOSTNAME_MISMATCH':
    case 'IP_ADDRESS_MISMATCH': {
      const names = attempt.clean(leaf.subjectAltName ?? leaf.subject ?? '', 200);
      const cause = suspicion(attempt, leg, chain);
      return [
        'HOST_MISMATCH',
        `${own} is not for ${name} but for ${names}; use a host that it names, or have it reissued${cause}.`,
      ];
    }
    default: {
      const flaw = flawOf(attempt, code, shown);
      if (flaw !== undefined) return ['UNTRUSTED', `${own} ${flaw}${suspicion(attempt, leg, chain)}.`];
      return ['UNTRUSTED', untrusted(attempt, leg, code, shown)];
    }
  }
}

function untrusted(attempt: Attempt, leg: Leg, code: string, { report, chain, leaf }: Shown): string {
  const top = chain.at(-1) ?? leaf;
  const isCutShort = top.subject !== top.issuer;
  const causes = [
    ...(isCutShort ? [`the ${leg.toLowerCase()} may leave out its intermediate certificates, which it must send`] : []),
    ...(leg === 'TARGET' && attempt.proxy !== null ? ['the proxy may intercept TLS'] : []),
    "an authority of one's own is trusted by NODE_EXTRA_CA_CERTS",
  ];
  return `The ${leg.toLowerCase()}'s certificate is issued by ${report.issuer}, whom this server does not trust (${code}); ${causes.join('; ')}.`;
}

/**
 * What is wrong in the certificates themselves, which trusting somebody would not mend. Node has one code, UNSPECIFIED,
 * for most of OpenSSL's reasons, so what the certificates hold is looked at.
 */
function flawOf(attempt: Attempt, code: string, { report, chain, leaf }: Shown): string | undefined {
  const above = chain.slice(1);
  switch (code) {
    case 'INVALID_CA':
    case 'INVALID_PURPOSE': {
      const noAuthority = above.find(({ ca }) => !ca);
      if (noAuthority) return noAuthorityFlaw(attempt, noAuthority);
      if (!isForServers(leaf)) {
        return 'is not for servers: its extended key usage allows other uses alone, such as that by clients; have it reissued for server authentication';
      }
      return `is not for servers, by its key usage or by the uses of an authority above it (${code}); have it reissued`;
    }
    case 'PATH_LENGTH_EXCEEDED':
      return `is issued by ${report.issuer}, which an authority above it does not let issue any (${code}: its path length); have it issued by another authority`;
    case 'UNSPECIFIED':
      return unspecifiedFlaw(attempt, chain);
    default:
      return undefined;
  }
}

function unspecifiedFlaw(attempt: Attempt, chain: readonly X509Certificate[]): string {
  // Nobody looks at the signature of the authority that is trusted.
  const signed = chain.length === 1 ? chain : chain.slice(0, -1);
  const weak = signed.find(weakDigest);
  if (weak) {
    const which = weak === chain[0] ? 'is' : `is issued below ${named(attempt, weak)}, which is`;
    return `${which} signed with ${weakDigest(weak)}, which is not accepted any more; have it reissued with SHA-256`;
  }
  const limited = chain.slice(1).find(hasNameConstraints);
  if (limited) {
    return `bears a name that ${named(attempt, limited)}, which vouches for it, may not vouch for: its name constraints do not permit it; use a host that they permit, or have it issued by another authority`;
  }
  const short = chain.map((each) => publicKeyOf(each)?.asymmetricKeyDetails?.modulusLength).find(isShort);
  if (short !== undefined) {
    return `has a key of ${short} bits, or one that issued it has, which is too short; have it reissued with one of ${LEAST_RSA_BITS}`;
  }
  const [leaf] = chain;
  if (chain.length === 1 && leaf && leaf.subject !== leaf.issuer) {
    return `is issued by ${attempt.clean(oneLine(leaf.issuer))}, which is no authority: its key usage does not let it sign certificates; have it issued by one`;
  }
  return 'breaks a rule that OpenSSL does not name (UNSPECIFIED), such as an unknown critical extension; have it reissued';
}

const LEAST_RSA_BITS = 2048;

function isShort(bits: number | undefined): boolean {
  return bits !== undefined && bits < LEAST_RSA_BITS;
}

function noAuthorityFlaw(attempt: Attempt, issuer: X509Certificate): string {
  return `is issued by ${named(attempt, issuer)}, which is no authority: its basic constraints do not let it issue certificates; have it issued by one`;
}

/** Where no public authority vouches for it. */
function suspicion(attempt: Attempt, leg: Leg, chain: readonly X509Certificate[]): string {
  const byAdded = leg === 'TARGET' && attempt.proxy !== null && !chain.slice(1).some(isBuiltIn);
  return byAdded ? '; the proxy may intercept TLS' : '';
}

function named(attempt: Attempt, { subject }: X509Certificate): string {
  return attempt.clean(oneLine(subject), 200);
}

/** ISO 8601, where it is a date. */
function iso(text: string): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? 'a date that can not be read' : date.toISOString();
}
