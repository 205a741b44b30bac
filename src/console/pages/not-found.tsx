import { Link } from 'wouter';
import { useProject } from '../frame/project-frame.tsx';
import { Empty } from '../parts/empty.tsx';
import { Page } from '../parts/page.tsx';

export function NoSuchPage() {
  return (
    <Page title="Not found">
      <Empty title="There is nothing at this address.">
        <Link href="/">Projects</Link>
      </Empty>
    </Page>
  );
}

export function NoSuchProject() {
  const { key, asOf } = useProject();
  return (
    <Page title="Not found">
      <Empty title={`There is no project ${key}${asOf ? ' at that moment' : ''}, or it is not for you to see.`}>
        <Link href="/">Projects</Link>
      </Empty>
    </Page>
  );
}
