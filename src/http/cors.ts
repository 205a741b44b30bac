import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** What pages of allowed origins may read of answers, beside what any page may. */
const EXPOSED = ['x-request-id', 'www-authenticate', 'retry-after', 'etag'];

/** Seconds that a browser remembers what it asked beforehand. */
const PREFLIGHT_AGE = 600;

/**
 * Lets pages of these origins call the API and read what it answers, refusals too (Fetch, "CORS protocol"); never with
 * credentials that a browser sends by itself. To be registered before whatever refuses requests.
 */
export async function registerCors(app: FastifyInstance, origins: readonly string[]): Promise<void> {
  if (origins.length === 0) return;
  await app.register(cors, {
    delegator: ({ headers }, done) => {
      const { origin } = headers;
      if (origin === undefined || !origins.includes(origin)) return done(null, { origin: false });
      return done(null, {
        origin: true,
        methods: ['GET', 'POST'],
        // Left out, the headers that a page asks for are allowed.
        exposedHeaders: EXPOSED,
        maxAge: PREFLIGHT_AGE,
        // Without that header it is a request like any other.
        preflight: headers['access-control-request-method'] !== undefined,
      });
    },
  });
}

/** The same for answers to what never becomes a request; empty for other origins. */
export function corsHeaders(origin: string | undefined, origins: readonly string[]): Readonly<Record<string, string>> {
  if (origins.length === 0) return {};
  if (origin === undefined || !origins.includes(origin)) return { vary: 'Origin' };
  return {
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-expose-headers': EXPOSED.join(', '),
  };
}
