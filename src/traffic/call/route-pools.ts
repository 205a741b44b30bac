import { LRUCache } from 'lru-cache';
import type { ProxyRoute } from '../network/attempt.ts';
import { RoutePool } from './route-pool.ts';

/** What a call's connection is chosen by. */
export interface PoolChoice {
  /** Names whose connection it is: the project and the proxy, on one line. */
  readonly pool: string;
  /** Whose values resolved the route, on one line: only a later call in it can tell that its route has changed. */
  readonly environment: string;
  /** Null: straight to the target. */
  readonly proxy: ProxyRoute | null;
  /** The target's. */
  readonly origin: string;
}

/** How many pools are kept; the least recently used one is retired. */
const MOST_POOLS = 500;
/** For how many names the routes of their environments are remembered. */
const MOST_NAMES = 10_000;
/** How long a pool is kept that no call asks for. */
const POOL_IDLE_MS = 60_000;

/**
 * The pools of calls. One belongs to a name, an origin and what the route resolved to: environments in which a route is
 * the same share it, others have their own. A route is retired once no environment of its name has it any more, and so is
 * a pool that nobody asked for in a while: its idle connections are closed at once, and calls under way on it run to
 * their own deadlines.
 */
export class RoutePools {
  readonly #pools = new LRUCache<string, RoutePool>({
    max: MOST_POOLS,
    ttl: POOL_IDLE_MS,
    ttlAutopurge: true,
    ttlResolution: 0,
    updateAgeOnGet: true,
    dispose: (pool) => this.#retire(pool),
  });
  /** The newest route of each environment, by name. */
  readonly #routes = new LRUCache<string, Map<string, string>>({ max: MOST_NAMES });
  /** With calls under way. */
  readonly #retired = new Set<RoutePool>();

  get(choice: PoolChoice): RoutePool {
    const route = choice.proxy ? routeKey(choice.proxy) : '';
    this.#follow(choice, route);
    const key = `${choice.pool}\n${choice.origin}\n${route}`;
    let pool = this.#pools.get(key);
    if (!pool) {
      pool = new RoutePool();
      this.#pools.set(key, pool);
    }
    return pool;
  }

  /** To be told when a call on the pool is over. */
  leave(pool: RoutePool): void {
    if (!pool.busy) this.#retired.delete(pool);
  }

  /** Ends every connection. */
  close(): void {
    this.#pools.clear();
    for (const pool of this.#retired) pool.destroy();
    this.#retired.clear();
  }

  #follow({ pool: name, environment }: PoolChoice, route: string): void {
    const routes = this.#routes.get(name) ?? new Map<string, string>();
    const before = routes.get(environment);
    if (before === route) return;
    routes.set(environment, route);
    this.#routes.set(name, routes);
    if (before === undefined || [...routes.values()].includes(before)) return;
    for (const key of [...this.#pools.keys()]) {
      if (key.startsWith(`${name}\n`) && key.endsWith(`\n${before}`)) this.#pools.delete(key);
    }
  }

  #retire(pool: RoutePool): void {
    pool.close();
    if (pool.busy) this.#retired.add(pool);
  }
}

/** What a route resolved to. A user has no colon and neither has a line break, so that no two routes have one key. */
function routeKey({ type, host, port, credentials }: ProxyRoute): string {
  return `${type} ${host} ${port}${credentials ? ` ${credentials.user}:${credentials.password}` : ''}`;
}
