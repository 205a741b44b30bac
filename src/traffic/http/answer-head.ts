import { MalformedAnswerError } from './answer-errors.ts';

/** The head of a final or an interim answer. Texts have one character a byte: see `fieldText`. */
export interface AnswerHead {
  /** Of HTTP/1, such as 0 or 1. */
  readonly minor: number;
  /** 100 to 999. */
  readonly status: number;
  /** Often empty. */
  readonly reason: string;
  /** In order, names as they came; white space around values is away, a folded value is one line. */
  readonly fields: readonly Field[];
}

export type Field = readonly [name: string, value: string];

/**
 * Reads a whole head. Lines may end in LF alone (RFC 9112 §2.2), and the line of a folded value joins the one before it
 * by a blank (§5.2). Throws `MalformedAnswerError`.
 */
export function parseAnswerHead(text: string): AnswerHead {
  if (text.includes('\0')) throw new MalformedAnswerError('a NUL in its head');
  const [statusLine = '', ...lines] = text.split(/\r?\n/);
  const [, minor, status, reason = ''] = /^HTTP\/1\.(\d)[ \t]+(\d{3})(?:[ \t]+(.*))?$/.exec(statusLine) ?? [];
  if (minor === undefined || status === undefined) throw new MalformedAnswerError('its status line is none of HTTP/1');
  if (status.startsWith('0')) throw new MalformedAnswerError(`its status is ${status}`);
  const fields: [string, string][] = [];
  for (const line of lines) {
    if (line === '') break;
    if (line.includes('\r')) throw new MalformedAnswerError('a carriage return within a line of its head');
    if (/^[ \t]/.test(line)) unfold(fields, line);
    else fields.push(parseField(line));
  }
  return { minor: Number(minor), status: Number(status), reason: reason.trimEnd(), fields };
}

/** RFC 9112 §5.1: a name is a token, right before its colon. */
function parseField(line: string): [string, string] {
  const colon = line.indexOf(':');
  if (colon < 0) throw new MalformedAnswerError('a header without a colon');
  const name = line.slice(0, colon);
  if (TOKEN.test(name)) return [name, trimmed(line.slice(colon + 1))];
  if (/[ \t]$/.test(name)) throw new MalformedAnswerError("a blank before a header's colon");
  throw new MalformedAnswerError("a header's name that is none");
}

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function unfold(fields: [string, string][], line: string): void {
  const last = fields.at(-1);
  if (!last) throw new MalformedAnswerError('white space before its first header');
  last[1] = `${last[1]} ${trimmed(line)}`.trim();
}

function trimmed(value: string): string {
  let begin = 0;
  let end = value.length;
  while (begin < end && isBlank(value.charCodeAt(begin))) begin += 1;
  while (begin < end && isBlank(value.charCodeAt(end - 1))) end -= 1;
  return value.slice(begin, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** All values of fields with this name, in order; `name` in lower case. */
export function fieldValues({ fields }: Pick<AnswerHead, 'fields'>, name: string): readonly string[] {
  let values: string[] | undefined;
  for (const [each, value] of fields) {
    if (each.length !== name.length || each.toLowerCase() !== name) continue;
    if (values) values.push(value);
    else values = [value];
  }
  return values ?? NONE;
}

const NONE: readonly string[] = [];

/** The members of a list that may stand in one field or several (RFC 9110 §5.6.1), in lower case. */
export function listedTokens(head: Pick<AnswerHead, 'fields'>, name: string): readonly string[] {
  const values = fieldValues(head, name);
  if (values.length === 0) return NONE;
  return values
    .flatMap((value) => value.split(','))
    .map((token) => token.trim().toLowerCase())
    .filter((token) => token !== '');
}

/** A field's value as a person reads it: in UTF-8 where its bytes are that, else in Latin-1, as RFC 9110 §5.5 has it. */
export function fieldText(value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return value;
  try {
    return UTF_8.decode(Buffer.from(value, 'latin1'));
  } catch {
    return value;
  }
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
