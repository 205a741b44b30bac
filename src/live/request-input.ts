import { checkHeaders, type HeaderForm } from '../data-sources/data-source-input.ts';
import { checkRequestPathTemplate, type HttpMethod } from '../traffic/call/outgoing-request.ts';
import { parseTemplate } from '../traffic/templates.ts';
import { checkBytes, ILL_FORMED, LIMITS } from '../words/fields.ts';
import type { Faults, Path } from '../words/refusal.ts';
import { isWellFormed } from '../words/text.ts';

/** A call below a data source's base URL, as typed. */
export interface RequestForm {
  /** GET when left out. */
  readonly method?: HttpMethod | null | undefined;
  /** Empty when left out. */
  readonly path?: string | null | undefined;
  readonly headers?: readonly HeaderForm[] | null | undefined;
  readonly body?: string | null | undefined;
}

/** A form that `readRequest` found nothing wrong with: its headers have values, its texts are well-formed templates. */
export interface TypedRequest {
  readonly method: HttpMethod;
  readonly path: string;
  readonly headers: readonly { readonly name: string; readonly value: string; readonly secret: boolean }[];
  readonly body: string | undefined;
}

/** `at` is where the request stands in the input. */
export function readRequest(form: RequestForm, at: Path, faults: Faults): TypedRequest {
  const method = form.method ?? 'GET';
  const path = form.path ?? '';
  const given = form.headers ?? [];
  const pathFault = checkRequestPathTemplate(path);
  if (pathFault !== undefined) faults.invalid([...at, 'path'], pathFault);
  checkHeaders(given, [...at, 'headers'], faults);
  const headers = given.map(({ name, value, secret }, index) => {
    if (typeof value !== 'string') {
      faults.required(
        [...at, 'headers', String(index), 'value'],
        'a request\'s header must have a value; an empty one is ""',
      );
    }
    return { name, value: value ?? '', secret: secret ?? false };
  });
  const body = form.body ?? undefined;
  if (body !== undefined) checkBody(method, body, [...at, 'body'], faults);
  return { method, path, headers, body };
}

function checkBody(method: HttpMethod, body: string, at: Path, faults: Faults): void {
  if (method === 'HEAD') faults.invalid(at, 'a HEAD request has no body');
  else if (!isWellFormed(body)) faults.invalid(at, ILL_FORMED);
  else {
    const template = parseTemplate(body);
    if (!template.ok) faults.invalid(at, template.fault);
    checkBytes(body, LIMITS.requestBodyBytes, 'a request body', at, faults);
  }
}
