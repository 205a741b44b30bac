import type { Commit, Event } from '../event.ts';
import type { Section } from '../tables/section.ts';
import type { StoredSections } from '../tables/snapshot-parts.ts';

/** A refusal or the events that a command leads to; no events when it changes nothing. */
export type Decision<Refusal> = { readonly events: readonly Event[] } | { readonly refusals: readonly Refusal[] };

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
  decide(view: View, command: Command): Decision<Refusal>;

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
