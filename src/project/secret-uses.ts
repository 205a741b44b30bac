import type { Commit } from '../event-sourcing/event.ts';
import { secretRefsIn } from '../secrets/secret-refs.ts';
import type { SecretLifetime } from '../secrets/sweep.ts';
import { type AnyEvent, decodeEvents } from './project-model.ts';

/**
 * What an event of each type means for the secrets of its subject. `edits` takes those of `was` out of use and those of
 * `set` into it; `restores` does so too, of what was deleted; `mentions` changes nothing.
 */
const EFFECTS = {
  AccessGranted: 'mentions',
  AccessRevoked: 'mentions',
  AdministratorsSet: 'mentions',
  TokenIssued: 'mentions',
  TokenRevoked: 'mentions',
  ProjectCreated: 'edits',
  ProjectUpdated: 'edits',
  ConfigParameterSet: 'edits',
  ConfigParameterDeleted: 'deletes',
  ProxyConnectionCreated: 'edits',
  ProxyConnectionUpdated: 'edits',
  ProxyConnectionDeleted: 'deletes',
  ProxyConnectionRestored: 'restores',
  ProxyTested: 'mentions',
  DataSourceCreated: 'edits',
  DataSourceUpdated: 'edits',
  DataSourceProxyAttached: 'edits',
  DataSourceProxyDetached: 'edits',
  DataSourceDeleted: 'deletes',
  DataSourceRestored: 'restores',
} as const satisfies Record<AnyEvent['type'], 'edits' | 'deletes' | 'restores' | 'mentions'>;

/**
 * What a log says of the secrets that it refers to, folded from its events alone: it takes as much memory as there are
 * secrets, whatever else the project holds. A reference that it can't place counts as in use.
 */
export class SecretUses {
  /** By secret: the resource that uses it, or did when it was deleted. */
  readonly #users = new Map<string, string>();
  /** How many secrets each of them has. */
  readonly #counts = new Map<string, number>();
  /** By resource with secrets, when it was deleted. */
  readonly #deleted = new Map<string, string>();
  /** By secret, when another one, or none, took its place. */
  readonly #replaced = new Map<string, string>();

  /** How many secrets it knows. */
  get size(): number {
    return this.#users.size + this.#replaced.size;
  }

  /** Folds the log's next commit. Throws `UndecodableEventError` before anything has changed. */
  apply(commit: Commit): void {
    for (const event of decodeEvents(commit)) this.#applyEvent(event, commit.at);
  }

  /** Undefined when the log refers to no such secret. */
  lifetimeOf(secretId: string): SecretLifetime | undefined {
    const replacedAt = this.#replaced.get(secretId);
    if (replacedAt !== undefined) return { forgottenAt: replacedAt };
    const user = this.#users.get(secretId);
    if (user === undefined) return undefined;
    const deletedAt = this.#deleted.get(user);
    return deletedAt === undefined ? {} : { forgottenAt: deletedAt };
  }

  /** Forgets the replaced ones that are not stored any more. The log would have to use them again to name them again. */
  dropReplaced(isStored: (secretId: string) => boolean): void {
    for (const secretId of this.#replaced.keys()) if (!isStored(secretId)) this.#replaced.delete(secretId);
  }

  #applyEvent({ type, subject, data }: AnyEvent, at: string): void {
    const resource = subject?.id ?? '';
    switch (EFFECTS[type]) {
      case 'deletes':
        if (this.#counts.has(resource)) this.#deleted.set(resource, at);
        return;
      case 'mentions':
        for (const secretId of secretRefsIn(data)) if (!this.lifetimeOf(secretId)) this.#use(secretId, resource);
        return;
      case 'restores':
        this.#deleted.delete(resource);
        this.#edit(resource, data, at);
        return;
      case 'edits':
        this.#edit(resource, data, at);
    }
  }

  #edit(resource: string, data: object, at: string): void {
    const { was, ...more } = 'was' in data ? data : { was: undefined, ...data };
    const used = secretRefsIn(more);
    for (const secretId of secretRefsIn(was)) if (!used.includes(secretId)) this.#replace(secretId, at);
    for (const secretId of used) this.#use(secretId, resource);
  }

  #use(secretId: string, resource: string): void {
    this.#release(secretId);
    this.#users.set(secretId, resource);
    this.#counts.set(resource, (this.#counts.get(resource) ?? 0) + 1);
  }

  #replace(secretId: string, at: string): void {
    this.#release(secretId);
    this.#replaced.set(secretId, at);
  }

  #release(secretId: string): void {
    this.#replaced.delete(secretId);
    const user = this.#users.get(secretId);
    if (user === undefined) return;
    this.#users.delete(secretId);
    const left = (this.#counts.get(user) ?? 0) - 1;
    if (left > 0) this.#counts.set(user, left);
    else {
      this.#counts.delete(user);
      this.#deleted.delete(user);
    }
  }
}
