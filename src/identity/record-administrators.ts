import { setTimeout as sleep } from 'node:timers/promises';
import { INSTANCE } from '../access/instance.ts';
import type { Actor } from '../event-sourcing/event.ts';
import type { Envelope, Outcome } from '../event-sourcing/ledger/command.ts';
import type { Command, ProjectView } from '../project/project-model.ts';
import type { Refusal } from '../words/refusal.ts';

const SETTINGS: Actor = { kind: 'SYSTEM', id: 'system:settings', name: 'settings', auth: 'local' };

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

interface Recorder {
  readonly ledgers: {
    execute(log: string, envelope: Envelope<Command>): Promise<Outcome<ProjectView, Refusal>>;
  };
  readonly warn: (message: string, details: object) => void;
  /** Aborted when the process wants to end. */
  readonly stopped: AbortSignal;
}

/**
 * Records in the instance's log whom the settings name as administrators, if the log says otherwise. While that can't be
 * done it is tried again: who may do what is as the settings say all the same.
 *
 * @param administrators principals' texts
 */
export async function recordAdministrators(
  { ledgers, warn, stopped }: Recorder,
  administrators: readonly string[],
): Promise<void> {
  const command = { type: 'SetAdministrators', administrators: [...new Set(administrators)].sort() } as const;
  const standing = { groups: [], isAdministrator: true };
  for (let pause = FIRST_PAUSE_MS; !stopped.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      await ledgers.execute(INSTANCE, { actor: SETTINGS, standing, right: 'ADMINISTER', command });
      return;
    } catch (err) {
      if (stopped.aborted) return;
      warn('who administers could not be recorded yet', { err });
      await sleep(pause, undefined, { signal: stopped, ref: false }).catch(() => undefined);
    }
  }
}
