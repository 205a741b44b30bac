import type { Asker } from '../asker.ts';
import type { Authority, Commit, Event } from '../event.ts';
import type { Section } from '../tables/section.ts';
import type { StoredSections } from '../tables/snapshot-parts.ts';

/** A refusal or the events that a command leads to; no events when it changes nothing. */
export type Decision<Refusal> = { readonly events: readonly Event[] } | { readonly refusals: readonly Refusal[] };

/** Whether somebody may have a command decided; whoever may not even read must not learn that there is something. */
export type Permission =
  | { readonly allowed: true; readonly authority?: Authority }
  | { readonly allowed: false; readonly mayRead: boolean };

/** What somebody asks to be done, and which right of theirs it needs. */
export interface Asked extends Asker {
  /** As the model names it. Absent: none suffices, save where there are no identities. */
  readonly right?: string;
}

/**
 * What the ledger runs: a pure fold of commits into a view, and decisions on that view. No clock, no random, no await:
 * time, actor and new ids come in with the command.
 */
export interface Model<View, Command, Refusal> {
  empty(): View;
  /** A copy that `apply` may change without the original being seen to change. Takes the same time at any size. */
  fork(view: View): View;
  /** Changes the view in place. Throws `UndecodableEventError` before it has changed anything, and nothing else. */
  apply(view: View, commit: Commit): void;
  /** Whether the view lets somebody have what they ask for. */
  permit(view: View, asked: Asked): Permission;
  /** Decides for somebody who is permitted to ask; an authority is answered where another one than `permit`'s was needed. */
  decide(view: View, command: Command, asked: Asked): Decision<Refusal> & { readonly authority?: Authority };

  /** About how many bytes of memory the view takes, without what was restored. Takes the same time at any size. */
  bytes(view: View): number;

  /**
   * Changes whenever `apply` comes to other results or the sections have another form: a snapshot of another fold is no
   * use.
   */
  readonly fold: number;
  /** Everything that is in the view. */
  sections(view: View): Iterable<Section>;
  /** The view whose sections were stored. */
  restore(stored: StoredSections): View;
}
