import { randomUUID } from 'node:crypto';
import { type Actor, canonicalBytes } from '../../../src/event-sourcing/event.ts';
import type { EventStore } from '../../../src/event-sourcing/event-store.ts';
import type { Envelope, Outcome } from '../../../src/event-sourcing/ledger/command.ts';
import { Ledgers } from '../../../src/event-sourcing/ledger/ledgers.ts';
import type { LedgerSurroundings } from '../../../src/event-sourcing/ledger/surroundings.ts';
import type { SnapshotSeal } from '../../../src/event-sourcing/snapshots/snapshot-manifest.ts';
import type { SnapshotStore } from '../../../src/event-sourcing/snapshots/snapshot-store.ts';
import { Snapshots } from '../../../src/event-sourcing/snapshots/snapshots.ts';
import { type Command, type ProjectImage, type ProjectView, projectModel } from '../../../src/project/project-model.ts';
import { newProxyId } from '../../../src/proxies/proxy-events.ts';
import type { Refusal } from '../../../src/words/refusal.ts';
import { entriesOf } from '../../support/stored-sections.ts';

export type Answer = Outcome<ProjectView, Refusal>;

export const ACTOR: Actor = { kind: 'USER', id: 'local', name: 'local', auth: 'none' };
export const SEAL: SnapshotSeal = {
  sign: (bytes) => ({ keyId: 'k', digest: `sealed ${bytes.length}` }),
  verify: (bytes, { digest }) => digest === `sealed ${bytes.length}`,
};

const started: Node[] = [];
afterAll(() => {
  for (const node of started) node.ledgers.stop();
});

/** One process's ledgers on a store. */
export class Node {
  readonly alarms: string[] = [];
  readonly warnings: string[] = [];
  readonly ledgers: Ledgers<ProjectView, Command, Refusal>;

  /** @param memory in bytes */
  constructor(
    store: EventStore,
    snapshots?: SnapshotStore,
    memory = 1024 ** 3,
    more: Partial<LedgerSurroundings<ProjectView>> = {},
  ) {
    const warn = (message: string, { why }: { why?: string }) => void this.warnings.push(why ?? message);
    this.ledgers = new Ledgers<ProjectView, Command, Refusal>(
      projectModel,
      {
        store,
        now: () => new Date().toISOString(),
        newCommitId: randomUUID,
        alarm: (message) => void this.alarms.push(message),
        stopped: new AbortController().signal,
        ...(snapshots && { snapshots: new Snapshots(snapshots, store, SEAL, projectModel, warn, randomUUID()) }),
        ...more,
      },
      memory,
    );
    started.push(this);
  }

  execute(project: string, command: Command, more: Partial<Envelope<Command>> = {}): Promise<Answer> {
    return this.ledgers.execute(project, { actor: ACTOR, command, ...more });
  }

  createProject(key: string): Promise<Answer> {
    const fields = { name: key, description: null, environments: ['dev', 'prod'] };
    return this.execute(key, { type: 'CreateProject', key, fields });
  }

  createProxy(project: string, name: string, more: Partial<Envelope<Command>> = {}): Promise<Answer> {
    const route = { type: 'HTTP', host: 'h', port: '1', authType: 'NO_AUTH', user: null, password: null } as const;
    const fields = { name, description: null, ...route };
    return this.execute(project, { type: 'CreateProxy', id: newProxyId(project), fields }, more);
  }

  async image(project: string): Promise<ProjectImage> {
    const image = await this.ledgers.viewAtHead(project);
    if (!image) throw new Error(`there is no project ${project}`);
    return image;
  }
}

/** Everything in an image, as one text: equal for equal images. */
export function whole(image: ProjectImage): string {
  const { position, hash, at, events, weight } = image;
  const rows = [...image.sections()].map((section) => [section.name, entriesOf(section)]);
  return Buffer.from(canonicalBytes({ position, hash, at, events, weight, rows })).toString();
}

/** The id of what an appended commit is about. */
export function subjectOf(answer: Answer): string {
  if (answer.kind !== 'appended') throw new Error(`not appended, but ${answer.kind}`);
  return answer.sealed.commit.events[0]?.subject?.id ?? '';
}

export function refusalsOf(answer: Answer): string[] {
  return answer.kind === 'refused' ? answer.refusals.map(({ code }) => code) : [];
}
