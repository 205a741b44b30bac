import { useProject } from '../frame/project-frame.tsx';
import { Page } from '../parts/page.tsx';

export function NewProxyConnectionPage() {
  const { key, project } = useProject();
  return (
    <Page title="New proxy connection" within={project?.name ?? key}>
      {null}
    </Page>
  );
}
