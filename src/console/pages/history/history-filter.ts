import type { ChangeFilter } from '../../parts/changes/change-query.ts';
import { CHANGE_TYPES } from '../../parts/changes/change-words.ts';

/** Stand for many types, in the address as in the list to choose from. */
export const ALL_EDITS = 'edits';
export const ALL_TESTS = 'tests';

/** The filters that an address names; what can not be understood is left out. */
export function historyFilter(search: URLSearchParams): ChangeFilter {
  const types = typesOf(search.get('type') ?? '');
  const [actor, since, until] = [search.get('actor'), instant(search.get('since')), instant(search.get('until'))];
  return {
    ...(types && { types: types as ChangeFilter['types'] & object }),
    ...(actor && { actor }),
    ...(since && { since }),
    ...(until && { until }),
  };
}

function typesOf(named: string): string[] | undefined {
  if (named === ALL_TESTS) return ['PROXY_TESTED'];
  if (named === ALL_EDITS) return CHANGE_TYPES.filter((type) => type !== 'PROXY_TESTED');
  const types = named.split(',').filter((type) => CHANGE_TYPES.includes(type));
  return types.length > 0 ? types : undefined;
}

function instant(text: string | null): string | undefined {
  // Of other texts, browsers make dates as they like.
  const time = /^\d{4}-\d\d-\d\d/.test(text ?? '') ? Date.parse(text ?? '') : Number.NaN;
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** An instant as a field of `datetime-local` has it, in the browser's zone; empty for none. */
export function localInput(text: string | null): string {
  const known = instant(text);
  if (known === undefined) return '';
  const at = new Date(known);
  const pad = (part: number, size = 2) => String(part).padStart(size, '0');
  const date = `${pad(at.getFullYear(), 4)}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  return `${date}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

/** The other way round; empty for what is no instant yet. */
export function instantOf(local: string): string {
  return instant(local) ?? '';
}
