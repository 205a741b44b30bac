/** More than any proxy offers: a bound for what a hostile one sends. */
const SCHEMES_LIMIT = 20;
const SCHEME_LENGTH_LIMIT = 40;

/**
 * The schemes that challenges offer, distinct, in order of appearance, whatever they are called. One field may hold
 * several challenges, whose parameters are separated by commas as well (RFC 9110 §11.6.1); some proxies leave the commas
 * between parameters out.
 */
export function offeredSchemes(challenges: readonly string[]): string[] {
  const schemes = new Map<string, string>();
  for (const scheme of challenges.flatMap(schemesIn)) {
    if (scheme.length > SCHEME_LENGTH_LIMIT || schemes.size >= SCHEMES_LIMIT) continue;
    if (!schemes.has(scheme.toLowerCase())) schemes.set(scheme.toLowerCase(), scheme);
  }
  return [...schemes.values()];
}

function schemesIn(challenge: string): string[] {
  const schemes: string[] = [];
  for (let at = 0; at < challenge.length; ) {
    at = endOf(/[ \t,]*/y, challenge, at);
    const end = endOf(/[!#$%&'*+.^_`|~0-9A-Za-z-]*/y, challenge, at);
    const value = endOf(/[ \t]*=[ \t]*/y, challenge, end);
    if (end > at && value > end)
      at = challenge[value] === '"' ? behindQuoted(challenge, value) : behindWord(challenge, value);
    else if (end > at && (end === challenge.length || /[ \t,]/.test(challenge.charAt(end)))) {
      schemes.push(challenge.slice(at, end));
      // What stands alone behind a scheme is a token68, such as Base64.
      at = endOf(/[ \t]+[0-9A-Za-z._~+/-]+=*[ \t]*(?=,|$)/y, challenge, end);
    } else at = behindMember(challenge, end);
  }
  return schemes;
}

/** Where what the pattern matches ends; where it would begin, when it matches nothing. */
function endOf(sticky: RegExp, text: string, at: number): number {
  sticky.lastIndex = at;
  return sticky.test(text) ? sticky.lastIndex : at;
}

function behindWord(text: string, at: number): number {
  return endOf(/[^ \t,]*/y, text, at);
}

/** What is none of a challenge's parts is passed over as far as the next comma that is not quoted. */
function behindMember(text: string, at: number): number {
  let to = at;
  while (to < text.length && text[to] !== ',') to = text[to] === '"' ? behindQuoted(text, to) : to + 1;
  return to;
}

/** A quoted string that is never closed goes to the end. */
function behindQuoted(text: string, at: number): number {
  for (let to = at + 1; to < text.length; to += 1) {
    if (text[to] === '"') return to + 1;
    if (text[to] === '\\') to += 1;
  }
  return text.length;
}

export function isBasic(scheme: string): boolean {
  return scheme.toLowerCase() === 'basic';
}

/** RFC 7617 §2: user and password in UTF-8, as typed. */
export function basicAuthorization({ user, password }: { readonly user: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
}
