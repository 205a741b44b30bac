import type { Clock } from './clock.ts';
import { KeyKeeper, type KeyNews } from './oidc/key-keeper.ts';
import { discoveredKeys, type KeySource, keysAt, keysInFile } from './oidc/key-sources.ts';
import { OidcTokens } from './oidc/oidc-tokens.ts';
import type { Warn } from './refusal-log.ts';

/** An issuer, as the settings name it. */
export interface OidcSettings {
  /** As exact text. */
  readonly issuer: string;
  /** Where its keys are, instead of where its metadata say. */
  readonly jwksUri?: string | undefined;
  /** A file that has its keys; nothing is fetched then. */
  readonly jwksFile?: string | undefined;
  readonly audiences: readonly string[];
  readonly nameClaim?: string | undefined;
  readonly groupsClaim: string;
  readonly algorithms: readonly string[];
  readonly toleranceSeconds: number;
}

export interface OidcMetrics {
  lookedForKeys(outcome: 'success' | 'failure'): void;
  /** Shows them as they are at each look. */
  watchOidc(sizes: () => OidcSizes): void;
}

export interface OidcSizes {
  /** Of the issuer that serve; 0: its tokens are refused. */
  readonly keys: number;
  /** Milliseconds since the newest were looked for; undefined: there were never any. */
  readonly keysAgeMs: number | undefined;
  /** Tokens that wait until their signatures are looked at. */
  readonly waiting: number;
}

export interface OpenOidcParts {
  readonly settings: OidcSettings;
  /** Texts of principals. */
  readonly administrators: readonly string[];
  readonly clock: Clock;
  readonly logger: { readonly info: Warn; readonly warn: Warn; readonly error: Warn };
  readonly metrics: OidcMetrics;
}

export interface Oidc {
  readonly tokens: OidcTokens;
  stop(): void;
}

const TELL_EVERY_MS = 60_000;

/** Begins to look for an issuer's keys, and checks its tokens. */
export function openOidc({ settings, administrators, clock, logger, metrics }: OpenOidcParts): Oidc {
  const keys = new KeyKeeper({
    source: sourceOf(settings),
    clock,
    tell: (news) => tellNews(logger, news),
    looked: (outcome) => metrics.lookedForKeys(outcome),
  });
  let toldAt = Number.NEGATIVE_INFINITY;
  const tokens = new OidcTokens({
    rules: { ...settings, administrators },
    keys,
    clock,
    groupsLeftOut: (actor) => {
      if (clock.elapsed() - toldAt < TELL_EVERY_MS) return;
      toldAt = clock.elapsed();
      logger.warn({ actor }, GROUPS_LEFT_OUT);
    },
  });
  metrics.watchOidc(() => ({
    keys: keys.serving?.keys.length ?? 0,
    keysAgeMs: keys.ageMs,
    waiting: tokens.waiting,
  }));
  keys.start();
  return { tokens, stop: () => keys.stop() };
}

const GROUPS_LEFT_OUT =
  'a token says that it left out groups, as there are too many: no grants by groups count for it. Have the issuer put only ' +
  'groups assigned to the application into tokens, or use app roles with OIDC_GROUPS_CLAIM=roles';

function sourceOf({ issuer, jwksUri, jwksFile }: OidcSettings): KeySource {
  if (jwksFile !== undefined) return keysInFile(jwksFile);
  return jwksUri === undefined ? discoveredKeys(issuer) : keysAt(jwksUri);
}

function tellNews(logger: OpenOidcParts['logger'], { event, ...details }: KeyNews): void {
  switch (event) {
    case 'there':
      logger.info(details, "the issuer's keys are there");
      break;
    case 'changed':
      logger.info(details, "the issuer's keys have changed");
      break;
    case 'away':
      logger.warn(details, "the issuer's keys could not be looked for; those that are known serve for an hour");
      break;
    case 'gone':
      logger.error(details, "there are no keys of the issuer's, so that its tokens are refused");
      break;
  }
}
