import { CopiesInOrder, placeholderClaim } from '../commit-index.ts';
import { insertEvents } from './commit-rows.ts';
import type { SqliteConnection } from './connection.ts';

/** So many bodies are in memory at once. */
const PAGE = 64;

interface BodyRow {
  readonly project: string;
  readonly position: number;
  readonly body: ArrayBuffer;
}

/** Makes each commit's claim and events from its body: the only update that a stored commit ever gets. */
export function rebuildCopies(connection: SqliteConnection): void {
  const copies = new CopiesInOrder();
  let last = { project: '', position: 0 };
  for (;;) {
    const page = connection.all(
      `SELECT project, position, body FROM commits WHERE (project, position) > (?, ?)
        ORDER BY project, position LIMIT ${PAGE}`,
      last.project,
      last.position,
    ) as BodyRow[];
    for (const { project, position, body } of page) {
      const index = copies.next(project, new Uint8Array(body));
      const claim = index?.claim ?? placeholderClaim(position);
      connection.run('UPDATE commits SET claim = ? WHERE project = ? AND position = ?', claim, project, position);
      insertEvents(connection, [{ project, position, events: index?.events ?? [] }]);
    }
    const end = page.at(-1);
    if (!end) return;
    last = end;
  }
}
