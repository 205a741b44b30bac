import { Button } from '@mantine/core';
import { Link } from 'wouter';
import { useProject } from '../../frame/project-frame.tsx';

/** Where one may make a data source. */
export function NewDataSourceLink() {
  const { key, can } = useProject();
  if (!can('EDIT')) return null;
  return (
    <Button component={Link} href={`/projects/${key}/data-sources/new`} aria-label="+ New data source">
      +
    </Button>
  );
}
