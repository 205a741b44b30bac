import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SigningKey, signingKey } from './local-issuer.ts';

export const ISSUER = 'https://id.example.com';
export const AUDIENCE = 'proxy-ledger';

/** An issuer of tokens whose keys are in a file. */
export class KeyFileIssuer {
  private constructor(
    private readonly key: SigningKey,
    private readonly directory: string,
  ) {}

  static async create(): Promise<KeyFileIssuer> {
    const key = await signingKey('key-1');
    const directory = mkdtempSync(join(tmpdir(), 'keys-'));
    writeFileSync(join(directory, 'keys.json'), JSON.stringify({ keys: [key.jwk] }));
    return new KeyFileIssuer(key, directory);
  }

  /** Settings of a server that takes its tokens. `admin` administers. */
  get env(): Readonly<Record<string, string>> {
    return {
      OIDC_ISSUER: ISSUER,
      OIDC_AUDIENCE: AUDIENCE,
      OIDC_JWKS_FILE: join(this.directory, 'keys.json'),
      ADMINS: `user:${ISSUER}#admin`,
    };
  }

  /** A header of somebody's, an hour's token in it. @param claims laid over the usual ones */
  async headers(sub: string, claims: Record<string, unknown> = {}): Promise<Record<string, string>> {
    const now = Math.floor(Date.now() / 1_000);
    const token = await this.key.sign({ iss: ISSUER, aud: AUDIENCE, sub, iat: now, exp: now + 3_600, ...claims });
    return { authorization: `Bearer ${token}` };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
