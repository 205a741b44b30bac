/**
 * What of a secret header's value is a secret by itself, the whole first: peers repeat values in parts, and decoded. The
 * credentials behind a scheme (RFC 9110 §11.4), the value of each parameter (`token="…"`, `session=…`), unquoted, what
 * is behind the colon of `user:password`, and the same of what stands there in Base64, as for Basic (RFC 7617). Short
 * parts are among them.
 */
export function headerSecrets(value: string): readonly string[] {
  const whole = value.replace(/^[ \t]+|[ \t]+$/g, '');
  const credentials = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+[ \t]+(.+)$/.exec(whole)?.[1] ?? whole;
  const decoded = textInBase64(credentials);
  const plain = [whole, credentials, ...(decoded === undefined ? [] : [decoded])];
  const parts = plain.flatMap((text) => [text, behindColon(text), ...parameterValues(text)]);
  return [...new Set(parts)].filter((part) => part !== '');
}

function behindColon(text: string): string {
  const colon = text.indexOf(':');
  return colon < 0 ? '' : text.slice(colon + 1);
}

function parameterValues(text: string): string[] {
  const pieces = text.match(/(?:"(?:[^"\\]|\\.)*"?|[^",;&])+/g) ?? [];
  return pieces.flatMap((piece) => {
    const equals = piece.indexOf('=');
    return equals < 0 ? [] : [unquoted(piece.slice(equals + 1).trim())];
  });
}

/** RFC 9110 §5.6.4. */
function unquoted(value: string): string {
  return value.startsWith('"') ? value.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1') : value;
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true });

/** Undefined for what is no Base64, or of something else than text. */
function textInBase64(text: string): string | undefined {
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return undefined;
  try {
    const decoded = UTF_8.decode(Buffer.from(text, 'base64'));
    return /^\P{C}+$/u.test(decoded) ? decoded : undefined;
  } catch {
    return undefined;
  }
}
