import { useCallback } from 'react';
import { useSearchParams } from 'wouter';

/** The position that a page shows, from `?at=42` in its address; undefined: now. */
export function useMoment(): number | undefined {
  const [search] = useSearchParams();
  const at = search.get('at') ?? '';
  return /^[1-9]\d{0,8}$/.test(at) ? Number(at) : undefined;
}

/** Makes an address of the moment that is shown: whoever looks at the past stays there. */
export function useAddress(): (path: string) => string {
  const at = useMoment();
  return useCallback((path) => (at === undefined ? path : `${path}${path.includes('?') ? '&' : '?'}at=${at}`), [at]);
}
