import { Button } from '@mantine/core';
import { useState } from 'react';
import { useProject } from '../frame/project-frame.tsx';
import { useAsk } from '../graphql/use-ask.ts';
import { ChangeList } from './changes/change-list.tsx';
import type { ChangeFilter } from './changes/change-query.ts';
import { restorableVersion } from './changes/restorable-version.ts';
import { RestoreVersion } from './changes/restore-version.tsx';
import { isRestorable, RESOURCE } from './changes/version-query.ts';
import { useOpener } from './use-opener.ts';

/** What changed of one resource, newest first, each version to be brought back. */
export function ResourceHistory({ resourceId, filter }: ResourceHistoryProps) {
  const { key, asOf, can } = useProject();
  const { data } = useAsk(RESOURCE, { key, asOf, id: resourceId });
  const [restored, setRestored] = useState<Restored>();
  const opener = useOpener();
  const open = (version: Restored) => {
    opener.note();
    setRestored(version);
  };
  const close = () => {
    setRestored(undefined);
    opener.back();
  };
  const now = data?.project?.resource;
  const canRestore = can('EDIT') && isRestorable(now);
  return (
    <>
      <ChangeList
        label="Changes"
        filter={{ ...filter, subject: resourceId }}
        toolsOf={({ position, changes }) => {
          const version = canRestore ? restorableVersion(changes, now) : undefined;
          return (
            version !== undefined && (
              <Button variant="default" size="compact-xs" onClick={() => open({ version, position })}>
                Restore this version
              </Button>
            )
          );
        }}
      />
      {restored && canRestore && <RestoreVersion {...restored} now={now} onClose={close} />}
    </>
  );
}

interface Restored {
  readonly version: number;
  /** Of the commit that made it. */
  readonly position: number;
}

interface ResourceHistoryProps {
  readonly resourceId: string;
  /** Which changes of it; left out: all. */
  readonly filter?: ChangeFilter | undefined;
}
