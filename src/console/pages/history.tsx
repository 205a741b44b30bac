import { useSearchParams } from 'wouter';
import { useProject } from '../frame/project-frame.tsx';
import { ChangeList } from '../parts/changes/change-list.tsx';
import { Page } from '../parts/page.tsx';
import { ResourceHistory } from '../parts/resource-history.tsx';
import { historyFilter } from './history/history-filter.ts';
import { HistoryFilters } from './history/history-filters.tsx';

/** What changed in a project, newest first. */
export function HistoryPage() {
  const { key, project } = useProject();
  const [search] = useSearchParams();
  const filter = historyFilter(search);
  const resource = search.get('resource');
  return (
    <Page title="History" within={project?.name ?? key}>
      <HistoryFilters />
      {resource === null ? (
        <ChangeList label="Changes" filter={filter} />
      ) : (
        <ResourceHistory key={resource} resourceId={resource} filter={filter} />
      )}
    </Page>
  );
}
