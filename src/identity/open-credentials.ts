import type { Credentials } from '../access/identity.ts';
import type { Clock } from './clock.ts';
import { BearerCredentials, type BearerCredentialsParts } from './credentials.ts';
import { type OpenApiTokensParts, openApiTokens } from './open-api-tokens.ts';
import { type OidcMetrics, type OidcSettings, openOidc } from './open-oidc.ts';
import { RefusalLog, type Warn } from './refusal-log.ts';

/** Who may ask, as the settings say. */
export interface IdentitySettings {
  /** Undefined: API tokens only. */
  readonly oidc: OidcSettings | undefined;
  /** Texts of principals. */
  readonly administrators: readonly string[];
}

export interface OpenCredentialsParts extends Omit<OpenApiTokensParts, 'logger'> {
  readonly settings: IdentitySettings;
  readonly clock: Clock;
  readonly logger: { readonly info: Warn; readonly warn: Warn; readonly error: Warn };
  readonly metrics: OidcMetrics & { readonly credential: BearerCredentialsParts['counted'] };
}

export interface OpenCredentials {
  readonly credentials: Credentials;
  /** Before the store is closed. */
  stop(): Promise<void>;
}

/** Begins to check what requests bring. It waits for nobody: API tokens are good at once, the issuer's when it is there. */
export function openCredentials({ settings, metrics, ...parts }: OpenCredentialsParts): OpenCredentials {
  const { clock, logger } = parts;
  const { administrators, oidc: issuer } = settings;
  const apiTokens = openApiTokens(parts);
  const oidc = issuer && openOidc({ settings: issuer, administrators, clock, logger, metrics });
  const credentials = new BearerCredentials({
    apiTokens: apiTokens.tokens,
    oidc: oidc?.tokens,
    clock,
    log: new RefusalLog(clock, (details, message) => logger.warn(details, message)),
    counted: (kind, outcome) => metrics.credential(kind, outcome),
  });
  return {
    credentials,
    async stop() {
      oidc?.stop();
      await apiTokens.stop();
    },
  };
}
