import { useProject } from '../../frame/project-frame.tsx';
import { DeletedBand } from '../../parts/deleted-band.tsx';
import type { ShownProxy } from './shown-proxy.ts';
import { useRestore } from './use-restore.ts';

export function DeletedProxy({ proxy, isNew }: { readonly proxy: ShownProxy; readonly isNew: boolean }) {
  const { can } = useProject();
  const { restore, ...last } = useRestore();
  return (
    <DeletedBand
      by={proxy.deletedBy?.name ?? ''}
      at={proxy.deletedAt ?? ''}
      onRestore={can('EDIT') ? () => restore(proxy) : undefined}
      isNew={isNew}
      {...last}
    />
  );
}
