import { hash } from 'node:crypto';
import { compactVerify, errors } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Admission, Identity } from '../../access/identity.ts';
import { after, type Soon } from '../../words/after.ts';
import type { Clock } from '../clock.ts';
import { CheckTurns } from './check-turns.ts';
import { type ClaimRules, claimsFault, identityOf, leavesGroupsOut } from './claims.ts';
import type { KeyKeeper } from './key-keeper.ts';
import { fits, type KeySet, type SetKey } from './key-set.ts';
import { type Read, readSignedToken, refused, type SignedToken } from './token-form.ts';

export interface TokenRules extends ClaimRules {
  readonly algorithms: readonly string[];
}

export interface OidcTokensParts {
  readonly rules: TokenRules;
  readonly keys: Pick<KeyKeeper, 'current' | 'renewed' | 'serving'>;
  readonly clock: Clock;
  /** Told of an actor whose token says that it left groups out. */
  readonly groupsLeftOut: (actorId: string) => void;
}

/** With the key that its token was signed with; copies keep it. */
type Proven = Identity & { readonly endsAt: number; readonly provenBy: string };

interface Verified {
  readonly set: KeySet;
  readonly identity: Proven;
}

interface Failed {
  readonly set: KeySet;
  readonly reason: string;
  readonly at: number;
}

/** Tokens that are remembered, of each kind, and names. */
const MOST_REMEMBERED = 10_000;
const FAILED_FOR_MS = 60_000;

/**
 * Checks access tokens of an issuer. What a token says of itself is held against the rules first, so that nothing is
 * fetched and no signature is looked at for one that would let nobody in anyway.
 *
 * What was verified is remembered by its hash as long as the keys stay the same, as is what failed, for a minute.
 */
export class OidcTokens {
  private readonly verified = new LRUCache<string, Verified>({ max: MOST_REMEMBERED });
  private readonly failed = new LRUCache<string, Failed>({ max: MOST_REMEMBERED });
  private readonly underWay = new Map<string, Promise<Admission>>();
  /** Subjects that were let in. */
  private readonly subjects = new LRUCache<string, true>({ max: MOST_REMEMBERED });
  private readonly turns: CheckTurns;

  constructor(private readonly parts: OidcTokensParts) {
    this.turns = new CheckTurns(parts.clock);
  }

  /** How many tokens wait until their signatures are looked at. */
  get waiting(): number {
    return this.turns.waiting;
  }

  check(text: string): Soon<Admission> {
    const digest = hash('sha256', text);
    const known = this.verified.get(digest);
    if (!known) return this.checkUnknown(text, digest);
    return after(this.parts.keys.current(), (set) =>
      known.set === set ? this.admit(known.identity) : this.checkUnknown(text, digest),
    );
  }

  private checkUnknown(text: string, digest: string): Soon<Admission> {
    const failed = this.failed.get(digest);
    if (failed && failed.set === this.parts.keys.serving && this.elapsedSince(failed.at) < FAILED_FOR_MS) {
      return refused(failed.reason);
    }
    const underWay = this.underWay.get(digest);
    if (underWay) return underWay;
    const checking = this.verify(text, digest).finally(() => this.underWay.delete(digest));
    this.underWay.set(digest, checking);
    return checking;
  }

  /** Whether the token that let somebody in has not ended, and the key that it was signed with still serves. */
  holds(identity: Identity): boolean {
    const { endsAt = 0, provenBy } = identity as Partial<Proven>;
    if (this.parts.clock.now() >= endsAt) return false;
    return this.parts.keys.serving?.keys.some(({ print }) => print === provenBy) ?? false;
  }

  private async verify(text: string, digest: string): Promise<Admission> {
    const { rules, clock, groupsLeftOut } = this.parts;
    const read = readSignedToken(text, rules.algorithms);
    if (!read.ok) return read;
    const { claims } = read.value;
    const fault = claimsFault(claims, rules, clock.now());
    if (fault !== undefined) return refused(fault);
    const found = await this.keysFor(read.value);
    if (!found.ok) return found;
    const { set, keys } = found.value;
    const subject = claims.sub as string;
    const asked = { subject, isKnown: this.subjects.has(subject), tries: keys.length };
    const signer = await this.turns.take(asked, () => signerOf(text, read.value, keys));
    if (signer === 'turned away') {
      return { ...refused('too many others waited until their signatures are looked at'), isBusy: true };
    }
    if (!signer) {
      const reason = "its signature is not that of the issuer's key";
      this.failed.set(digest, { set, reason, at: clock.elapsed() });
      return refused(reason);
    }
    const identity = { ...identityOf(claims, rules), provenBy: signer.print };
    this.verified.set(digest, { set, identity });
    this.subjects.set(subject, true);
    if (leavesGroupsOut(claims, rules.groupsClaim)) groupsLeftOut(identity.actor.id);
    return this.admit(identity);
  }

  private async keysFor(token: SignedToken): Promise<Read<{ readonly set: KeySet; readonly keys: readonly SetKey[] }>> {
    const current = await this.parts.keys.current();
    const meets = (set: KeySet | undefined) => set?.keys.some((key) => isMeant(key, token)) ?? false;
    const set = meets(current) ? current : await this.parts.keys.renewed();
    if (!set) return refused("there are no keys of the issuer's, as it could not be reached");
    if (!meets(set)) {
      return refused(`the issuer's keys have none ${token.kid === undefined ? 'for its alg' : 'of its kid'}`);
    }
    const keys = set.keys.filter((key) => isMeant(key, token) && fits(key, token.alg));
    if (keys.length === 0) return refused('the key of its kid is not for its alg');
    return { ok: true, value: { set, keys } };
  }

  private admit(identity: Proven): Admission {
    return this.parts.clock.now() < identity.endsAt ? { ok: true, identity } : refused('it has expired');
  }

  private elapsedSince(moment: number): number {
    return this.parts.clock.elapsed() - moment;
  }
}

/** Without a kid, every key that fits is. */
function isMeant(key: SetKey, { kid, alg }: SignedToken): boolean {
  return kid === undefined ? fits(key, alg) : key.kid === kid;
}

async function signerOf(text: string, { alg }: SignedToken, keys: readonly SetKey[]): Promise<SetKey | undefined> {
  for (const key of keys) {
    try {
      await compactVerify(text, key.jwk, { algorithms: [alg] });
      return key;
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
    }
  }
  return undefined;
}
