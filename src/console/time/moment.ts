import { createContext, use, useCallback } from 'react';
import { useSearchParams } from 'wouter';

/** One of two moments that are shown beside each other. */
export interface Pane {
  /** Undefined: now. */
  readonly at: number | undefined;
}

/** Undefined where one moment is shown, which the address names. */
export const PaneContext = createContext<Pane | undefined>(undefined);

/** A name for a part of a page that is told from the same part of the page beside it. */
export function usePaneName(): (name: string) => string {
  const pane = use(PaneContext);
  if (!pane) return (name) => name;
  return (name) => `${name}, ${pane.at === undefined ? 'now' : `as of commit ${pane.at}`}`;
}

/** The position that a page shows, from `?at=42` in its address; undefined: now. */
export function useMoment(): number | undefined {
  const pane = use(PaneContext);
  const named = useNamedMoment();
  return pane ? pane.at : named.at;
}

/** What the address says, and other addresses of the same page. */
export interface NamedMoment {
  readonly at: number | undefined;
  /** Whether now is shown beside it. */
  readonly isCompared: boolean;
  /** @param at undefined: now @param replace whether the way back leads past it */
  readonly go: (at: number | undefined, replace?: boolean) => void;
  readonly compare: (isCompared: boolean) => void;
}

export function useNamedMoment(): NamedMoment {
  const [search, setSearch] = useSearchParams();
  const named = search.get('at') ?? '';
  const at = /^[1-9]\d{0,8}$/.test(named) ? Number(named) : undefined;
  return {
    at,
    isCompared: at !== undefined && search.get('compare') === 'now',
    go: (at, replace = false) => setSearch((search) => withMoment(search, at), { replace }),
    compare: (isCompared) =>
      setSearch((search) => {
        const next = new URLSearchParams(search);
        if (isCompared) next.set('compare', 'now');
        else next.delete('compare');
        return next;
      }),
  };
}

function withMoment(search: URLSearchParams, at: number | undefined): URLSearchParams {
  const next = new URLSearchParams(search);
  if (at === undefined) {
    next.delete('at');
    next.delete('compare');
  } else next.set('at', String(at));
  return next;
}

/** Makes an address of the moment that is shown: whoever looks at the past stays there. */
export function useAddress(): (path: string) => string {
  const { at, isCompared } = useNamedMoment();
  return useCallback(
    (path) => {
      if (at === undefined) return path;
      return `${path}${path.includes('?') ? '&' : '?'}at=${at}${isCompared ? '&compare=now' : ''}`;
    },
    [at, isCompared],
  );
}
