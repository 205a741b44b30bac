import type { ReactNode } from 'react';
import { useProject } from '../../frame/project-frame.tsx';
import { useAsk } from '../../graphql/use-ask.ts';
import { Empty } from '../empty.tsx';
import { Failed } from '../failed.tsx';
import { Loading } from '../loading.tsx';
import { Pager, usePaging } from '../pager.tsx';
import { CHANGES, type Change, type ChangeFilter } from './change-query.ts';
import styles from './changes.module.css';
import { CommitItem } from './commit-item.tsx';
import { type Commit, groupByCommit } from './commits.ts';
import { ProxyNames } from './proxy-names.tsx';

/** Changes of the project, newest first, those of one commit together. */
export function ChangeList({ filter, label, toolsOf }: ChangeListProps) {
  const { key, asOf } = useProject();
  const { data, failure, again } = useAsk(CHANGES, { key, asOf, filter, ...usePaging() });
  const list = data?.project?.history;
  if (!list) return failure ? <Failed failure={failure} again={again} /> : <Loading />;
  if (list.totalCount === 0) return <Empty title="Nothing has changed that fits." />;
  return (
    <ProxyNames changes={list.nodes}>
      <ol className={styles.list} aria-label={label}>
        {groupByCommit(list.nodes).map((commit) => (
          <CommitItem key={commit.position} commit={commit}>
            {toolsOf?.(commit)}
          </CommitItem>
        ))}
      </ol>
      <Pager pageInfo={list.pageInfo} totalCount={list.totalCount} shown={list.nodes.length} />
    </ProxyNames>
  );
}

interface ChangeListProps {
  readonly filter: ChangeFilter;
  readonly label: string;
  /** What one can do with a commit. */
  readonly toolsOf?: ((commit: Commit<Change>) => ReactNode) | undefined;
}
