import { Button } from '@mantine/core';
import { useProject } from '../frame/project-frame.tsx';
import { LongText } from '../parts/changes/long-text.tsx';
import { When } from '../parts/when.tsx';
import { useNamedMoment } from './moment.ts';
import styles from './past-band.module.css';

/** Says that the past is shown, by whom its last commit was made, and leads back. */
export function PastBand() {
  const { log } = useProject();
  const { at, isCompared, go, compare } = useNamedMoment();
  if (at === undefined) return null;
  const commit = log?.commit;
  const back = () => {
    go(undefined);
    document.getElementById('main')?.focus();
  };
  return (
    <section aria-label="The past" className={styles.band}>
      <p role="status" className={styles.words}>
        {/* While the hand moves on: what is shown, not what is awaited. */}
        <strong>As of commit {commit?.position ?? at}</strong>
        {commit && (
          <>
            , by {commit.actor.name}, <When at={commit.at} />
            {commit.reason !== null && (
              <>
                : <LongText text={commit.reason} />
              </>
            )}
          </>
        )}
        . You look at the past: nothing can be edited, tested or called until you are back at now.
      </p>
      <div className={styles.actions}>
        <Button
          variant={isCompared ? 'outline' : 'default'}
          aria-pressed={isCompared}
          onClick={() => compare(!isCompared)}
        >
          Compare with now
        </Button>
        <Button onClick={back}>Back to now</Button>
      </div>
    </section>
  );
}
