import { type GrantTable, grantsThatHold } from '../access/access-view.ts';
import { INSTANCE } from '../access/instance.ts';
import type { AccessState } from '../access/judge.ts';
import { principalText } from '../access/principals.ts';
import { nameOfToken, tokenId } from '../access/token-events.ts';
import { goodTokens, type TokenTable } from '../access/token-view.ts';
import type { ProjectRow } from '../projects/project-view.ts';

/** The part of a log's view that says who may do what. */
export interface AccessTables {
  /** Undefined in the instance's log. */
  readonly project: ProjectRow | undefined;
  readonly grants: GrantTable;
  readonly tokens: TokenTable;
  /** When who may read changed last: ISO 8601, UTC, milliseconds; empty if it never did. */
  readonly accessAt: string;
}

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

/** The principals that may read a project, as the catalogue keeps them. */
export function readersOf({ grants, tokens, accessAt }: AccessTables): readonly string[] {
  const granted = [...grantsThatHold(grants)].map(({ id }) => id);
  const issued = [...goodTokens(tokens, accessAt)].map(({ id }) =>
    principalText({ kind: 'TOKEN', identity: nameOfToken(id) }),
  );
  return [...granted, ...issued];
}
