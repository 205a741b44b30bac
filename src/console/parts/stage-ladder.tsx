import { inWords } from '../words/durations.ts';
import styles from './stage-ladder.module.css';
import { layStages, PENDING, type Rung, type Stage } from './stage-layout.ts';

/** The stages of a test or a call, in their order and all at once, with their times on one scale. */
export function StageLadder({ label, stages, totalMs, isRunning = false }: StageLadderProps) {
  const rungs = stages ? layStages(stages, totalMs) : PENDING;
  return (
    <ol className={styles.ladder} aria-label={label} aria-busy={isRunning} data-running={isRunning || undefined}>
      {rungs.map((rung) => (
        <LadderRung key={rung.name} rung={rung} />
      ))}
    </ol>
  );
}

interface StageLadderProps {
  readonly label: string;
  /** Left out: nothing is known yet, and all are pending. */
  readonly stages?: readonly Stage[] | undefined;
  /** Milliseconds of all together; left out: of the stages. */
  readonly totalMs?: number | undefined;
  readonly isRunning?: boolean;
}

function LadderRung({ rung: { name, status, durationMs, detail, from, length } }: { readonly rung: Rung }) {
  return (
    <li className={styles.rung} data-status={status}>
      <StatusMark status={status} />
      <span className={styles.name}>{name}</span>
      <span className={styles.status}>{status}</span>
      <svg className={styles.scale} viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
        <rect className={styles.track} x="0" y="4.5" width="1000" height="1" />
        {durationMs !== null && (
          // What took next to no time is seen all the same.
          <rect
            className={styles.bar}
            x={Math.min(from * 1000, 996)}
            y="0"
            width={Math.max(length * 1000, 4)}
            height="10"
          />
        )}
      </svg>
      <span className={styles.time}>{durationMs === null ? '' : inWords(durationMs)}</span>
      {detail !== null && <span className={styles.detail}>{detail}</span>}
    </li>
  );
}

/** Told by its shape, and not by its colour alone. */
function StatusMark({ status }: { readonly status: Rung['status'] }) {
  return (
    <svg className={styles.mark} viewBox="0 0 12 12" aria-hidden="true">
      {status === 'PASSED' && <path d="M2 6.5 5 9.5 10.5 2.5" />}
      {status === 'FAILED' && <path d="M2.5 2.5 9.5 9.5 M9.5 2.5 2.5 9.5" />}
      {status === 'SKIPPED' && <path d="M3 6 H9" />}
      {status === 'PENDING' && <circle cx="6" cy="6" r="3.5" />}
    </svg>
  );
}
