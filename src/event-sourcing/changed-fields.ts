/** The fields that differ, as an edit's event holds them; undefined when none does. */
export interface ChangedFields<Fields> {
  readonly set: Partial<Fields>;
  readonly was: Partial<Fields>;
}

/** Compares JSON values, field by field. */
export function changedFields<Fields extends object>(before: Fields, after: Fields): ChangedFields<Fields> | undefined {
  const set: Partial<Fields> = {};
  const was: Partial<Fields> = {};
  for (const field of Object.keys(after) as (keyof Fields)[]) {
    if (JSON.stringify(before[field]) === JSON.stringify(after[field])) continue;
    set[field] = after[field];
    was[field] = before[field];
  }
  return Object.keys(set).length === 0 ? undefined : { set, was };
}

/** A creation's fields: those that the resource does not have are left out. */
export function presentFields<Fields extends object>(fields: Fields): { [F in keyof Fields]?: NonNullable<Fields[F]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as {
    [F in keyof Fields]?: NonNullable<Fields[F]>;
  };
}
