import { createAuthority } from './certificates.mjs';
import { startCorporateProxy } from './corporate-proxy.mjs';
import { startCrm } from './crm.mjs';

export const CRM_NAME = 'crm.example.com';
const PROXY_NAMES = ['localhost', '127.0.0.1'];

/**
 * What stands in for a company's network, on loopback: a CRM that speaks https, a proxy before it that speaks TLS and
 * wants credentials, and the authority (`ca`, PEM) that issued the certificates of both. What it starts it hands over to
 * `cleanUps`, to be undone in the opposite order. Port 0 of the proxy: a free one.
 */
export async function startStandIns({ credentials, proxyPort }, cleanUps) {
  const authority = await createAuthority('Proxy Ledger example CA');
  const crm = { name: CRM_NAME, ...(await startCrm(await authority.issue([CRM_NAME]))) };
  cleanUps.push(crm.stop);
  const certificate = await authority.issue(PROXY_NAMES);
  const proxy = await startCorporateProxy({ certificate, credentials, crm, port: proxyPort });
  cleanUps.push(proxy.stop);
  return { ca: authority.ca, crm, proxy };
}

/** The settings that let a server use them: to trust the authority, to reach loopback, and to probe the CRM. */
export function settingsFor(caFile) {
  return {
    NODE_EXTRA_CA_CERTS: caFile,
    EGRESS_ALLOW: '127.0.0.0/8,::1/128',
    PROBE_TARGET_URL: `https://${CRM_NAME}/`,
  };
}

/** Undoes what was started, the last first. Answers the errors on the way. */
export async function cleanUp(cleanUps) {
  const errors = [];
  for (const undo of cleanUps.reverse()) {
    try {
      await undo();
    } catch (error) {
      errors.push(error);
    }
  }
  return errors;
}
