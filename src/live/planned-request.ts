import type { StoredHeader } from '../data-sources/data-source-events.ts';
import type { DataSourceRow } from '../data-sources/data-source-view.ts';
import { type ParameterTable, parameterValues } from '../parameters/parameter-view.ts';
import type { ProxyTable } from '../proxies/proxy-view.ts';
import { checkBaseUrlForm, checkHeaderValue, checkRequestPath, joinUrl } from '../traffic/call/outgoing-request.ts';
import { type ParameterValues, resolveText } from '../traffic/parameter-values.ts';
import { LIMITS, tooManyBytes } from '../words/fields.ts';
import { Faults, type Path } from '../words/refusal.ts';
import { type KeptPlan, keepPlan, plannedBefore } from './kept-plans.ts';
import type { PlannedRequest, ShownHeader, Way } from './plan.ts';
import { resolveRoute } from './proxy-route.ts';
import type { TypedRequest } from './request-input.ts';
import { blameParameters, type PlacedText, reportUndefined, resolveTexts } from './resolve-texts.ts';

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
  row: DataSourceRow,
  request: TypedRequest,
  chosen: string | undefined,
  at: CallPaths,
  faults: Faults,
): PlannedRequest | undefined {
  const way = findWay(view, row, chosen, at, faults);
  if (faults.any) return undefined;
  const bare = plannedBefore(row, way, view.parameters) ?? planBare(view, row, way);
  return (bare && planBelow(bare, request, view.parameters)) ?? planAnew(view, row, way, request, at, faults);
}

const BARE: TypedRequest = { method: 'GET', path: '', headers: [], body: undefined };

/** Keeps what a call of the data source's base URL would be, if nothing is wrong with that: other calls are below it. */
function planBare(view: CallView, row: DataSourceRow, way: Way): KeptPlan | undefined {
  const nowhere = { source: [], environment: [], request: [] };
  const plan = planAnew(view, row, way, BARE, nowhere, new Faults());
  return plan && keepPlan(row, way, view.parameters, plan);
}

/** The same as `planAnew`, or undefined when anything is wrong: that is for it to say. */
function planBelow(bare: KeptPlan, request: TypedRequest, parameters: ParameterTable): PlannedRequest | undefined {
  const values = parameterValues(parameters, bare.plan.environment);
  const path = resolveText(request.path, values, LIMITS.urlBytes);
  const body = request.body === undefined ? undefined : resolveText(request.body, values, LIMITS.requestBodyBytes);
  if (!path.ok || body?.ok === false) return undefined;
  const requestHeaders: ShownHeader[] = [];
  for (const { name, value, secret } of request.headers) {
    const resolved = resolveText(value, values, LIMITS.headerValueBytes);
    if (!resolved.ok || checkHeaderValue(resolved.value) !== undefined) return undefined;
    requestHeaders.push({ name, value: resolved.value, secret });
  }
  const url = bare.urlOf(path.value);
  if (!url) return undefined;
  const replaced = new Set(requestHeaders.map(({ name }) => name.toLowerCase()));
  const headers = bare.plan.headers.filter(({ name }) => !replaced.has(name.toLowerCase()));
  return { ...bare.plan, method: request.method, url, headers, requestHeaders, body: body?.value };
}

/** All from the beginning, for the sake of the first call, and of what is wrong. */
function planAnew(
  view: CallView,
  row: DataSourceRow,
  { environment, proxy }: Way,
  request: TypedRequest,
  at: CallPaths,
  faults: Faults,
): PlannedRequest | undefined {
  const { fields } = row.source;
  const replaced = new Set(request.headers.map(({ name }) => name.toLowerCase()));
  const own = fields.headers.filter(({ name }) => !replaced.has(name.toLowerCase()));

  const values = parameterValues(view.parameters, environment);
  const texts = resolveCall(fields.baseUrl, own, request, values, at, faults);
  checkSecretHeaders(own, view.parameters, environment, at.source, faults);
  const route = proxy && resolveRoute(proxy.proxy.fields, values, { host: at.source, port: at.source }, faults);
  if (faults.any || !texts) return undefined;

  const url = checkCall(texts, environment, at, faults);
  if (faults.any || !url) return undefined;
  return {
    environment,
    method: request.method,
    url,
    headers: own.map((header) =>
      'secretRef' in header
        ? { name: header.name, secretRef: header.secretRef }
        : { name: header.name, value: texts.own.get(header)?.value ?? '', secret: false },
    ),
    requestHeaders: request.headers.map(({ name, secret }, index) => ({
      name,
      value: texts.requestHeaders[index]?.value ?? '',
      secret,
    })),
    body: request.body === undefined ? undefined : texts.body.value,
    proxy: proxy && route && { row: proxy, route },
  };
}

/** The environment, and the proxy that it goes through if it has one. */
function findWay(
  view: CallView,
  { source, deletedAt }: DataSourceRow,
  chosen: string | undefined,
  at: CallPaths,
  faults: Faults,
): Way {
  const environments = view.project?.project.fields.environments ?? [];
  const environment = chosen ?? environments[0] ?? '';
  const proxy = source.proxyConnectionId === null ? undefined : view.proxies.get(source.proxyConnectionId);
  if (deletedAt !== undefined) {
    faults.add('NOT_FOUND', at.source, 'this data source is deleted; restore it first');
    return { environment, proxy };
  }
  if (!environments.includes(environment)) {
    const message = `there is no such environment; there are ${environments.join(', ')}`;
    faults.add('ENVIRONMENT_UNKNOWN', at.environment, message);
  }
  if (source.proxyConnectionId !== null && proxy?.proxy.status !== 'active') {
    faults.add('PROXY_CONNECTION_DELETED', at.source, PROXY_GONE);
  }
  return { environment, proxy };
}

const HEADER_LIMIT = limit("a header's value", LIMITS.headerValueBytes);

type Resolved = NonNullable<ReturnType<typeof resolveTexts>[number]>;

interface ResolvedCall {
  readonly baseUrl: Resolved;
  readonly path: Resolved;
  readonly body: Resolved;
  /** Of the data source's headers those that are not secret. */
  readonly own: ReadonlyMap<StoredHeader, Resolved>;
  readonly requestHeaders: readonly Resolved[];
}

/** All texts of a call together, so that every report names all undefined parameters. */
function resolveCall(
  baseUrl: string,
  own: readonly StoredHeader[],
  request: TypedRequest,
  values: ParameterValues,
  at: CallPaths,
  faults: Faults,
): ResolvedCall | undefined {
  const plain = own.filter((header) => 'value' in header);
  const texts = [
    { text: baseUrl, path: at.source, ...limit('a base URL', LIMITS.urlBytes) },
    { text: request.path, path: [...at.request, 'path'], ...limit('a path', LIMITS.urlBytes) },
    { text: request.body ?? '', path: [...at.request, 'body'], ...limit('a request body', LIMITS.requestBodyBytes) },
    ...plain.map(({ value }) => ({ text: value, path: at.source, ...HEADER_LIMIT })),
    ...request.headers.map(({ value }, index) => ({
      text: value,
      path: requestHeaderPath(at, index),
      ...HEADER_LIMIT,
    })),
  ];
  const resolved = resolveTexts(texts, values, faults).filter((text) => text !== undefined);
  if (resolved.length < texts.length) return undefined;
  const [resolvedUrl, path, body, ...headers] = resolved as [Resolved, Resolved, Resolved, ...Resolved[]];
  const resolvedOwn = new Map<StoredHeader, Resolved>();
  for (const header of plain) {
    const value = headers.shift();
    if (value) resolvedOwn.set(header, value);
  }
  return { baseUrl: resolvedUrl, path, body, own: resolvedOwn, requestHeaders: headers };
}

function limit(what: string, mostBytes: number): Pick<PlacedText, 'mostBytes' | 'tooLong'> {
  return { mostBytes, tooLong: tooManyBytes(what, mostBytes) };
}

/** Judges what was resolved as if it had been typed; undefined when it makes no URL, and then something is in `faults`. */
function checkCall(texts: ResolvedCall, environment: string, at: CallPaths, faults: Faults): URL | undefined {
  const { baseUrl, path, own, requestHeaders } = texts;
  const pathPlace = [...at.request, 'path'];
  const check = (place: Path, { keys }: Resolved, fault: string | undefined) => {
    if (fault !== undefined) faults.invalid(place, blameParameters(keys, environment, fault));
  };
  check(at.source, baseUrl, checkBaseUrlForm(baseUrl.value));
  check(pathPlace, path, checkRequestPath(path.value));
  for (const header of own.values()) check(at.source, header, checkHeaderValue(header.value));
  for (const [index, header] of requestHeaders.entries()) {
    check(requestHeaderPath(at, index), header, checkHeaderValue(header.value));
  }
  if (faults.any) return undefined;
  const joined = joinUrl(baseUrl.value, path.value);
  if (!joined.ok) check(pathPlace, path, joined.fault);
  return joined.ok ? joined.url : undefined;
}

function requestHeaderPath(at: CallPaths, index: number): Path {
  return [...at.request, 'headers', String(index), 'value'];
}

const PROXY_GONE =
  'its proxy connection was deleted, and it never falls back to a direct connection: attach another, detach it, or restore the proxy';

/** The parameters that a secret value names are in the log beside it, so that it need not be opened to tell. */
function checkSecretHeaders(
  headers: readonly StoredHeader[],
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
