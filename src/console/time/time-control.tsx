import { useProject } from '../frame/project-frame.tsx';
import { localTime } from '../words/times.ts';
import { DateField } from './date-field.tsx';
import { useNamedMoment } from './moment.ts';
import styles from './time-control.module.css';
import { useMoved } from './use-moved.ts';

/** Leads to the past of a project, and back: by position on a slider, step by step, by date in a calendar. Its end is now. */
export function TimeControl() {
  const { log } = useProject();
  const { at, go } = useNamedMoment();
  const head = log?.head;
  const momentOf = (position: number) => (position === head ? undefined : position);
  const [position, move] = useMoved(at ?? head ?? 1, (to, isUnderWay) => go(momentOf(to), isUnderWay));
  const isNow = at === undefined && position === head;
  const date = log?.commit?.position === position ? localTime(log.commit.at) : undefined;
  const place = `commit ${position} of ${head ?? position}`;
  const step = (name: string, sign: string, to: number) => {
    const isNone = head === undefined || to < 1 || to > head || to === position;
    // One that is disabled would lose the focus.
    return (
      <button
        type="button"
        className={styles.step}
        aria-label={name}
        title={name}
        aria-disabled={isNone}
        onClick={() => !isNone && move(to)}
      >
        {sign}
      </button>
    );
  };
  return (
    <fieldset className={styles.control}>
      <legend className={styles.unseen}>Moment</legend>
      {step('First commit', '«', 1)}
      {step('Commit before', '‹', position - 1)}
      <input
        type="range"
        aria-label="Position"
        aria-valuetext={[isNow ? 'Now' : date, place].filter(Boolean).join(', ')}
        title={log && `From ${localTime(log.begin)} to now`}
        className={styles.slider}
        min={1}
        max={Math.max(head ?? 1, position)}
        disabled={head === undefined}
        value={position}
        onChange={(event) => move(Number(event.currentTarget.value))}
      />
      {step('Commit after', '›', position + 1)}
      <output className={styles.shown}>{isNow ? 'Now' : `${position} of ${head ?? '…'}`}</output>
      <DateField shown={at === undefined ? undefined : log?.commit?.at} goTo={(to) => go(momentOf(to))} />
    </fieldset>
  );
}
