import { useState } from 'react';
import { useClient } from 'urql';
import { useProject } from '../frame/project-frame.tsx';
import { graphql } from '../graphql/graphql.ts';
import { useAnnounce } from '../parts/announcer.tsx';
import { localInput, localTime } from '../words/times.ts';
import { useNamedMoment } from './moment.ts';
import styles from './time-control.module.css';
import { useCommit } from './use-commit.ts';
import { useMoved } from './use-moved.ts';

const POSITION = graphql(`
  query PositionAt($key: String!, $time: DateTime!) {
    project(key: $key, asOf: { time: $time }) {
      id
      position
    }
  }
`);

/** What was known last: a slider that is disabled for a moment loses the focus. */
function useLast(value: number | undefined): number | undefined {
  const [last, setLast] = useState(value);
  if (value !== undefined && value !== last) setLast(value);
  return value ?? last;
}

/** Leads to the past of a project, and back: by position on a slider, by date in a calendar. */
export function TimeControl() {
  const { key, project } = useProject();
  const { at, go } = useNamedMoment();
  const { head: told, commit } = useCommit(key, at);
  const client = useClient();
  const announce = useAnnounce();
  const head = useLast(at === undefined ? project?.position : told);
  const [position, move] = useMoved(at ?? head ?? 1, (to) => go(to === head ? undefined : to, true));
  const goTo = async (day: string) => {
    const time = new Date(day);
    if (Number.isNaN(time.getTime())) return;
    const { data } = await client.query(POSITION, { key, time: time.toISOString() }).toPromise();
    if (data && !data.project) announce('There was no such project yet.');
    if (data?.project) go(data.project.position === head ? undefined : data.project.position);
  };
  const isNow = position === head;
  const date = commit?.position === position ? localTime(commit.at) : undefined;
  return (
    <fieldset className={styles.control}>
      <legend className={styles.unseen}>Moment</legend>
      <input
        type="range"
        aria-label="Position"
        aria-valuetext={isNow ? 'Now' : [`Commit ${position} of ${head ?? position}`, date].filter(Boolean).join(', ')}
        className={styles.slider}
        min={1}
        max={head ?? position}
        disabled={head === undefined}
        value={position}
        onChange={(event) => move(Number(event.currentTarget.value))}
      />
      <output className={styles.shown}>{isNow ? 'Now' : `${position} of ${head ?? '…'}`}</output>
      <input
        type="datetime-local"
        aria-label="Go to a date"
        step={1}
        className={styles.date}
        value={at !== undefined && commit ? localInput(commit.at) : ''}
        onChange={(event) => void goTo(event.currentTarget.value)}
      />
    </fieldset>
  );
}
