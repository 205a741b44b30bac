import type { Actor } from './event.ts';

/** Who asks, and by what they may be somebody to a project. */
export interface Asker {
  readonly actor: Actor;
  /** Absent where there are no identities: then everybody may do everything, and commits carry no authority. */
  readonly standing?: Standing;
}

/** What is known of a proven identity beside its actor. Whether it suffices is judged at the head of each project's log. */
export interface Standing {
  /** Names of the groups that the credential tells, as they stand in it; each once, in the order of their code units. */
  readonly groups: readonly string[];
  /** By the server's settings, or as an administrator's token. */
  readonly isAdministrator: boolean;
  /** Of an API token: its id, and the project that it is of; absent: the instance. */
  readonly token?: { readonly id: string; readonly project?: string };
}
