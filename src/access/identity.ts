import type { Asker } from '../event-sourcing/asker.ts';
import type { Soon } from '../words/after.ts';

/** Whom a credential lets in. */
export interface Identity extends Asker {
  /** When the credential ends by itself: ISO 8601, UTC, milliseconds. Absent: it does not. */
  readonly expiresAt?: string;
  /** When whoever it let in has to go: `expiresAt` with the tolerance for clocks that differ; milliseconds since 1970. */
  readonly endsAt?: number;
}

/** What came of a look at a credential. The reason is for the log alone: whoever asks hears the same words for each. */
export type Admission =
  | { readonly ok: true; readonly identity: Identity }
  | {
      readonly ok: false;
      readonly reason: string;
      /** It was not looked at, as too many others were; in a second it may be. */
      readonly isBusy?: true;
    };

/** Where identities are configured, checks what requests bring. */
export interface Credentials {
  /**
   * @param authorization an `Authorization` header's value, `Bearer …`; undefined when there was none
   * @param requestId for the log
   * @throws what the store throws: then nothing is known of the credential
   */
  check(authorization: string | undefined, requestId?: string): Soon<Admission>;
  /** Whether what let an identity in is still good; for sockets, which outlive their credential's check. */
  holds(identity: Identity): Promise<boolean>;
}
