import { timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { apiTokenDigest, parseApiToken } from '../access/api-token.ts';
import type { Admission, Identity } from '../access/identity.ts';
import { INSTANCE } from '../access/instance.ts';
import { principalText } from '../access/principals.ts';
import { tokenId } from '../access/token-events.ts';
import type { TokenRow, TokenTable } from '../access/token-view.ts';
import { isGood } from '../access/tokens.ts';

/** What a log folds to, as far as its tokens go; undefined while there is no such log. */
type Seen = { readonly view: { readonly tokens: TokenTable } } | undefined;

export interface ApiTokensParts {
  readonly ledgers: {
    /** As this process knows it, which is what it was a second ago at most. */
    view(log: string): Promise<Seen>;
    /** As a read that begins now finds it. */
    viewAtHead(log: string): Promise<Seen>;
  };
  /** Whether the catalogue names a principal among those that may read a project; of unknown projects it names none. */
  readonly mayRead: (project: string, principal: string) => Promise<boolean>;
  /** Told of each request that a token let in. @param log the project's key, or the instance's own */
  readonly used: (log: string, id: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** So many tokens that were let in lately are not asked of the catalogue again. */
const MOST_KNOWN = 10_000;

/**
 * Checks API tokens. A token's project is looked up in the catalogue, by its key alone and for unknown keys too; only when
 * that names the token is the project's ledger opened, so that guesses open none.
 */
export class ApiTokens {
  /** Digests of tokens that were let in. Whether they still are good the ledger says. */
  private readonly known = new LRUCache<string, true>({ max: MOST_KNOWN });

  /** Of the rows of tokens, which never change. */
  private readonly identities = new WeakMap<TokenRow, Identity>();

  constructor(private readonly parts: ApiTokensParts) {}

  /**
   * @param text a token's text, as `Authorization` has it behind `Bearer`
   * @throws what the store throws: then nothing is known of the token
   */
  async check(text: string): Promise<Admission> {
    const parsed = parseApiToken(text);
    if (!parsed.ok) return refused(`its ${parsed.fault} is not that of an API token`);
    const { id, project } = parsed;
    const digest = apiTokenDigest(text);
    if (project !== undefined && !this.known.has(digest)) {
      const isThere = await this.parts.mayRead(project, principalText({ kind: 'TOKEN', identity: id }));
      if (!isThere) return refused('there is no such API token, or it was revoked or expired');
    }
    const log = project ?? INSTANCE;
    const row = await this.find(log, id);
    if (!row || !isSameDigest(row.token.sha256, digest)) return refused('there is no such API token');
    const fault = this.faultOf(row);
    if (fault !== undefined) return refused(fault);
    this.known.set(digest, true);
    this.parts.used(log, id);
    return { ok: true, identity: this.identityOf(row, id, project) };
  }

  /** Whether the token that let somebody in is neither revoked nor expired by now. */
  async holds({ standing }: Identity): Promise<boolean> {
    if (!standing?.token) return false;
    const { id, project: log = INSTANCE } = standing.token;
    const row = rowOf(await this.parts.ledgers.view(log), log, id);
    return row !== undefined && this.faultOf(row) === undefined;
  }

  /** One that was issued by another node a moment ago may not have come here yet. */
  private async find(log: string, id: string): Promise<TokenRow | undefined> {
    const { ledgers } = this.parts;
    return rowOf(await ledgers.view(log), log, id) ?? rowOf(await ledgers.viewAtHead(log), log, id);
  }

  /** The same for each request, so that what was found out of it once is known. */
  private identityOf(row: TokenRow, id: string, project: string | undefined): Identity {
    const made = this.identities.get(row) ?? identityOf(row, id, project);
    this.identities.set(row, made);
    return made;
  }

  private faultOf({ token }: TokenRow): string | undefined {
    const now = token.expiresAt === null ? '' : new Date(this.parts.now()).toISOString();
    if (isGood(token, now)) return undefined;
    return token.status === 'revoked' ? 'the API token was revoked' : 'the API token expired';
  }
}

function rowOf(seen: Seen, log: string, id: string): TokenRow | undefined {
  return seen?.view.tokens.get(tokenId(log, id));
}

function isSameDigest(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(one), Buffer.from(other));
}

function identityOf({ token }: TokenRow, id: string, project: string | undefined): Identity {
  const { name, role, expiresAt } = token;
  return {
    actor: { kind: 'TOKEN', id: `token:${id}`, name, auth: 'token' },
    standing: {
      groups: [],
      isAdministrator: role === null,
      token: { id, ...(project !== undefined && { project }) },
    },
    ...(expiresAt !== null && { expiresAt, endsAt: Date.parse(expiresAt) }),
  };
}

function refused(reason: string): Admission {
  return { ok: false, reason };
}
