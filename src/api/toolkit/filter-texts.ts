import { ILL_FORMED } from '../../words/fields.ts';
import { hasControl, isWellFormed } from '../../words/text.ts';
import { badUserInput } from './errors.ts';

const LONGEST_SEARCH = 1_000;

/** What a name must contain; undefined when there is nothing to search for. Throws a BAD_USER_INPUT error. */
export function searchText(name: string, text: string | null | undefined): string | undefined {
  if (text === null || text === undefined) return undefined;
  if (text.length > LONGEST_SEARCH) throw badUserInput(`${name} has at most ${LONGEST_SEARCH} characters`);
  // Half of a character would be found in the whole one.
  if (!isWellFormed(text)) throw badUserInput(`${name}: ${ILL_FORMED}`);
  return text;
}

/** An actor's identity; undefined when anybody is meant. Throws a BAD_USER_INPUT error for what no actor can be called. */
export function identityText(name: string, text: string | null | undefined): string | undefined {
  if (text === null || text === undefined) return undefined;
  if (!isWellFormed(text)) throw badUserInput(`${name}: ${ILL_FORMED}`);
  if (hasControl(text)) throw badUserInput(`${name}: no actor's identity has control characters`);
  return text;
}
