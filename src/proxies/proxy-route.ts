import { Faults, type Path } from '../refusal.ts';
import { dialHost, parseHost, parsePort } from '../traffic/addresses.ts';
import { type ParameterValues, type ResolvedText, resolveText } from '../traffic/parameter-values.ts';
import { type ProxyFields, secretParameterFault } from './proxies.ts';
import type { Probed } from './proxy-events.ts';
import type { ProxyRow, TestRecord } from './proxy-view.ts';

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

/** Resolves host and port and judges them again as if typed. Undefined when something is wrong, which is then in `faults`. */
export function resolveRoute(
  fields: RouteFields,
  values: ParameterValues,
  paths: RoutePaths,
  faults: Faults,
): ResolvedRoute | undefined {
  const host = resolveText(fields.host, values);
  const port = resolveText(fields.port, values);
  reportUnresolved(
    [
      [paths.host, host],
      [paths.port, port],
    ],
    values.environment,
    faults,
  );
  const parsedHost = host.ok ? parseHost(host.value) : undefined;
  const parsedPort = port.ok ? parsePort(port.value) : undefined;
  if (parsedHost && !parsedHost.ok) faults.invalid(paths.host, blame(host, values.environment, parsedHost.fault));
  if (parsedPort && !parsedPort.ok) faults.invalid(paths.port, blame(port, values.environment, parsedPort.fault));
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

/** Reports parameters without a value and secret ones; every report of the former names all of them. */
function reportUnresolved(
  texts: readonly (readonly [path: Path, text: ResolvedText])[],
  environment: string,
  faults: Faults,
): void {
  const missing = [...new Set(texts.flatMap(([, text]) => (text.ok ? [] : text.missing)))];
  const reported = new Set<string>();
  for (const [path, text] of texts) {
    if (text.ok) continue;
    for (const key of text.secret) faults.invalid(path, secretParameterFault(key));
    if (text.missing.length === 0 || reported.has(path.join())) continue;
    reported.add(path.join());
    const message = `no value in environment ${environment} and no default: ${missing.join(', ')}`;
    faults.add('PARAMETER_UNDEFINED', path, message);
  }
}

function blame(text: ResolvedText, environment: string, fault: string): string {
  const keys = text.ok ? text.keys : [];
  return keys.length === 0 ? fault : `with the value of ${keys.join(', ')} in ${environment}: ${fault}`;
}

function sameText({ type, host, port, authType, user, secretRef }: Probed): string {
  return JSON.stringify([type, dialHost(host), port, authType, user, secretRef]);
}
