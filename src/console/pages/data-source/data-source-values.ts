/** What the form holds, but for the texts of secrets: those are never part of a draft. */
export interface DataSourceValues {
  readonly name: string;
  readonly description: string;
  readonly baseUrl: string;
  readonly headers: readonly HeaderRow[];
  /** Rows of which a secret was typed. It is gone when its form was left, and this is still known. */
  readonly typedSecrets: readonly string[];
  readonly connectThroughProxy: boolean;
  /** Empty: none is chosen. It stays while the toggle is off. */
  readonly proxyConnectionId: string;
  readonly reason: string;
}

export interface HeaderRow {
  /** Of the row, while the form is open. */
  readonly row: string;
  readonly name: string;
  /** Empty where it is secret. */
  readonly value: string;
  readonly secret: boolean;
}

/** Secrets that were typed, by their rows. */
export type TypedSecrets = Readonly<Record<string, string>>;

/** A data source as the API tells it. */
export interface SavedDataSource {
  readonly name: string;
  readonly description: string | null;
  readonly baseUrl: string;
  readonly headers: readonly { readonly name: string; readonly value: string | null; readonly secret: boolean }[];
  readonly connectThroughProxy: boolean;
  readonly proxyConnection: { readonly id: string } | null;
}

export const NEW_DATA_SOURCE: DataSourceValues = {
  name: '',
  description: '',
  baseUrl: '',
  headers: [],
  typedSecrets: [],
  connectThroughProxy: false,
  proxyConnectionId: '',
  reason: '',
};

export function valuesOf(saved: SavedDataSource): DataSourceValues {
  return {
    name: saved.name,
    description: saved.description ?? '',
    baseUrl: saved.baseUrl,
    // A header's name is there once, whatever its case.
    headers: saved.headers.map(({ name, value, secret }) => ({ row: name, name, value: value ?? '', secret })),
    typedSecrets: [],
    connectThroughProxy: saved.connectThroughProxy,
    proxyConnectionId: saved.proxyConnection?.id ?? '',
    reason: '',
  };
}

/** Whether the server keeps a secret under this name. */
export function isStored({ name, secret }: HeaderRow, saved: Pick<DataSourceValues, 'headers'>): boolean {
  const named = name.trim().toLowerCase();
  return secret && saved.headers.some((header) => header.secret && header.name.toLowerCase() === named);
}

/** All fields of the input. @param secrets what was typed; a secret header without keeps the one that is stored */
export function inputOf(values: DataSourceValues, secrets: TypedSecrets) {
  const { name, description, baseUrl, connectThroughProxy, proxyConnectionId, reason } = values;
  return {
    name,
    description,
    baseUrl,
    headers: values.headers.map(({ row, name, value, secret }) => ({
      name,
      value: secret ? (secrets[row] ?? null) : value,
      secret,
    })),
    connectThroughProxy,
    ...(connectThroughProxy && { proxyConnectionId: proxyConnectionId || null }),
    reason,
  };
}

/**
 * The fields of the input that differ from what is saved, and why. What stays is not sent: a proxy connection that was deleted
 * may stay attached, and not be attached.
 */
export function changesOf(values: DataSourceValues, saved: DataSourceValues, secrets: TypedSecrets) {
  const { name, description, baseUrl, headers, connectThroughProxy, proxyConnectionId, reason } = inputOf(
    values,
    secrets,
  );
  const areHeadersChanged =
    JSON.stringify(values.headers) !== JSON.stringify(saved.headers) ||
    values.headers.some(({ row, secret }) => secret && secrets[row] !== undefined);
  const isRouteChanged =
    connectThroughProxy !== saved.connectThroughProxy ||
    (connectThroughProxy && values.proxyConnectionId !== saved.proxyConnectionId);
  return {
    ...(name !== saved.name && { name }),
    ...(description !== saved.description && { description }),
    ...(baseUrl !== saved.baseUrl && { baseUrl }),
    ...(areHeadersChanged && { headers }),
    ...(isRouteChanged && { connectThroughProxy, ...(connectThroughProxy && { proxyConnectionId }) }),
    reason,
  };
}

/** In words, to compare two versions. */
export function headersInWords(headers: readonly HeaderRow[]): string {
  return headers.map(({ name, value, secret }) => `${name}: ${secret ? '(secret)' : value}`).join('\n');
}
