import type { HeaderRow, TypedSecrets } from '../data-source/data-source-values.ts';

/** What is typed of a call, but for the texts of secrets. */
export interface RequestValues {
  readonly method: Method;
  readonly path: string;
  /** Empty: the project's first. */
  readonly environment: string;
  readonly headers: readonly HeaderRow[];
  /** Rows of which a secret was typed. */
  readonly typedSecrets: readonly string[];
  readonly body: string;
}

export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
export type Method = (typeof METHODS)[number];

export const NEW_REQUEST: RequestValues = {
  ...{ method: 'GET', path: '', environment: '', headers: [], typedSecrets: [], body: '' },
};

/** Of which nothing is typed, a row is no header yet. */
export function sentRows({ headers, typedSecrets }: RequestValues): readonly HeaderRow[] {
  return headers.filter(({ row, name, value }) => name !== '' || value !== '' || typedSecrets.includes(row));
}

/** As the API takes it. @param secrets what was typed */
export function requestOf(values: RequestValues, secrets: TypedSecrets) {
  return withHeaders(values, (row) => secrets[row] ?? null);
}

/** The same for a preview, which masks secrets: it does without them. */
export function previewedRequestOf(values: RequestValues) {
  return withHeaders(values, () => 'secret');
}

function withHeaders(values: RequestValues, secretOf: (row: string) => string | null) {
  const { method, path, body } = values;
  const headers = sentRows(values).map(({ row, name, value, secret }) => ({
    ...{ name, secret },
    value: secret ? secretOf(row) : value,
  }));
  return { method, path, headers, ...(body !== '' && method !== 'HEAD' && { body }) };
}
