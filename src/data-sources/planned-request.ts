import { type ParameterTable, parameterValues } from '../parameters/parameter-view.ts';
import { blameParameters, reportUndefined, resolveTexts } from '../parameters/resolve-texts.ts';
import { type ResolvedRoute, resolveRoute } from '../proxies/proxy-route.ts';
import type { ProxyRow, ProxyTable } from '../proxies/proxy-view.ts';
import type { Faults, Path } from '../refusal.ts';
import {
  checkBaseUrlForm,
  checkHeaderValue,
  checkRequestPath,
  type HttpMethod,
  joinUrl,
} from '../traffic/outgoing-request.ts';
import type { DataSourceRow } from './data-source-view.ts';
import type { TypedRequest } from './request-input.ts';

/** What would be sent, and how: everything resolved but the secrets. */
export interface PlannedRequest {
  readonly environment: string;
  readonly method: HttpMethod;
  readonly url: URL;
  /** The data source's own, but those that the request replaces. */
  readonly headers: readonly PlannedHeader[];
  /** The request's. */
  readonly requestHeaders: readonly ShownHeader[];
  readonly body: string | undefined;
  /** Undefined: straight to the URL, for the data source has no proxy. */
  readonly proxy: { readonly row: ProxyRow; readonly route: ResolvedRoute } | undefined;
}

export type PlannedHeader = ShownHeader | { readonly name: string; readonly secretRef: string };

export interface ShownHeader {
  readonly name: string;
  readonly value: string;
  /** It only masks. */
  readonly secret: boolean;
}

/** The parts of a project's view that a call depends on. */
export interface CallView {
  readonly project: { readonly project: { readonly fields: { readonly environments: readonly string[] } } } | undefined;
  readonly parameters: ParameterTable;
  readonly proxies: ProxyTable;
}

/** Where faults are reported: of the data source itself, of the environment, and of the request. */
export interface CallPaths {
  readonly source: Path;
  readonly environment: Path;
  readonly request: Path;
}

/** Undefined when there is nothing that could be sent; then `faults` says why. */
export function planRequest(
  view: CallView,
  { source, deletedAt }: DataSourceRow,
  request: TypedRequest,
  chosen: string | undefined,
  at: CallPaths,
  faults: Faults,
): PlannedRequest | undefined {
  if (deletedAt !== undefined) {
    faults.add('NOT_FOUND', at.source, 'this data source is deleted; restore it first');
    return undefined;
  }
  const environments = view.project?.project.fields.environments ?? [];
  const environment = chosen ?? environments[0] ?? '';
  if (!environments.includes(environment)) {
    const message = `there is no such environment; there are ${environments.join(', ')}`;
    faults.add('ENVIRONMENT_UNKNOWN', at.environment, message);
  }
  const row = source.proxyConnectionId === null ? undefined : view.proxies.get(source.proxyConnectionId);
  if (source.proxyConnectionId !== null && row?.proxy.status !== 'active') {
    faults.add('PROXY_CONNECTION_DELETED', at.source, PROXY_GONE);
  }
  if (faults.any) return undefined;

  const values = parameterValues(view.parameters, environment);
  const { fields } = source;
  const replaced = new Set(request.headers.map(({ name }) => name.toLowerCase()));
  const own = fields.headers.filter(({ name }) => !replaced.has(name.toLowerCase()));
  const plain = own.filter((header) => 'value' in header);
  const headerPaths = request.headers.map((_, index) => [...at.request, 'headers', String(index), 'value']);
  const texts = [
    { text: fields.baseUrl, path: at.source },
    { text: request.path, path: [...at.request, 'path'] },
    { text: request.body ?? '', path: [...at.request, 'body'] },
    ...plain.map(({ value }) => ({ text: value, path: at.source })),
    ...request.headers.map(({ value }, index) => ({ text: value, path: headerPaths[index] ?? at.request })),
  ];
  const [baseUrl, path, body, ...headerValues] = resolveTexts(texts, values, faults);
  checkSecretHeaders(own, view.parameters, environment, at.source, faults);
  const route = row && resolveRoute(row.proxy.fields, values, { host: at.source, port: at.source }, faults);
  if (faults.any || !baseUrl || !path || !body) return undefined;

  const check = (place: Path, keys: readonly string[], fault: string | undefined) => {
    if (fault !== undefined) faults.invalid(place, blameParameters(keys, environment, fault));
  };
  check(at.source, baseUrl.keys, checkBaseUrlForm(baseUrl.value));
  check([...at.request, 'path'], path.keys, checkRequestPath(path.value));
  headerValues.forEach((header, index) => {
    const place = index < plain.length ? at.source : (headerPaths[index - plain.length] ?? at.request);
    if (header) check(place, header.keys, checkHeaderValue(header.value));
  });
  if (faults.any) return undefined;
  const joined = joinUrl(baseUrl.value, path.value);
  if (!joined.ok) {
    check([...at.request, 'path'], path.keys, joined.fault);
    return undefined;
  }
  let next = 0;
  const headers = own.map((header): PlannedHeader => {
    if ('secretRef' in header) return { name: header.name, secretRef: header.secretRef };
    next += 1;
    return { name: header.name, value: headerValues[next - 1]?.value ?? '', secret: false };
  });
  return {
    environment,
    method: request.method,
    url: joined.url,
    headers,
    requestHeaders: request.headers.map(({ name, secret }, index) => ({
      name,
      value: headerValues[plain.length + index]?.value ?? '',
      secret,
    })),
    body: request.body === undefined ? undefined : body.value,
    proxy: row && route && { row, route },
  };
}

const PROXY_GONE =
  'its proxy connection was deleted, and it never falls back to a direct connection: attach another, detach it, or restore the proxy';

/** The parameters that a secret value names are in the log beside it, so that it need not be opened to tell. */
function checkSecretHeaders(
  headers: DataSourceRow['source']['fields']['headers'],
  parameters: ParameterTable,
  environment: string,
  path: Path,
  faults: Faults,
): void {
  const values = parameterValues(parameters, environment);
  const keys = headers.flatMap((header) => ('secretRef' in header ? header.parameters : []));
  const missing = [...new Set(keys)].filter((key) => !values.isDefined(key));
  if (missing.length > 0) reportUndefined(missing, environment, path, faults);
}
