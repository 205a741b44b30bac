import { hash, randomBytes, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** What the text of a token says of itself. */
export interface ApiTokenName {
  /** 12 characters of base62, unlike those of all other tokens. */
  readonly id: string;
  /** The key of the project that it is of; absent: the instance, whose tokens are administrators'. */
  readonly project?: string;
}

export type ParsedApiToken =
  | ({ readonly ok: true } & ApiTokenName)
  /** `form`: it never was a token's text; `checksum`: it was one, before it was mistyped or cut together. */
  | { readonly ok: false; readonly fault: 'form' | 'checksum' };

/** What the text of every token begins with, and of hardly anything else. */
export const API_TOKEN_PREFIX = 'plt_';

/**
 * Finds tokens in other texts, as scanners for leaked secrets do; `docs/access.md` tells them. What it finds is a token if
 * its last six characters are the checksum of those before.
 */
export const API_TOKEN_PATTERN = 'plt_(?:[a-z][a-z0-9-]{1,62})?_[0-9A-Za-z]{61}';

/**
 * `plt_`, the project's key or nothing, `_`, the id, 32 random bytes as 43 digits of base62, and 6 more with the CRC-32
 * (ISO 3309, as in zip files) of all that is before them. A checksum finds typing errors, and tells nobody's token from
 * a guess: that is for the log to say.
 */
const FORM = /^(plt_(?:([a-z][a-z0-9-]{1,62}))?_([0-9A-Za-z]{12})[0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const ID_DIGITS = 12;
const SECRET_BYTES = 32;
const SECRET_DIGITS = 43;
const CHECKSUM_DIGITS = 6;

/** Makes a token that nobody can guess. Its text is not kept: `apiTokenDigest` of it is. */
export function newApiToken(project?: string): ApiTokenName & { readonly text: string } {
  const id = Array.from({ length: ID_DIGITS }, () => DIGITS[randomInt(DIGITS.length)]).join('');
  const secret = inDigits(BigInt(`0x${randomBytes(SECRET_BYTES).toString('hex')}`), SECRET_DIGITS);
  const body = `${API_TOKEN_PREFIX}${project ?? ''}_${id}${secret}`;
  return { id, ...(project !== undefined && { project }), text: body + checksum(body) };
}

/** Reads a token's text, without a look at whether there is such a token. */
export function parseApiToken(text: string): ParsedApiToken {
  const [, body, project, id, given] = FORM.exec(text) ?? [];
  if (body === undefined || id === undefined) return { ok: false, fault: 'form' };
  if (checksum(body) !== given) return { ok: false, fault: 'checksum' };
  return { ok: true, id, ...(project !== undefined && { project }) };
}

/** What the log has of a token's text: its SHA-256, lower-case hex. The text is random enough to need no salt. */
export function apiTokenDigest(text: string): string {
  return hash('sha256', text);
}

function checksum(body: string): string {
  return inDigits(BigInt(crc32(body)), CHECKSUM_DIGITS);
}

function inDigits(value: bigint, width: number): string {
  const base = BigInt(DIGITS.length);
  let digits = '';
  for (let rest = value; rest > 0n; rest /= base) digits = DIGITS.charAt(Number(rest % base)) + digits;
  return digits.padStart(width, DIGITS.charAt(0));
}
