import { useProject } from '../frame/project-frame.tsx';
import { Page } from '../parts/page.tsx';

export function ProxyConnectionsPage() {
  const { key, project } = useProject();
  return (
    <Page title="Proxy Connections" within={project?.name ?? key}>
      {null}
    </Page>
  );
}
