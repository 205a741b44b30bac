import { TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useSearchParams } from 'wouter';
import { firstPage } from './pager.tsx';

/** Milliseconds after the last key. */
const SETTLED = 250;

/** Puts what one searches for into the address, as `search`. */
export function SearchField({ placeholder }: { readonly placeholder: string }) {
  const [search, setSearch] = useSearchParams();
  const named = search.get('search') ?? '';
  const [typed, setTyped] = useState<string>();
  useEffect(() => {
    if (typed === undefined) return;
    const timer = setTimeout(() => {
      setSearch((search) => withParameter(search, 'search', typed.trim()), { replace: true });
      setTyped(undefined);
    }, SETTLED);
    return () => clearTimeout(timer);
  }, [typed, setSearch]);
  return (
    <TextInput
      type="search"
      aria-label="Search"
      placeholder={placeholder}
      w={280}
      value={typed ?? named}
      onChange={(event) => setTyped(event.currentTarget.value)}
    />
  );
}

/** The same address with a filter changed, at the first page. @param value empty: without it */
export function withParameter(search: URLSearchParams, name: string, value: string): URLSearchParams {
  const next = firstPage(search);
  if (value === '') next.delete(name);
  else next.set(name, value);
  return next;
}
