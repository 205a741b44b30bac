import { Button } from '@mantine/core';
import { useProject } from '../frame/project-frame.tsx';
import { When } from '../parts/when.tsx';
import { useNamedMoment } from './moment.ts';
import styles from './past-band.module.css';
import { useCommit } from './use-commit.ts';

/** Says that the past is shown, by whom its last commit was made, and leads back. */
export function PastBand() {
  const { key } = useProject();
  const { at, isCompared, go, compare } = useNamedMoment();
  const { head, commit } = useCommit(key, at);
  if (at === undefined) return null;
  return (
    <section aria-label="The past" className={styles.band}>
      <p role="status" className={styles.words}>
        <strong>As of commit {at}</strong>
        {commit && (
          <>
            , by {commit.actor.name}, <When at={commit.at} />
            {commit.reason !== null && <>: {commit.reason}</>}
          </>
        )}
        . Nothing can be changed, tested or called here.
      </p>
      <div className={styles.actions}>
        <Button variant="default" disabled={at <= 1} onClick={() => go(at - 1)}>
          Earlier
        </Button>
        <Button variant="default" disabled={head === undefined || at >= head} onClick={() => go(at + 1)}>
          Later
        </Button>
        <Button variant="default" aria-pressed={isCompared} onClick={() => compare(!isCompared)}>
          Compare with now
        </Button>
        <Button onClick={() => go(undefined)}>Back to now</Button>
      </div>
    </section>
  );
}
