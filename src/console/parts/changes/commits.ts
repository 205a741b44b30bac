/** A change, as far as its place in the log goes. */
interface Committed {
  readonly commit: { readonly position: number };
}

export interface Commit<Change extends Committed> {
  readonly position: number;
  /** As the one of any of its changes. */
  readonly commit: Change['commit'];
  /** In the order of the list; of a commit at the end of a page, only those that are on it. */
  readonly changes: readonly Change[];
}

/** Changes that were made together, together; commits and changes stay in the order of the list. */
export function groupByCommit<Change extends Committed>(changes: readonly Change[]): Commit<Change>[] {
  const commits = new Map<number, { position: number; commit: Change['commit']; changes: Change[] }>();
  for (const change of changes) {
    const { position } = change.commit;
    const known = commits.get(position);
    if (known) known.changes.push(change);
    else commits.set(position, { position, commit: change.commit, changes: [change] });
  }
  return [...commits.values()];
}
