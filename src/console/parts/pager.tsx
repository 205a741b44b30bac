import { Button } from '@mantine/core';
import { useSearchParams } from 'wouter';
import { usePaneName } from '../time/moment.ts';
import styles from './pager.module.css';

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

/** The page of a list that the address names, as the variables of its connection. */
export function usePaging(size = 50) {
  const [search] = useSearchParams();
  const before = search.get('before');
  if (before !== null) return { first: null, after: null, last: size, before };
  return { first: size, after: search.get('after'), last: null, before: null };
}

/** Leads to the pages before and after; what filters or sorts a list begins at its first page with `firstPage`. */
export function Pager({ pageInfo, totalCount, shown }: PagerProps) {
  const [, setSearch] = useSearchParams();
  const go = (place: 'after' | 'before', cursor: string | null) =>
    setSearch((search) => {
      const next = firstPage(search);
      if (cursor !== null) next.set(place, cursor);
      return next;
    });
  const paneName = usePaneName();
  const isWhole = !pageInfo.hasNextPage && !pageInfo.hasPreviousPage;
  return (
    <nav aria-label={paneName('Pages')} className={styles.pager}>
      <span>{isWhole ? `${totalCount} in all` : `${shown} of ${totalCount}`}</span>
      {!isWhole && (
        <>
          <Button
            variant="default"
            disabled={!pageInfo.hasPreviousPage}
            onClick={() => go('before', pageInfo.startCursor)}
          >
            Previous
          </Button>
          <Button variant="default" disabled={!pageInfo.hasNextPage} onClick={() => go('after', pageInfo.endCursor)}>
            Next
          </Button>
        </>
      )}
    </nav>
  );
}

/** The same address, at the first page of its list. */
export function firstPage(search: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams(search);
  next.delete('after');
  next.delete('before');
  return next;
}

interface PagerProps {
  readonly pageInfo: PageInfo;
  readonly totalCount: number;
  /** How many are on this page. */
  readonly shown: number;
}
