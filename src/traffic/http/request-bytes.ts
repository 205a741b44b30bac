import type { Field } from './answer-head.ts';

/** A request as it stands on the wire. */
export interface WireRequest {
  readonly method: string;
  /** The request line's second part: a path, a whole URL or an authority. */
  readonly target: string;
  /** Host and port as a URL has them. */
  readonly host: string;
  /** Names spelt as they are sent: some proxies find `Proxy-Authorization` only so spelt. One character a byte. */
  readonly fields: readonly Field[];
  /** Left out or empty: none. */
  readonly body?: string | undefined;
}

/** RFC 9110 §8.6: with these methods a length of 0 is told. */
const EXPECTS_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** The whole request, with Host and, where it has or could have a body, Content-Length. */
export function requestBytes({ method, target, host, fields, body = '' }: WireRequest): Buffer {
  const content = body === '' ? undefined : Buffer.from(body, 'utf8');
  let lines = line(`${method} ${target} HTTP/1.1`) + line(`Host: ${host}`);
  for (const [name, value] of fields) lines += line(`${name}: ${value}`);
  if (content || EXPECTS_BODY.has(method)) lines += line(`Content-Length: ${content?.length ?? 0}`);
  const head = Buffer.from(`${lines}\r\n`, 'latin1');
  return content ? Buffer.concat([head, content]) : head;
}

/** All parts were judged before; this holds even if one was not. */
function line(text: string): string {
  if (/[\r\n\0]/.test(text)) throw new Error('a line of a request would be two');
  return `${text}\r\n`;
}
