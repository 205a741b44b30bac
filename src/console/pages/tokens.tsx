import { useProject } from '../frame/project-frame.tsx';
import { Page } from '../parts/page.tsx';

export function TokensPage() {
  const { key, project } = useProject();
  return (
    <Page title="Tokens" within={project?.name ?? key}>
      {null}
    </Page>
  );
}
