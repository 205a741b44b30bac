import type { ProxyFields } from '../proxies/proxies.ts';
import type { Probed } from '../proxies/proxy-events.ts';
import type { ProxyRow, TestRecord } from '../proxies/proxy-view.ts';
import { dialHost, parseHost, parsePort } from '../traffic/network/addresses.ts';
import type { ParameterValues } from '../traffic/parameter-values.ts';
import { LIMITS } from '../words/fields.ts';
import { Faults, type Path } from '../words/refusal.ts';
import { blameParameters, resolveTexts } from './resolve-texts.ts';

/** What is dialled in one environment. The password is not in it. */
export type ResolvedRoute = Probed;

type RouteFields = Pick<ProxyFields, 'type' | 'host' | 'port' | 'authType' | 'user'> & {
  readonly password: { readonly secretRef?: string } | null;
};

/** Where faults of the host and the port are reported. */
export interface RoutePaths {
  readonly host: Path;
  readonly port: Path;
}

/** As loose as the white space around them that is trimmed; what is wrong else is for their parsers to say. */
const MOST_BYTES = 2 * 1024;
const HOST_LIMIT = { mostBytes: MOST_BYTES, tooLong: `a host has at most ${LIMITS.host} characters` };
const PORT_LIMIT = { mostBytes: MOST_BYTES, tooLong: 'a port is a whole number from 1 to 65535' };

/** Resolves host and port and judges them again as if typed. Undefined when something is wrong, which is then in `faults`. */
export function resolveRoute(
  fields: RouteFields,
  values: ParameterValues,
  paths: RoutePaths,
  faults: Faults,
): ResolvedRoute | undefined {
  const texts = [
    { text: fields.host, path: paths.host, ...HOST_LIMIT },
    { text: fields.port, path: paths.port, ...PORT_LIMIT },
  ];
  const [host, port] = resolveTexts(texts, values, faults);
  const parsedHost = host && parseHost(host.value);
  const parsedPort = port && parsePort(port.value);
  if (parsedHost && !parsedHost.ok) {
    faults.invalid(paths.host, blameParameters(host.keys, values.environment, parsedHost.fault));
  }
  if (parsedPort && !parsedPort.ok) {
    faults.invalid(paths.port, blameParameters(port.keys, values.environment, parsedPort.fault));
  }
  if (!parsedHost?.ok || !parsedPort?.ok) return undefined;
  const { type, authType, user, password } = fields;
  return {
    type,
    host: parsedHost.host,
    port: parsedPort.port,
    authType,
    ...(user !== null && { user }),
    ...(password?.secretRef !== undefined && { secretRef: password.secretRef }),
  };
}

/** Whether a recorded test does not speak any more of what would be probed now in its environment. */
export function isStale(row: ProxyRow, record: TestRecord, values: ParameterValues | undefined): boolean {
  if (record.draft) return false;
  const now = values && resolveRoute(row.proxy.fields, values, { host: [], port: [] }, new Faults());
  return now === undefined || sameText(now) !== sameText(record.probed);
}

function sameText({ type, host, port, authType, user, secretRef }: Probed): string {
  return JSON.stringify([type, dialHost(host), port, authType, user, secretRef]);
}
