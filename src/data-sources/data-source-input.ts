import { checkBaseUrlTemplate, checkHeaderName, checkHeaderValueTemplate } from '../traffic/call/outgoing-request.ts';
import { templateKeys } from '../traffic/templates.ts';
import { CANNOT_BE_NULL, LIMITS, readName, readProse, tooManyBytes } from '../words/fields.ts';
import { resourceIdOf } from '../words/ids.ts';
import type { KeepSecret } from '../words/keep-secret.ts';
import type { Faults, Path } from '../words/refusal.ts';
import type { DataSourceId } from './data-source-events.ts';
import type { GivenHeader } from './data-source-headers.ts';
import {
  type CreateDataSource,
  type DataSourceType,
  type DeleteDataSource,
  PROXY_REQUIRED,
  PROXY_WHILE_OFF,
  type UpdateDataSource,
} from './data-sources.ts';

export interface HeaderForm {
  readonly name: string;
  readonly value?: string | null | undefined;
  /** False when left out. */
  readonly secret?: boolean | null | undefined;
}

export interface CreateDataSourceForm {
  readonly name: string;
  readonly description?: string | null | undefined;
  /** `DEFAULT_TYPE` when left out. */
  readonly type?: DataSourceType | null | undefined;
  readonly baseUrl: string;
  readonly headers?: readonly HeaderForm[] | null | undefined;
  /** False when left out. */
  readonly connectThroughProxy?: boolean | null | undefined;
  readonly proxyConnectionId?: string | null | undefined;
}

/** Of a data source whose form names none. */
export const DEFAULT_TYPE: DataSourceType = 'RESTFUL_SYSTEM';

export interface UpdateDataSourceForm {
  readonly id: string;
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly baseUrl?: string | null | undefined;
  readonly headers?: readonly HeaderForm[] | null | undefined;
  readonly connectThroughProxy?: boolean | null | undefined;
  readonly proxyConnectionId?: string | null | undefined;
  readonly expectedVersion?: number | null | undefined;
}

export function readCreateDataSource(
  form: CreateDataSourceForm,
  id: DataSourceId,
  keepSecret: KeepSecret,
  faults: Faults,
): CreateDataSource {
  const proxyConnectionId = proxyIdOf(form.proxyConnectionId) ?? null;
  const path = ['input', 'proxyConnectionId'];
  if (form.connectThroughProxy && proxyConnectionId === null) faults.required(path, PROXY_REQUIRED);
  if (!form.connectThroughProxy && proxyConnectionId !== null) faults.invalid(path, PROXY_WHILE_OFF);
  return {
    type: 'CreateDataSource',
    id,
    fields: {
      name: readName(form.name, ['input', 'name'], faults),
      description: readProse(form.description, ['input', 'description'], faults),
      type: form.type ?? DEFAULT_TYPE,
      baseUrl: readBaseUrl(form.baseUrl, ['input', 'baseUrl'], faults),
    },
    headers: readHeaders(form.headers ?? [], ['input', 'headers'], keepSecret, faults),
    proxyConnectionId,
  };
}

export function readUpdateDataSource(
  form: UpdateDataSourceForm,
  keepSecret: KeepSecret,
  faults: Faults,
): UpdateDataSource {
  const given = <F extends keyof UpdateDataSourceForm>(field: F): NonNullable<UpdateDataSourceForm[F]> | undefined => {
    const value = form[field];
    if (value === null) faults.required(['input', field], CANNOT_BE_NULL(field));
    return value ?? undefined;
  };
  const name = given('name');
  const baseUrl = given('baseUrl');
  const headers = given('headers');
  const connectThroughProxy = given('connectThroughProxy');
  return {
    type: 'UpdateDataSource',
    id: resourceIdOf(form.id),
    ...(typeof form.expectedVersion === 'number' && { expectedVersion: form.expectedVersion }),
    set: {
      ...(name !== undefined && { name: readName(name, ['input', 'name'], faults) }),
      ...(form.description !== undefined && {
        description: readProse(form.description, ['input', 'description'], faults),
      }),
      ...(baseUrl !== undefined && { baseUrl: readBaseUrl(baseUrl, ['input', 'baseUrl'], faults) }),
    },
    ...(headers && { headers: readHeaders(headers, ['input', 'headers'], keepSecret, faults) }),
    ...(connectThroughProxy !== undefined && { connectThroughProxy }),
    ...(form.proxyConnectionId !== undefined && { proxyConnectionId: proxyIdOf(form.proxyConnectionId) }),
  };
}

export function readDeleteDataSource(form: {
  readonly id: string;
  readonly expectedVersion?: number | null | undefined;
}): DeleteDataSource {
  return {
    type: 'DeleteDataSource',
    id: resourceIdOf(form.id),
    ...(typeof form.expectedVersion === 'number' && { expectedVersion: form.expectedVersion }),
  };
}

/** An id of the past means the proxy connection. */
function proxyIdOf<None extends null | undefined>(id: string | None): string | None {
  return typeof id === 'string' ? resourceIdOf(id) : id;
}

/** Faults of a list of headers that have nothing to do with where it is used. */
export function checkHeaders(headers: readonly HeaderForm[], path: Path, faults: Faults): void {
  if (headers.length > LIMITS.headers) {
    faults.invalid(path, `there are at most ${LIMITS.headers} headers; these are ${headers.length}`);
    return;
  }
  const seen = new Set<string>();
  headers.forEach(({ name, value }, index) => {
    const place = [...path, String(index)];
    const fault = checkHeaderName(name);
    if (fault !== undefined) faults.invalid([...place, 'name'], fault);
    if (seen.has(name.toLowerCase())) faults.invalid([...place, 'name'], 'this header is in the list already');
    seen.add(name.toLowerCase());
    const valueFault = typeof value === 'string' ? checkHeaderValueTemplate(value) : undefined;
    if (valueFault !== undefined) faults.invalid([...place, 'value'], valueFault);
  });
}

function readHeaders(
  headers: readonly HeaderForm[],
  path: Path,
  keepSecret: KeepSecret,
  faults: Faults,
): readonly GivenHeader[] {
  const before = faults.all.length;
  checkHeaders(headers, path, faults);
  return headers.flatMap(({ name, value, secret }, index): GivenHeader[] => {
    if (typeof value !== 'string') {
      if (secret) return [{ name, keepsSecret: true }];
      faults.required([...path, String(index), 'value'], 'a header must have a value; an empty one is ""');
      return [];
    }
    if (!secret) return [{ name, value }];
    const parameters = faults.all.length > before ? [] : templateKeys(value);
    return [{ name, secretRef: keepSecret(value), parameters }];
  });
}

function readBaseUrl(text: string, path: Path, faults: Faults): string {
  const baseUrl = text.trim();
  // First: a template is read part by part, and this one may have any number of them.
  const isTooLong = Buffer.byteLength(baseUrl, 'utf8') > LIMITS.urlBytes;
  const fault = isTooLong ? tooManyBytes('a base URL', LIMITS.urlBytes) : checkBaseUrlTemplate(baseUrl);
  if (fault !== undefined) faults.invalid(path, fault);
  return baseUrl;
}
