import type { EventStore } from '../../../src/event-sourcing/event-store.ts';
import { Catalogue } from '../../../src/event-sourcing/ledger/catalogue.ts';
import { ACCESS_EVENTS, knownAccess } from '../../../src/project/project-access.ts';
import { isProjectKey } from '../../../src/projects/project-input.ts';
import { type MemoryDatabase, MemoryEventStore } from '../../../src/stores/memory.ts';
import { type Answer, Node } from './node.ts';

/** So many projects are asked for that none is left out. */
export const ALL = { limit: 10_000 };

/** In order. */
const SUBS = ['ada', 'alan', 'eve', 'grace', 'mallory', 'trent', 'walter'];

export const KNOWN_TO_NOBODY = { position: 0, commitId: '', readers: () => [] };

/** One process's ledgers and catalogue on a store. */
export class CatalogueNode extends Node {
  readonly catalogue: Catalogue;
  readonly stopping: AbortController;
  /** Projects whose ledgers the catalogue asked for. */
  readonly opened: string[] = [];

  constructor(store: EventStore) {
    const stopping = new AbortController();
    super(store, undefined, undefined, {
      stopped: stopping.signal,
      reached: (project, { view }) => this.catalogue?.found(project, knownAccess(view)),
    });
    this.stopping = stopping;
    this.catalogue = new Catalogue({
      ...{ store, isProject: isProjectKey, accessEvents: ACCESS_EVENTS, stopped: stopping.signal },
      access: async (project) => {
        this.opened.push(project);
        const image = await this.ledgers.viewAtHead(project);
        return image && knownAccess(image.view);
      },
      warn: (message) => void this.warnings.push(message),
    });
  }

  grant(project: string, sub: string): Promise<Answer> {
    return this.execute(project, { type: 'GrantAccess', kind: 'USER', identity: `https://id#${sub}`, role: 'EDITOR' });
  }

  revoke(project: string, sub: string): Promise<Answer> {
    return this.execute(project, { type: 'RevokeAccess', kind: 'USER', identity: `https://id#${sub}` });
  }

  /** Who of those whom tests know may read, by the catalogue. */
  async readers(project: string): Promise<string[]> {
    const mayRead = await Promise.all(SUBS.map((sub) => this.catalogue.isReadBy(project, [`user:https://id#${sub}`])));
    return SUBS.filter((_, n) => mayRead[n]);
  }

  /** Projects that the catalogue lists for somebody. */
  listed(sub: string): Promise<string[]> {
    return this.catalogue.projects({ ...ALL, readers: [`user:https://id#${sub}`] });
  }

  /** Waits until everything that was found is noted. */
  async settled(): Promise<void> {
    await this.catalogue.projects({ limit: 1 });
  }
}

/** The entries of a database, without what tells their commits. */
export async function entriesIn(database: MemoryDatabase): Promise<Record<string, readonly string[]>> {
  const store = new MemoryEventStore(database);
  const entries = await store.catalogueEntries([...database.entries.keys()]);
  return Object.fromEntries(
    entries.map(({ project, readers }) => [
      project,
      readers.map((each) => each.replace('user:https://id#', '')).sort(),
    ]),
  );
}
