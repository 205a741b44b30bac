import { useProject } from '../frame/project-frame.tsx';
import { Page } from '../parts/page.tsx';

export function ProxyConnectionPage() {
  const { key, project } = useProject();
  return (
    <Page title="Proxy connection" within={project?.name ?? key}>
      {null}
    </Page>
  );
}
