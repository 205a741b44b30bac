import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { HttpFault } from './faults.ts';

/** Reads JSON bodies. What is wrong with one is told by its position and never by quoting it: it may hold a password. */
export function registerJsonBody(app: FastifyInstance): void {
  const parseSafely = app.getDefaultJsonParser('error', 'ignore');
  // A page may send text/plain to any origin without asking first.
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const text = decodeUtf8(body);
    if (text === undefined) {
      done(new HttpFault(400, 'BAD_USER_INPUT', 'The request body is not valid UTF-8.'));
      return;
    }
    parseSafely(request, text, (error, value) => {
      if (error) done(new HttpFault(400, 'BAD_USER_INPUT', `The request body is not valid JSON${jsonFault(text)}.`));
      else done(null, value);
    });
  });
}

function decodeUtf8(body: string | Buffer): string | undefined {
  if (typeof body === 'string') return body;
  if (!isUtf8(body)) return undefined;
  // RFC 8259 §8.1 lets a reader ignore it.
  const text = body.toString('utf8');
  return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
}

const BYTE_ORDER_MARK = 0xfeff;

/** What may be told of JSON.parse's complaint; V8 gives a position for some faults, and quotes the text for others. */
function jsonFault(text: string): string {
  if (text === '') return ': it is empty';
  try {
    JSON.parse(text);
    return ': it has the forbidden key __proto__';
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (message === 'Unexpected end of JSON input') return ': it ends too early';
    const position = /in JSON at position (\d+)(?: \(line \d+ column \d+\))?$/.exec(message)?.[1];
    return position === undefined ? '' : ` at position ${position}`;
  }
}
