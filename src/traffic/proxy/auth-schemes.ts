/** More than any proxy offers: a bound for what a hostile one sends. */
const SCHEMES_LIMIT = 20;
const SCHEME_LENGTH_LIMIT = 40;

/**
 * The schemes that challenges offer, distinct, in order of appearance (RFC 9110 §11.6.1): one field may hold several
 * challenges, whose parameters are separated by commas as well.
 */
export function offeredSchemes(challenges: readonly string[]): string[] {
  const schemes = new Map<string, string>();
  for (const challenge of challenges) {
    // Quoted strings may hold anything, commas and scheme names included.
    const items = challenge.replace(/"(?:[^"\\]|\\.)*"?/g, '""').split(',');
    for (const item of items) {
      const scheme = /^\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:\s+[^\s=]|\s*$)/.exec(item)?.[1];
      if (scheme === undefined || scheme.length > SCHEME_LENGTH_LIMIT || schemes.size >= SCHEMES_LIMIT) continue;
      if (!schemes.has(scheme.toLowerCase())) schemes.set(scheme.toLowerCase(), scheme);
    }
  }
  return [...schemes.values()];
}

/** Whether a scheme is one that is registered or common, and no word that somebody made up. */
export function isRegistered(scheme: string): boolean {
  return /^(basic|bearer|digest|dpop|gnap|hoba|kerberos|mutual|negotiate|ntlm|oauth|privatetoken|scram-sha-1|scram-sha-256|vapid)$/i.test(
    scheme,
  );
}

export function isBasic(scheme: string): boolean {
  return scheme.toLowerCase() === 'basic';
}

/** RFC 7617 §2: user and password in UTF-8, as typed. */
export function basicAuthorization({ user, password }: { readonly user: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}
