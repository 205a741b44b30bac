import { apiTokenDigest, newApiToken } from '../access/api-token.ts';
import { INSTANCE } from '../access/instance.ts';
import type { Role } from '../access/roles.ts';
import { tokenId } from '../access/token-events.ts';
import { readIssueToken } from '../access/token-input.ts';
import type { Envelope, Outcome } from '../event-sourcing/ledger/command.ts';
import type { Command, ProjectImage, ProjectView } from '../project/project-model.ts';
import { isProjectKey } from '../projects/project-input.ts';
import { Faults, type Refusal } from '../words/refusal.ts';

/** A token that somebody orders who has the data at hand, and needs no other credential. */
export interface TokenOrder {
  readonly name: string;
  /** A token of this project in this role; absent: an administrator's. */
  readonly project?: { readonly key: string; readonly role: Role };
  /** Until it expires; absent: the usual ones. */
  readonly days?: number;
  /** What the operating system calls whoever orders it. */
  readonly user: string;
}

export interface TokenIssuer {
  readonly ledgers: {
    execute(log: string, envelope: Envelope<Command>): Promise<Outcome<ProjectView, Refusal>>;
  };
  /** Has the catalogue know who may read the project. */
  readonly noteReaders: (project: string, image: ProjectImage) => Promise<void>;
}

/** What was ordered can't be had; the message says why. */
export class TokenRefusedError extends Error {
  override readonly name = 'TokenRefusedError';
}

const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * Issues a token, and answers its text, which is kept nowhere.
 *
 * @throws TokenRefusedError, and what the ledgers throw
 */
export async function issueToken({ ledgers, noteReaders }: TokenIssuer, order: TokenOrder): Promise<string> {
  const { name, project, days, user } = order;
  if (project && !isProjectKey(project.key)) throw new TokenRefusedError('there is no project with this key');
  const log = project?.key ?? INSTANCE;
  const now = new Date();
  const { id, text } = newApiToken(project?.key);
  const faults = new Faults();
  const expiresAt = days === undefined ? null : new Date(now.getTime() + days * DAY_MS).toISOString();
  const command = readIssueToken(
    { projectKey: project?.key, name, role: project?.role, expiresAt },
    { newId: tokenId(log, id), sha256: apiTokenDigest(text) },
    { now: now.toISOString(), mayNeverExpire: false },
    faults,
  );
  if (faults.any) throw refused(faults.all);
  const outcome = await ledgers.execute(log, {
    actor: { kind: 'SYSTEM', id: 'system:cli', name: user, auth: 'local' },
    standing: { groups: [], isAdministrator: true },
    right: 'OWN',
    command,
  });
  if (outcome.kind === 'refused') throw refused(outcome.refusals);
  if (outcome.kind !== 'appended') throw new Error(`a token was not issued: ${outcome.kind}`);
  if (project) await noteReaders(project.key, outcome.image);
  return text;
}

function refused(refusals: readonly Refusal[]): TokenRefusedError {
  return new TokenRefusedError(refusals.map(({ message }) => message).join('; '));
}
