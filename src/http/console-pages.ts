import { randomBytes } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { Coding, ConsoleFiles } from './console-files.ts';
import { type ConsoleSettings, toldSettings } from './console-settings.ts';

export interface ConsolePagesOptions {
  readonly files: ConsoleFiles;
  readonly settings: ConsoleSettings;
  /** Whether GraphiQL is served, so that the pages lead to it. */
  readonly graphiql: boolean;
}

/** Addresses of the console that its one page shows; which of them there are, it knows by itself. */
const PAGES = ['/', '/projects/*', '/signed-in'];

/** The console: its page, made anew for each answer, and its files, which never change under their names. */
export function registerConsolePages(app: FastifyInstance, { files, settings, graphiql }: ConsolePagesOptions): void {
  for (const address of PAGES) {
    app.get(address, async (request, reply) => {
      const told = { ...(await toldSettings(settings)), graphiql };
      const nonce = randomBytes(16).toString('base64');
      reply.header('content-security-policy', policy(nonce, tokenOrigin(told.oidc?.metadata)));
      return reply.type('text/html; charset=utf-8').send(page(files.template, request.url, nonce, told));
    });
  }
  app.get<{ Params: { name: string } }>('/assets/:name', async (request, reply) => {
    const asset = files.assets.get(request.params.name);
    if (!asset) return reply.callNotFound();
    const coding = bestCoding(request.headers['accept-encoding'], [...asset.codings.keys()]);
    const vary = [reply.getHeader('vary'), 'accept-encoding'].filter(Boolean).join(', ');
    reply.headers({ 'cache-control': 'public, max-age=31536000, immutable', vary });
    if (coding !== 'identity') reply.header('content-encoding', coding);
    return reply.type(asset.type).send(asset.codings.get(coding));
  });
}

function page(template: string, url: string, nonce: string, settings: object): string {
  const [path = ''] = url.split('?');
  // Relative, as a proxy may serve all of it below a path that this server does not know.
  const up = '../'.repeat(path.split('/').length - 2) || './';
  return template
    .replaceAll('__UP__', up)
    .replaceAll('"./assets/', `"${up}assets/`)
    .replaceAll('__NONCE__', nonce)
    .replace('"__SETTINGS__"', () => JSON.stringify(settings).replaceAll('<', '\\u003c'));
}

function policy(nonce: string, tokenOrigin: string | undefined): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    tokenOrigin === undefined ? "connect-src 'self'" : `connect-src 'self' ${tokenOrigin}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Where a page that signs somebody in sends a request, beside this server. */
function tokenOrigin(metadata: object | null | undefined): string | undefined {
  const endpoint = metadata && 'token_endpoint' in metadata ? String(metadata.token_endpoint) : '';
  const origin = URL.canParse(endpoint) ? new URL(endpoint).origin : '';
  // A host may hold a semicolon, which would begin another directive.
  return /^https?:\/\/[\w.:[\]-]+$/.test(origin) ? origin : undefined;
}

/** The first of those offered, best first, that the client takes (RFC 9110 §12.5.3). */
function bestCoding(accepted: string | undefined, offered: readonly Coding[]): Coding {
  const taken = new Set(
    (accepted ?? '')
      .split(',')
      .map((each) =>
        each
          .trim()
          .toLowerCase()
          .split(/\s*;\s*/),
      )
      .filter(([, weight]) => !/^q=0(?:\.0*)?$/.test(weight ?? ''))
      .map(([name]) => name),
  );
  return offered.find((coding) => taken.has(coding)) ?? 'identity';
}
