import type { ProxyRoute, TrafficSettings } from '../../../src/traffic/network/attempt.ts';
import { type Cidr, parseCidrs } from '../../../src/traffic/network/cidr.ts';
import { EgressPolicy } from '../../../src/traffic/network/egress.ts';
import type { StageName } from '../../../src/traffic/network/trace.ts';
import { type ProbeResult, probe } from '../../../src/traffic/probe/probe.ts';
import type { Connections } from '../../support/sockets.ts';
import { eventually } from '../../support/sockets.ts';

export function cidrs(text: string): readonly Cidr[] {
  const parsed = parseCidrs(text);
  if (!parsed.ok) throw new Error(parsed.faults.join('; '));
  return parsed.ranges;
}

/** What tests may connect to: this machine. */
export const LOOPBACK = new EgressPolicy({ allow: cidrs('127.0.0.0/8,::1/128') });

export interface Options extends Partial<Omit<TrafficSettings, 'egress'>> {
  readonly egress?: EgressPolicy;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** A probe on loopback, with time enough unless the test is about that. */
export function probeThrough(
  proxy: Partial<ProxyRoute> & { readonly port: number },
  target: URL,
  options: Options = {},
): Promise<ProbeResult> {
  const { timeoutMs = 10_000, signal, ...settings } = options;
  return probe(
    { proxy: { type: 'HTTP', host: '127.0.0.1', ...proxy }, target, timeoutMs, ...(signal && { signal }) },
    { egress: LOOPBACK, ...settings },
  );
}

/** The stages in one line: `RESOLVE CONNECT !TUNNEL`; a failed one has a mark, those skipped are left out. */
export function way(result: ProbeResult): string {
  return result.stages
    .filter(({ status }) => status !== 'SKIPPED')
    .map(({ name, status }) => (status === 'FAILED' ? `!${name}` : name))
    .join(' ');
}

export function detailOf(result: ProbeResult, stage: StageName): string | undefined {
  return result.stages.find(({ name }) => name === stage)?.detail;
}

/** Whether the server sees all its connections closed, soon. */
export function allClosed(connections: Connections): Promise<boolean> {
  return eventually(() => connections.open() === 0);
}

/** Stops in the end what the tests of a file start. */
export function keeper(): <T extends { stop(): Promise<void> }>(starting: Promise<T>) => Promise<T> {
  const started: { stop(): Promise<void> }[] = [];
  afterAll(async () => {
    await Promise.all(started.map((each) => each.stop()));
  });
  return async (starting) => {
    const server = await starting;
    started.push(server);
    return server;
  };
}
