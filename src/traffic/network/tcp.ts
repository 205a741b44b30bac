import { connect, isIPv6, type Socket } from 'node:net';
import { errorCode } from '../error-code.ts';
import { failed, type Leg, passed, type Step } from '../failures.ts';
import { dialHost } from './addresses.ts';
import type { Attempt } from './attempt.ts';
import { type FailedAddress, raceToConnect } from './connect-race.ts';
import { OF_THE_NAME } from './name-servers.ts';
import { systemResolver } from './resolver.ts';

/** Enough for any sane name, and a bound for one that resolves to hundreds. All are judged, these many are tried. */
const ADDRESSES_TRIED = 8;
/** One address may take so long. */
const ADDRESS_CAP_MS = 10_000;

/** The addresses to pin, each of which the egress policy allows. */
export async function resolveHost(attempt: Attempt, leg: Leg, host: string): Promise<Step<readonly string[]>> {
  const name = dialHost(host);
  const resolution = await (attempt.settings.resolver ?? systemResolver).resolve(name, attempt.signal, attempt.actor);
  if (!resolution.ok) return lookupFault(leg, name, resolution.code);
  for (const address of resolution.addresses) {
    const refusal = attempt.settings.egress.refusal(address, name);
    if (refusal === undefined) continue;
    return failed('ADDRESS_NOT_ALLOWED', `The ${leg.toLowerCase()} may not be connected to: ${refusal}.`, {
      detail: refusal,
    });
  }
  return passed(resolution.addresses, resolution.addresses.slice(0, ADDRESSES_TRIED).join(', '));
}

function lookupFault(leg: Leg, name: string, code: string): Step<never> {
  const certain = OF_THE_NAME.has(code);
  const what = code === 'ENODATA' ? 'has no address' : 'was not found';
  const message = certain
    ? `The name ${name} ${what} (${code}); check its spelling, and whether this server's name server knows it.`
    : `The name ${name} could not be looked up just now (${code}); check the name server, or try again.`;
  return failed(`${leg}_NAME_NOT_FOUND`, message, { detail: `${name}: ${code}`, retryable: !certain });
}

/**
 * Connects to one of the pinned addresses, in their order, and to none of them twice; one that does not answer has the
 * next tried beside it. Nothing is sent on a connection before it is the only one.
 */
export async function connectTcp(
  attempt: Attempt,
  leg: Leg,
  addresses: readonly string[],
  port: number,
): Promise<Step<Socket>> {
  const tried = addresses.slice(0, ADDRESSES_TRIED);
  const race = await raceToConnect<Socket>(tried, (address, tell) => dial(address, port, tell), attempt.signal);
  if (race.winner && leg === 'PROXY') attempt.proxyAddress = race.address;
  if (race.winner) return passed(race.winner, endpoint(race.address, port));
  // At the end of the time what some addresses have told is worth more than that others have not.
  if (attempt.signal.aborted && !(attempt.deadline.expired && race.failed.length > 0)) throw attempt.signal.reason;
  return connectFault(leg, port, [...race.failed, ...race.open.map((address) => ({ address, code: 'ETIMEDOUT' }))]);
}

function dial(address: string, port: number, tell: (outcome: Socket | string) => void): () => void {
  const socket = connect({ host: address, port, noDelay: true, autoSelectFamily: false });
  const cap = setTimeout(() => fail('ETIMEDOUT'), ADDRESS_CAP_MS);
  const fail = (code: string): void => {
    end();
    tell(code);
  };
  const end = (): void => {
    clearTimeout(cap);
    socket.destroy();
  };
  const onError = (error: Error): void => fail(errorCode(error) ?? 'EFAIL');
  // Errors are met by who uses the socket; between two users, or when it lost, they must not end the process.
  socket.on('error', () => undefined);
  socket.once('error', onError);
  socket.once('connect', () => {
    clearTimeout(cap);
    socket.removeListener('error', onError);
    tell(socket);
  });
  return end;
}

function connectFault(leg: Leg, port: number, codes: readonly FailedAddress[]): Step<never> {
  const peer = leg.toLowerCase();
  const detail = codes.map(({ address, code }) => `${endpoint(address, port)}: ${code}`).join('; ');
  // Of several addresses the one that answered tells the most: others of a name are often not routed at all.
  const found = (code: string) => codes.find((each) => each.code === code);
  const refused = found('ECONNREFUSED');
  if (refused) {
    const message = `The ${peer} refused the connection to ${endpoint(refused.address, port)}; check the port, and that the ${peer} is running.`;
    return failed(`${leg}_REFUSED`, message, { detail });
  }
  const late = found('ETIMEDOUT');
  if (late) {
    const message = `The ${peer} did not accept a connection to ${endpoint(late.address, port)} in time; check host and port, and the firewalls on the way.`;
    return failed(`${leg}_CONNECT_TIMED_OUT`, message, { detail });
  }
  const message = `The ${peer} can't be reached from this server (${detail}); check the host, and the routes and firewalls on the way.`;
  return failed(`${leg}_UNREACHABLE`, message, { detail });
}

function endpoint(address: string, port: number): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}
