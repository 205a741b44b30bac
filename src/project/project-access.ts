import type { GrantEvent } from '../access/access-events.ts';
import { type GrantTable, grantsThatHold } from '../access/access-view.ts';
import { INSTANCE } from '../access/instance.ts';
import type { AccessState } from '../access/judge.ts';
import { principalText } from '../access/principals.ts';
import { nameOfToken, type TokenEvent, tokenId } from '../access/token-events.ts';
import { goodTokens, type TokenTable } from '../access/token-view.ts';
import type { KnownAccess } from '../event-sourcing/ledger/catalogue-parts.ts';
import type { ProjectRow } from '../projects/project-view.ts';

/** The part of a log's view that says who may do what. */
export interface AccessTables {
  /** Undefined in the instance's log. */
  readonly project: ProjectRow | undefined;
  readonly grants: GrantTable;
  readonly tokens: TokenTable;
  /** Of the last commit that changed who may read; 0: none has. */
  readonly accessPosition: number;
  /** The id of that commit; empty: none has. */
  readonly accessCommitId: string;
  /** When that was: ISO 8601, UTC, milliseconds; empty if it never was. */
  readonly accessAt: string;
}

/** The types of the events that change who may read. */
export const ACCESS_EVENTS = [
  'AccessGranted',
  'AccessRevoked',
  'TokenIssued',
  'TokenRevoked',
] as const satisfies readonly (GrantEvent | TokenEvent)['type'][];

/** What a log says of who may do what. */
export function accessOf({ grants, tokens, project }: AccessTables): AccessState {
  const log = project?.project.key ?? INSTANCE;
  return {
    grants,
    token(id) {
      const row = tokens.get(tokenId(log, id));
      return row && (row.token.status === 'revoked' ? 'revoked' : { role: row.token.role });
    },
  };
}

/** Who may read a project, for the catalogue. */
export function knownAccess(view: AccessTables): KnownAccess {
  return { position: view.accessPosition, commitId: view.accessCommitId, readers: () => readersOf(view) };
}

/** The principals that may read a project, as the catalogue keeps them. */
export function readersOf({ grants, tokens, accessAt }: AccessTables): readonly string[] {
  const granted = [...grantsThatHold(grants)].map(({ id }) => id);
  const issued = [...goodTokens(tokens, accessAt)].map(({ id }) =>
    principalText({ kind: 'TOKEN', identity: nameOfToken(id) }),
  );
  return [...granted, ...issued];
}
