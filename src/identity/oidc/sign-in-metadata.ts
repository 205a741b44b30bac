import type { Clock } from '../clock.ts';
import { FetchFault } from './fetch-json.ts';
import { addressFault } from './issuer-address.ts';
import { fetchMetadata, type IssuerMetadata } from './metadata.ts';

export interface SignInMetadataParts {
  readonly issuer: string;
  readonly clock: Clock;
  /** Told why there is nothing new, whenever that changes. */
  readonly warn: (details: object, message: string) => void;
}

/** For one look. */
const LOOK_LIMIT_MS = 5_000;
const FRESH_MS = 10 * 60 * 1_000;
/** Between two looks, failed ones counted: whoever asks has shown no credential. */
const PAUSE_MS = 30_000;

/** What a browser needs of an issuer's metadata to sign somebody in; looked for when it is asked for. */
export class SignInMetadata {
  private found: { readonly metadata: IssuerMetadata; readonly at: number } | undefined;
  private lookedAt = Number.NEGATIVE_INFINITY;
  private looking: Promise<void> | undefined;
  private fault: string | undefined;

  constructor(private readonly parts: SignInMetadataParts) {}

  /** What was found last; undefined: nothing ever was. Waits for no issuer that has answered before. */
  async current(): Promise<IssuerMetadata | undefined> {
    const now = this.parts.clock.elapsed();
    const isFresh = this.found !== undefined && now - this.found.at < FRESH_MS;
    if (!isFresh && now - this.lookedAt >= PAUSE_MS && !this.looking) {
      this.lookedAt = now;
      this.looking = this.look().finally(() => {
        this.looking = undefined;
      });
    }
    if (!this.found) await this.looking;
    return this.found?.metadata;
  }

  private async look(): Promise<void> {
    const { issuer, clock, warn } = this.parts;
    try {
      const metadata = await fetchMetadata(issuer, AbortSignal.timeout(LOOK_LIMIT_MS));
      this.found = { metadata: withoutOddAddresses(metadata), at: clock.elapsed() };
      this.fault = undefined;
    } catch (error) {
      const reason = error instanceof FetchFault ? error.message : String(error);
      if (reason !== this.fault) warn({ reason }, "the issuer's metadata, for signing in, could not be looked for");
      this.fault = reason;
    }
  }
}

/** A page goes to these addresses: they obey the rule that the issuer does. */
function withoutOddAddresses({ issuer, ...addresses }: IssuerMetadata): IssuerMetadata {
  const good = Object.entries(addresses).filter(([, address]) => address && addressFault(address) === undefined);
  return { issuer, ...Object.fromEntries(good) };
}
