import type { Socket } from 'node:net';
import { passed, type Step } from '../failures.ts';
import { type Attempt, type ProxyRoute, targetPort } from '../network/attempt.ts';
import { connectTcp, resolveHost } from '../network/tcp.ts';
import { startTls } from '../network/tls.ts';
import { openTunnel } from './connect-tunnel.ts';
import { secureTunnel } from './tunnel-tls.ts';

/**
 * The way to the target, ready for its first request: straight to it, through a tunnel, or, for an `http:` target behind
 * a proxy, as far as the proxy, which forwards requests in absolute form (see `Attempt.forwards`).
 *
 * One connection is used, and nothing is tried twice; a second one of the same attempt goes to the proxy's same address.
 * The process's own proxy variables play no part. The stages go into the attempt's trace. Rejects with the reason of the
 * attempt's signal alone; on any outcome but the socket,
 * everything that was opened is closed, and when the socket closes, so is what is below it.
 */
export async function openRoute(attempt: Attempt): Promise<Step<Socket>> {
  const sockets: Socket[] = [];
  let opened: Step<Socket> | undefined;
  try {
    opened = attempt.proxy === null ? await direct(attempt, sockets) : await proxied(attempt, attempt.proxy, sockets);
    return opened;
  } finally {
    const destroyAll = (): void => {
      for (const socket of sockets) socket.destroy();
    };
    if (opened?.ok) opened.value.once('close', destroyAll);
    else destroyAll();
  }
}

async function direct(attempt: Attempt, sockets: Socket[]): Promise<Step<Socket>> {
  const { trace, target } = attempt;
  const tcp = await reach(attempt, 'TARGET', target.hostname, targetPort(target));
  if (!tcp.ok) return tcp;
  sockets.push(tcp.value);
  if (target.protocol === 'http:') return tcp;
  return trace.stage('TARGET_TLS', () => startTls(attempt, 'TARGET', target.hostname, tcp.value));
}

async function proxied(attempt: Attempt, proxy: ProxyRoute, sockets: Socket[]): Promise<Step<Socket>> {
  const { trace } = attempt;
  let below = await reach(attempt, 'PROXY', proxy.host, proxy.port);
  if (!below.ok) return below;
  sockets.push(below.value);

  if (proxy.type === 'HTTPS') {
    const { value } = below;
    below = await trace.stage('PROXY_TLS', () => startTls(attempt, 'PROXY', proxy.host, value));
    if (!below.ok) return below;
    sockets.push(below.value);
  }
  if (attempt.forwards) return below;

  const { value } = below;
  const tunnel = await trace.stage('TUNNEL', () => openTunnel(attempt, value));
  if (!tunnel.ok) return tunnel;
  return trace.stage('TARGET_TLS', () => secureTunnel(attempt, tunnel.value));
}

async function reach(attempt: Attempt, leg: 'PROXY' | 'TARGET', host: string, port: number): Promise<Step<Socket>> {
  const before = leg === 'PROXY' ? attempt.proxyAddress : undefined;
  const addresses =
    before === undefined
      ? await attempt.trace.stage('RESOLVE', () => resolveHost(attempt, leg, host))
      : passed([before]);
  if (!addresses.ok) return addresses;
  return attempt.trace.stage('CONNECT', () => connectTcp(attempt, leg, addresses.value, port));
}
