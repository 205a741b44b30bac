import { z } from 'zod';
import { cutTo, withoutControls } from '../../words/text.ts';
import { FetchFault, fetchJson } from './fetch-json.ts';

/** What an issuer says of itself (OpenID Connect Discovery 1.0 §3), as far as it is used. */
export type IssuerMetadata = z.infer<typeof METADATA>;

const address = z.string().max(2_000);

const METADATA = z.object({
  issuer: z.string(),
  jwks_uri: address.optional(),
  authorization_endpoint: address.optional(),
  token_endpoint: address.optional(),
  end_session_endpoint: address.optional(),
});

/** Where an issuer's metadata is: its text, less one final slash, and what the specification puts behind. */
export function metadataAddress(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

/**
 * Reads an issuer's metadata, which must be those of exactly this issuer: else any tenant of a large provider could stand
 * in for another.
 *
 * @throws {FetchFault}
 */
export async function fetchMetadata(issuer: string, signal: AbortSignal): Promise<IssuerMetadata> {
  const read = METADATA.safeParse(await fetchJson(metadataAddress(issuer), signal));
  if (!read.success) {
    const fields = [...new Set(read.error.issues.map(({ path }) => path.join('.')))].join(', ');
    throw new FetchFault(`the answer is no issuer's metadata${fields === '' ? '' : `: ${fields}`}`);
  }
  if (read.data.issuer !== issuer) {
    const told = cutTo(withoutControls(read.data.issuer), 500);
    throw new FetchFault(`its metadata are of the issuer "${told}", while OIDC_ISSUER is "${issuer}"`);
  }
  return read.data;
}
