/** What a cell of the grid is of: a field of the parameter, or its value in an environment, such as `values.prod`. */
export type Column = 'description' | 'defaultValue' | `values.${string}`;

/** What the server has of a parameter. */
export interface Saved {
  readonly key: string;
  readonly secret: boolean;
  readonly description: string | null;
  readonly defaultValue: string | null;
  readonly hasDefaultValue: boolean;
  readonly values: readonly { readonly environment: string; readonly value: string | null }[];
}

/** Stands for a secret that the server keeps and does not tell. */
export const STORED = Symbol('stored');

/** What was typed into the cells of a parameter; null: nothing shall be there. */
export type Typed = Readonly<Partial<Record<Column, string | null>>>;

export type Cell =
  | { readonly kind: 'text'; readonly text: string }
  /** A secret, kept or typed. */
  | { readonly kind: 'secret' }
  /** It falls to the default; of a secret one there is no text. */
  | { readonly kind: 'default'; readonly text: string | null }
  | { readonly kind: 'none' };

export function valueColumn(environment: string): Column {
  return `values.${environment}`;
}

export function environmentOf(column: Column): string | undefined {
  return column.startsWith('values.') ? column.slice('values.'.length) : undefined;
}

/** Whether what stands there is never shown. */
export function isSecretCell({ secret }: Saved, column: Column): boolean {
  return secret && column !== 'description';
}

/** What the server has in a cell; null: nothing. */
export function savedIn(saved: Saved, column: Column): string | typeof STORED | null {
  if (column === 'description') return saved.description;
  if (column === 'defaultValue') return saved.secret && saved.hasDefaultValue ? STORED : saved.defaultValue;
  const own = saved.values.find(({ environment }) => environment === environmentOf(column));
  if (!own) return null;
  return saved.secret ? STORED : own.value;
}

/** What a cell shows: what was typed, else what is saved, else the default. */
export function cellOf(saved: Saved, typed: Typed, column: Column): Cell {
  const holds = holding(saved, typed, column);
  if (holds === STORED || (holds !== null && isSecretCell(saved, column))) return { kind: 'secret' };
  if (holds !== null) return { kind: 'text', text: holds };
  if (environmentOf(column) === undefined) return { kind: 'none' };
  const fallback = holding(saved, typed, 'defaultValue');
  if (fallback === null) return { kind: 'none' };
  return { kind: 'default', text: fallback === STORED || saved.secret ? null : fallback };
}

function holding(saved: Saved, typed: Typed, column: Column): string | typeof STORED | null {
  const own = typed[column];
  return own === undefined ? savedIn(saved, column) : own;
}

/** What is to be sent so that the cells hold what was typed; all values of the environments go together. */
export function inputOf(saved: Saved, typed: Typed, environments: readonly string[]): CellInput {
  const { description, defaultValue } = typed;
  return {
    ...(description !== undefined && { description }),
    ...(defaultValue !== undefined && { defaultValue }),
    ...(environments.some((name) => typed[valueColumn(name)] !== undefined) && {
      values: environments.flatMap((environment) => {
        const value = holding(saved, typed, valueColumn(environment));
        if (value === null) return [];
        // Null keeps the secret that is stored.
        return [{ environment, value: value === STORED ? null : value }];
      }),
    }),
  };
}

export interface CellInput {
  readonly description?: string | null;
  readonly defaultValue?: string | null;
  readonly values?: { readonly environment: string; readonly value: string | null }[];
}

/** What the server says is wrong, by the cell that it is about; under the empty name what is about none. */
export function cellErrors(
  errors: readonly { readonly path: readonly string[]; readonly message: string }[],
  { values }: CellInput,
): ReadonlyMap<Column | '', string> {
  const told = new Map<Column | '', string>();
  for (const { path, message } of errors) {
    const [, field, index] = path;
    const environment = field === 'values' ? values?.[Number(index ?? -1)]?.environment : undefined;
    const place =
      environment !== undefined
        ? valueColumn(environment)
        : field === 'description' || field === 'defaultValue'
          ? field
          : '';
    const before = told.get(place);
    told.set(place, before === undefined ? message : `${before}\n${message}`);
  }
  return told;
}
