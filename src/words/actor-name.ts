/** In code points. */
export const ACTOR_NAME_LIMIT = 200;

/** Why an actor can't be called by a name, which is trimmed already; undefined: it can. Does not quote it. */
export function actorNameFault(name: string): string | undefined {
  const length = [...name].length;
  if (length === 0 || length > ACTOR_NAME_LIMIT) {
    return `must have 1 to ${ACTOR_NAME_LIMIT} characters, and has ${length}.`;
  }
  if (INVISIBLE.test(name)) return 'must have visible characters only: no control, formatting or invisible ones.';
  return undefined;
}

/** What is left of a text when all is taken away that a name can't have; empty if that is everything. */
export function asActorName(text: string): string {
  return [...text.replaceAll(INVISIBLES, '').trim()].slice(0, ACTOR_NAME_LIMIT).join('').trim();
}

/**
 * Everything that lets two names look alike or a name look like something else: control, format (bidirectional ones
 * among them), unassigned and private-use characters, line separators, fillers and other characters of no width.
 */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
const INVISIBLES = new RegExp(INVISIBLE, 'gu');
