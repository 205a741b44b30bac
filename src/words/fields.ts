import type { Faults, Path } from './refusal.ts';
import { codePoints, hasControl, isWellFormed } from './text.ts';

/** Limits of what may be stored, in code points unless bytes are named. */
export const LIMITS = {
  name: 100,
  description: 2_000,
  host: 253,
  user: 255,
  password: 1_024,
  urlBytes: 8 * 1024,
  headerValueBytes: 8 * 1024,
  headers: 50,
  parameterKey: 100,
  parameterValueBytes: 16 * 1024,
  environments: 50,
  requestBodyBytes: 1024 * 1024,
  idempotencyKey: 200,
} as const;

export const ILL_FORMED = 'the text is not well-formed Unicode: it holds half of a surrogate pair';

/** What is said of a null where an update may only leave out or replace. */
export const CANNOT_BE_NULL = (field: string) => `${field} cannot be null: leave it out to keep it`;

/** A name on one line: trimmed, not empty, without control characters and without characters that reorder text. */
export function readName(text: string, path: Path, faults: Faults): string {
  const name = text.trim();
  if (!isWellFormed(name)) faults.invalid(path, ILL_FORMED);
  else if (hasControl(name)) faults.invalid(path, 'a name must not contain control characters or line breaks');
  else if (!isVisible(name)) faults.invalid(path, 'a name must have at least one visible character');
  else if (/\p{Bidi_Control}/u.test(name))
    faults.invalid(path, 'a name must not contain characters that change the direction of text');
  else checkLength(name, LIMITS.name, 'a name', path, faults);
  return name;
}

/** A description or reason: may have several lines; an empty one is none. */
export function readProse(text: string | null | undefined, path: Path, faults: Faults): string | null {
  if (text === undefined || text === null || text === '') return null;
  if (!isWellFormed(text)) faults.invalid(path, ILL_FORMED);
  else if (hasControl(text.replace(/[\t\n\r]/g, ''))) {
    faults.invalid(path, 'the text must not contain control characters other than tabs and line breaks');
  } else if (reorders(text)) {
    faults.invalid(path, 'the text must not contain characters that change the direction of text');
  } else checkLength(text, LIMITS.description, 'the text', path, faults);
  return text;
}

export function checkLength(text: string, limit: number, what: string, path: Path, faults: Faults): void {
  const length = codePoints(text);
  if (length > limit) faults.invalid(path, `${what} has at most ${limit} characters; this one has ${length}`);
}

export function checkBytes(text: string, limit: number, what: string, path: Path, faults: Faults): void {
  const length = Buffer.byteLength(text, 'utf8');
  if (length > limit) faults.invalid(path, `${tooManyBytes(what, limit)}; this one has ${length}`);
}

export function tooManyBytes(what: string, limit: number): string {
  return `${what} has at most ${limit} bytes in UTF-8`;
}

/** What no reader has refused yet, but for its being no Unicode: every text of an input, at whatever depth. */
export function checkWellFormed(input: unknown, path: Path, faults: Faults): void {
  if (typeof input === 'string') {
    if (!isWellFormed(input) && !faults.at(path)) faults.invalid(path, ILL_FORMED);
  } else if (typeof input === 'object' && input !== null) {
    for (const [name, member] of Object.entries(input)) {
      // Of nearly all members: no path is made.
      if (typeof member === 'string' && isWellFormed(member)) continue;
      checkWellFormed(member, [...path, name], faults);
    }
  }
}

/** Whether anything of the text is seen: joiners, fillers and selectors are not, nor is the blank pattern of Braille. */
function isVisible(text: string): boolean {
  return /[^\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text);
}

/** Embeddings, overrides and isolates (Unicode UAX #9 §2): they can make a text look like another one. */
function reorders(text: string): boolean {
  return /[\u202a-\u202e\u2066-\u2069]/.test(text);
}
