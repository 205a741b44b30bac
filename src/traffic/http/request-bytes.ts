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
  const content = Buffer.from(body, 'utf8');
  const tellsLength = content.length > 0 || EXPECTS_BODY.has(method);
  const lines = [
    `${method} ${target} HTTP/1.1`,
    `Host: ${host}`,
    ...fields.map(([name, value]) => `${name}: ${value}`),
    ...(tellsLength ? [`Content-Length: ${content.length}`] : []),
  ];
  // All parts were judged before; this holds even if one was not.
  if (lines.some((line) => /[\r\n\0]/.test(line))) throw new Error('a line of a request would be two');
  const head = Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  return content.length > 0 ? Buffer.concat([head, content]) : head;
}
