import { type KeyboardEvent, type PointerEvent, useId, useState } from 'react';
import { inWords } from '../../words/durations.ts';
import { localTime, utcTime } from '../../words/times.ts';
import { type Lane, layPlot, nearest, type Plotted } from './plot-layout.ts';
import styles from './times-plot.module.css';

/** Pixels. */
const LANE = 44;
const EDGE = 8;

/** The times of tests by environment. The table beside it tells the same; one test at a time is told by pointer or arrow keys. */
export function TimesPlot({ tests, environments }: TimesPlotProps) {
  const told = useId();
  const [chosen, setChosen] = useState<number>();
  const { lanes, scaleMs } = layPlot(tests, environments);
  const last = tests.length - 1;
  const shown = chosen === undefined ? undefined : tests[Math.min(chosen, last)];
  const current = Math.min(chosen ?? 0, last);
  const point = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setChosen(nearest(tests.length, (event.clientX - left - EDGE) / (width - 2 * EDGE)));
  };
  const step = (event: KeyboardEvent) => {
    const next = stepOf(event.key, current, last);
    if (next === undefined) return;
    event.preventDefault();
    setChosen(next);
  };
  return (
    <figure className={styles.figure}>
      <figcaption className={styles.caption}>
        Times up to {inWords(scaleMs)}, the newest at the right. ● passed ✕ failed
      </figcaption>
      <div className={styles.plot}>
        <div className={styles.names} aria-hidden="true">
          {lanes.map(({ environment }) => (
            <span key={environment} className={styles.name}>
              {environment}
            </span>
          ))}
        </div>
        <div
          className={styles.graph}
          role="img"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what it tells is not to need a mouse.
          tabIndex={0}
          aria-label="Times of the recorded tests"
          aria-describedby={told}
          onPointerMove={point}
          onPointerLeave={() => setChosen(undefined)}
          onFocus={() => setChosen((chosen) => chosen ?? 0)}
          onBlur={() => setChosen(undefined)}
          onKeyDown={step}
        >
          <svg width="100%" height={lanes.length * LANE} aria-hidden="true">
            {lanes.map((lane, row) => (
              <PlottedLane key={lane.environment} lane={lane} bottom={(row + 1) * LANE} chosen={chosen} />
            ))}
          </svg>
        </div>
      </div>
      <p id={told} aria-live="polite" className={styles.told}>
        {shown ? `${inWordsOf(shown)}, ${utcTime(shown.at)}` : ' '}
      </p>
    </figure>
  );
}

interface TimesPlotProps {
  /** Newest first, at least one. */
  readonly tests: readonly PlottedTest[];
  readonly environments: readonly string[];
}

export interface PlottedTest extends Plotted {
  readonly at: string;
  readonly failure: string | null;
}

function PlottedLane({ lane, bottom, chosen }: PlottedLaneProps) {
  const height = LANE - 2 * EDGE;
  return (
    <g>
      <line className={styles.base} x1="0" x2="100%" y1={bottom - 0.5} y2={bottom - 0.5} />
      {lane.points.map(({ index, x, y, success }) => (
        <svg
          key={index}
          x={`${x * 100}%`}
          y={bottom - EDGE - y * height}
          overflow="visible"
          aria-hidden="true"
          className={styles.point}
          data-success={success}
          data-chosen={index === chosen || undefined}
        >
          <line className={styles.stem} x1="0" x2="0" y1="0" y2={EDGE + y * height} />
          {success ? <circle r="3.2" /> : <path d="M-3.5 -3.5 3.5 3.5 M3.5 -3.5 -3.5 3.5" />}
        </svg>
      ))}
    </g>
  );
}

interface PlottedLaneProps {
  readonly lane: Lane;
  readonly bottom: number;
  readonly chosen: number | undefined;
}

function inWordsOf({ environment, at, durationMs, success, failure }: PlottedTest): string {
  return `${environment}, ${localTime(at)}: ${success ? 'passed' : failure} in ${inWords(durationMs)}`;
}

/** Which test a key leads to; the newest is 0, at the right. Undefined: it leads nowhere. */
function stepOf(key: string, current: number, last: number): number | undefined {
  if (key === 'ArrowLeft' || key === 'ArrowDown') return Math.min(last, current + 1);
  if (key === 'ArrowRight' || key === 'ArrowUp') return Math.max(0, current - 1);
  if (key === 'Home') return last;
  return key === 'End' ? 0 : undefined;
}
