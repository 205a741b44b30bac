import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';

/**
 * One line for each request, once its connection has its answer or is gone. It holds no query string, no header and no
 * body: those may carry query texts, variables and secrets.
 */
export function logRequest(
  logger: Logger,
  requestId: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const path = pathOf(request.url);
  const level = /^\/(?:health|graphiql)\//.test(path) ? 'debug' : 'info';
  const start = performance.now();
  response.once('close', () => {
    const answered = response.writableFinished;
    logger[level](
      {
        requestId,
        method: request.method,
        path,
        ...(answered ? { status: response.statusCode } : { aborted: true }),
        durationMs: Math.round((performance.now() - start) * 1000) / 1000,
      },
      'request',
    );
  });
}

const PATH_LIMIT = 200;

/** A proxy's absolute form (`GET http://user:password@host/`) is not a path, and is not logged. */
function pathOf(url: string | undefined): string {
  if (url === undefined || !url.startsWith('/')) return '(not a path)';
  const end = url.search(/[?#;]/);
  return url.slice(0, end < 0 ? PATH_LIMIT : Math.min(end, PATH_LIMIT));
}
