import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';

export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

export interface HealthOptions {
  readonly readiness: () => Promise<Readiness>;
  readonly logger: Logger;
  /** Milliseconds that `readiness` may take. */
  readonly timeoutMs: number;
}

/** `/health/live`: the process answers. `/health/ready`: it can serve, which 503 denies with a reason. */
export function registerHealth(app: FastifyInstance, options: HealthOptions): void {
  app.get('/health/live', async () => ({ status: 'alive' }));
  app.get('/health/ready', async (_request, reply) => {
    const readiness = await judge(options);
    if (readiness.ready) return { status: 'ready' };
    return reply.code(503).send({ status: 'not ready', reason: readiness.reason });
  });
}

async function judge({ readiness, logger, timeoutMs }: HealthOptions): Promise<Readiness> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<Readiness>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, { ready: false, reason: `no answer within ${timeoutMs} ms` });
  });
  try {
    return await Promise.race([readiness(), silence]);
  } catch (error) {
    logger.error({ err: error }, 'the readiness check failed');
    return { ready: false, reason: 'the check failed; the log says why' };
  } finally {
    clearTimeout(timer);
  }
}
