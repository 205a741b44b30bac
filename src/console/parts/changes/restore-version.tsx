import { Button, Modal } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useLocation } from 'wouter';
import { fieldErrors } from '../../form/field-errors.ts';
import { Form, FormActions } from '../../form/form.tsx';
import { ReasonField } from '../../form/reason-field.tsx';
import { useProject } from '../../frame/project-frame.tsx';
import { useAsk } from '../../graphql/use-ask.ts';
import { useAnnounce } from '../announcer.tsx';
import { DataTable } from '../data-table.tsx';
import { Failed } from '../failed.tsx';
import { Loading } from '../loading.tsx';
import { LongText } from './long-text.tsx';
import styles from './restore-version.module.css';
import { useRestore } from './use-restore.ts';
import { differences } from './version-diff.ts';
import { isRestorable, RESOURCE, type Restorable } from './version-query.ts';

/** Shows what bringing back a version changes, and brings it back. */
export function RestoreVersion({ now, version, position, onClose }: RestoreVersionProps) {
  const { key } = useProject();
  const { data, failure, again } = useAsk(RESOURCE, { key, asOf: { position }, id: now.resourceId });
  const then = data?.project?.resource;
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Restore version ${version}`}
      centered
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {isRestorable(then) ? (
        <RestoreForm now={now} earlier={then} onClose={onClose} />
      ) : failure ? (
        <Failed failure={failure} again={again} />
      ) : (
        <Loading rows={3} />
      )}
    </Modal>
  );
}

interface RestoreVersionProps {
  readonly now: Restorable;
  readonly version: number;
  /** Of the commit that made the version. */
  readonly position: number;
  readonly onClose: () => void;
}

function RestoreForm({ now, earlier, onClose }: RestoreFormProps) {
  const { run, isRunning, userErrors, failure } = useRestore(now);
  const { key } = useProject();
  const [, navigate] = useLocation();
  const [reason, setReason] = useState('');
  const announce = useAnnounce();
  const errors = useMemo(() => fieldErrors(userErrors, ['reason']), [userErrors]);
  const changed = differences(now, earlier);
  const restore = async () => {
    const outcome = await run(earlier, reason);
    if (outcome.kind !== 'done') return;
    announce(`Restored version ${earlier.version}`);
    // It came back as a new one, with a history of its own.
    if (earlier.__typename === 'ConfigParameter' && now.deletedAt !== null) {
      navigate(`/projects/${key}/parameters?search=${encodeURIComponent(earlier.key)}`);
    } else onClose();
  };
  return (
    <Form
      label={`Restore version ${earlier.version}`}
      errors={errors}
      failure={failure}
      onSubmit={() => void restore()}
    >
      {now.deletedAt !== null && <p className={styles.words}>It is deleted, and comes back.</p>}
      {changed.length === 0 ? (
        <p className={styles.words}>Its values are those that there are now.</p>
      ) : (
        <div className={styles.diff}>
          <DataTable label="What changes" columns={['Field', 'Now', 'Restored']}>
            {changed.map((difference) => (
              <tr key={difference.field}>
                <th scope="row">{difference.field}</th>
                <td>
                  <Text text={difference.now} />
                </td>
                <td>
                  <Text text={difference.restored} />
                  {difference.isSecret && difference.restored !== null && ', as it was then'}
                </td>
              </tr>
            ))}
          </DataTable>
        </div>
      )}
      <ReasonField value={reason} onChange={setReason} error={errors.of('reason')} />
      <FormActions>
        <Button type="submit" loading={isRunning}>
          Restore
        </Button>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
      </FormActions>
    </Form>
  );
}

interface RestoreFormProps {
  readonly now: Restorable;
  readonly earlier: Restorable;
  readonly onClose: () => void;
}

function Text({ text }: { readonly text: string | null }) {
  return text === null ? <span className={styles.none}>none</span> : <LongText text={text} />;
}
