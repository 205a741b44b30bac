import { useProject } from '../frame/project-frame.tsx';
import { Page } from '../parts/page.tsx';

export function HistoryPage() {
  const { key, project } = useProject();
  return (
    <Page title="History" within={project?.name ?? key}>
      {null}
    </Page>
  );
}
