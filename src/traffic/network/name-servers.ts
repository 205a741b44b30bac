import { Resolver } from 'node:dns/promises';
import { errorCode } from '../error-code.ts';
import { interleaved } from './address-order.ts';
import type { ResolverConfig } from './resolv-conf.ts';

/** Addresses in the order to try them, and for how many seconds they may be used. */
export interface Found {
  readonly addresses: readonly string[];
  readonly seconds: number;
}

/** A look-up without an address. */
export class LookupError extends Error {
  override readonly name = 'LookupError';

  constructor(
    /** As c-ares names it: ENOTFOUND, ENODATA, ESERVFAIL, EREFUSED, ETIMEOUT, ECONNREFUSED and others. */
    readonly code: string,
  ) {
    super(`the look-up failed: ${code}`);
  }
}

/** What name servers say of the name itself; every other code is about the servers, or the way to them. */
export const OF_THE_NAME: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);
/** How long one family's answer is waited for when the other's has come: some servers say nothing to AAAA. */
const OTHER_FAMILY_MS = 300;

type Family = 4 | 6;
type Answer = Found | { readonly code: string };

/**
 * Asks for both kinds of addresses of a name at once, as it is, without any search. c-ares asks, so that the signal ends
 * its questions: it rejects with the signal's reason, or with a `LookupError`.
 */
export async function askNameServers(name: string, config: ResolverConfig, signal: AbortSignal): Promise<Found> {
  const enough = new AbortController();
  const channels = new Channels(config);
  const asking = AbortSignal.any([signal, enough.signal]);
  let timer: NodeJS.Timeout | undefined;
  const ask = async (family: Family): Promise<Answer> => {
    const answer = await askInTurn(name, family, config, channels, asking);
    if ('addresses' in answer) timer ??= setTimeout(() => enough.abort(), OTHER_FAMILY_MS);
    return answer;
  };
  const [v6, v4] = await Promise.all([ask(6), ask(4)]);
  clearTimeout(timer);
  signal.throwIfAborted();
  const found = [v6, v4].filter((answer) => 'addresses' in answer);
  if (found.length > 0) {
    return {
      addresses: interleaved(found.flatMap(({ addresses }) => addresses)),
      seconds: Math.min(...found.map(({ seconds }) => seconds)),
    };
  }
  throw new LookupError(codeOf(codesOf([v4, v6])));
}

/** That there is no such name holds for both families, but some servers say it where only the IPv6 address is missing. */
function codeOf([v4 = 'ENODATA', v6 = v4]: readonly string[]): string {
  if (v4 === 'ENOTFOUND') return v4;
  return [v4, v6].find((code) => !OF_THE_NAME.has(code)) ?? v4;
}

function codesOf(answers: readonly Answer[]): string[] {
  return answers.flatMap((answer) => ('code' in answer ? [answer.code] : []));
}

/** One server after the other, until one tells of the name; those that said nothing are asked again. */
async function askInTurn(
  name: string,
  family: Family,
  config: ResolverConfig,
  channels: Channels,
  signal: AbortSignal,
): Promise<Answer> {
  let code = 'ECONNREFUSED';
  let servers = config.servers;
  for (let attempt = 0; attempt < config.attempts; attempt += 1) {
    const silent: string[] = [];
    for (const server of servers) {
      const answer = await askServer(() => channels.to(server, attempt), name, family, signal);
      if ('addresses' in answer || OF_THE_NAME.has(answer.code) || signal.aborted) return answer;
      code = answer.code;
      if (code === 'ETIMEOUT') silent.push(server);
    }
    servers = silent;
  }
  return { code };
}

async function askServer(open: () => Resolver, name: string, family: Family, signal: AbortSignal): Promise<Answer> {
  let cancel = (): void => undefined;
  try {
    const channel = open();
    cancel = () => channel.cancel();
    signal.addEventListener('abort', cancel, { once: true });
    const records = await (family === 4
      ? channel.resolve4(name, { ttl: true })
      : channel.resolve6(name, { ttl: true }));
    if (records.length === 0) return { code: 'ENODATA' };
    return {
      addresses: records.map(({ address }) => address),
      seconds: Math.min(...records.map(({ ttl }) => ttl)),
    };
  } catch (error) {
    return { code: errorCode(error) ?? 'EFAIL' };
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/**
 * The families' questions share one for each server and attempt. No more than that: c-ares changes the time of a server by
 * what it has seen of it.
 */
class Channels {
  readonly #timeout: number;
  readonly #channels = new Map<string, Resolver>();

  constructor({ timeoutMs }: ResolverConfig) {
    this.#timeout = timeoutMs;
  }

  to(server: string, attempt: number): Resolver {
    const key = `${attempt} ${server}`;
    let channel = this.#channels.get(key);
    if (!channel) {
      channel = new Resolver({ timeout: this.#timeout, tries: 1 });
      channel.setServers([server]);
      this.#channels.set(key, channel);
    }
    return channel;
  }
}
