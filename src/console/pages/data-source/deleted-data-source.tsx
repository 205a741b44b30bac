import { useProject } from '../../frame/project-frame.tsx';
import { DeletedBand } from '../../parts/deleted-band.tsx';
import type { ShownDataSource } from './shown-data-source.ts';
import { useRestore } from './use-restore.ts';

export function DeletedDataSource({ dataSource, isNew }: DeletedDataSourceProps) {
  const { can } = useProject();
  const { restore, ...last } = useRestore();
  return (
    <DeletedBand
      by={dataSource.deletedBy?.name ?? ''}
      at={dataSource.deletedAt ?? ''}
      onRestore={can('EDIT') ? () => restore(dataSource) : undefined}
      isNew={isNew}
      {...last}
    />
  );
}

interface DeletedDataSourceProps {
  readonly dataSource: ShownDataSource;
  readonly isNew: boolean;
}
