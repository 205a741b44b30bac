import { useEffect, useRef } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { useProject } from '../frame/project-frame.tsx';

/** The form that sent one here to make something that it wants. */
export interface ReturnTo {
  /** Its address. */
  readonly address: string;
  /** Goes back to it with what was made. @param id of the new resource */
  readonly bring: (id: string) => void;
}

/** The address of a page that makes something, on behalf of a form. @param form its address, which is also its draft's */
export function onBehalfOf(form: string, page: string): string {
  return `${page}?for=${encodeURIComponent(form)}`;
}

/** For the page that makes something; undefined where no form of this project waits for it. */
export function useReturnTo(): ReturnTo | undefined {
  const { key } = useProject();
  const [search] = useSearchParams();
  const [, navigate] = useLocation();
  const address = search.get('for') ?? '';
  if (!isForm(address, key)) return undefined;
  return { address, bring: (id) => navigate(`${address}?made=${encodeURIComponent(id)}`, { replace: true }) };
}

/** For the form that wanted it. @param take is told the id once, when one comes back with it */
export function useMade(take: (id: string) => void): void {
  const [search, setSearch] = useSearchParams();
  const made = search.get('made');
  const latest = useRef(take);
  useEffect(() => {
    latest.current = take;
  });
  useEffect(() => {
    if (made === null) return;
    latest.current(made);
    setSearch(
      (search) => {
        search.delete('made');
        return search;
      },
      { replace: true },
    );
  }, [made, setSearch]);
}

/** What an address says is a stranger's word: only a page of this project is gone to. */
export function isForm(address: string, projectKey: string): boolean {
  const home = `/projects/${projectKey}/`;
  return address.startsWith(home) && /^[\w-]+\/[\w-]+(?:\/runtime)?$/.test(address.slice(home.length));
}
