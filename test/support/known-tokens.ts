import type { Admission, Credentials, Identity } from '../../src/access/identity.ts';

/** Whoever a test says is let in, each by a token of their own: the bearer token `ada` is Ada's. */
export class KnownTokens implements Credentials {
  /** What was checked, in order. */
  readonly checked: (string | undefined)[] = [];
  /** Instead of a look at what was brought. */
  answer: (() => Promise<Admission>) | undefined;
  private readonly tokens: ReadonlySet<string>;

  constructor(...tokens: readonly string[]) {
    this.tokens = new Set(tokens);
  }

  async check(authorization: string | undefined): Promise<Admission> {
    this.checked.push(authorization);
    if (this.answer) return this.answer();
    const token = /^Bearer (\w+)$/.exec(authorization ?? '')?.[1] ?? '';
    return this.tokens.has(token)
      ? { ok: true, identity: identityOf(token) }
      : { ok: false, reason: 'it is not known' };
  }

  async holds({ actor }: Identity): Promise<boolean> {
    return this.tokens.has(actor.name);
  }
}

function identityOf(name: string): Identity {
  return {
    actor: { kind: 'USER', id: `oidc:https://id.example.com#${name}`, name, auth: 'oidc' },
    standing: { groups: [], isAdministrator: false },
  };
}
