/**
 * Whether texts lead a stored secret to the same place, as typed: templates are not resolved, host names have no case
 * (RFC 4343), parameters' keys have.
 */
export function isSameHostText(a: string, b: string): boolean {
  return foldHostCase(a) === foldHostCase(b);
}

/** Whether two base URLs have the same scheme, host and port as typed. */
export function isSameOriginText(a: string, b: string): boolean {
  return foldHostCase(originText(a)) === foldHostCase(originText(b));
}

function originText(url: string): string {
  return /^(?:[^/]*:\/\/)?[^/]*/.exec(url.trim())?.[0] ?? '';
}

function foldHostCase(text: string): string {
  return text.replace(/\$\{[^}]*\}|[^$]+/g, (part) => (part.startsWith('${') ? part : part.toLowerCase()));
}
