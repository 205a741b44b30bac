import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useClient } from 'urql';
import { useProject } from '../frame/project-frame.tsx';
import { graphql } from '../graphql/graphql.ts';
import { useAnnounce } from '../parts/announcer.tsx';
import { localInput } from '../words/times.ts';
import styles from './time-control.module.css';

const POSITION = graphql(`
  query PositionAt($key: String!, $time: DateTime!) {
    project(key: $key, asOf: { time: $time }) {
      id
      position
    }
  }
`);

/** Milliseconds after the last change of a date: one that is being typed is none yet. */
const SETTLED = 900;

/** Leads to an instant: to the newest commit that is not later. @param shown the instant that is looked at */
export function DateField({ shown, goTo }: DateFieldProps) {
  const { key, log } = useProject();
  const client = useClient();
  const announce = useAnnounce();
  const [typed, setTyped] = useState<string>();
  const latest = useRef<(text: string) => Promise<void>>(undefined);
  const look = async (text: string) => {
    setTyped(undefined);
    const time = new Date(text);
    if (Number.isNaN(time.getTime())) return;
    const variables = { key, time: time.toISOString() };
    const { data, error } = await client.query(POSITION, variables, { requestPolicy: 'network-only' }).toPromise();
    if (data?.project) goTo(data.project.position);
    else if (error) announce('The server did not tell what there was then.');
    else {
      announce('There was no such project yet: this is its beginning.');
      goTo(1);
    }
  };
  useEffect(() => {
    latest.current = look;
  });
  useEffect(() => {
    if (typed === undefined) return;
    const timer = setTimeout(() => void latest.current?.(typed), SETTLED);
    return () => clearTimeout(timer);
  }, [typed]);
  const settle = () => {
    if (typed !== undefined) void look(typed);
  };
  return (
    <input
      type="datetime-local"
      aria-label="Go to a date"
      step={1}
      min={log && localInput(log.begin)}
      className={styles.date}
      value={typed ?? (shown === undefined ? '' : localInput(shown))}
      onChange={(event) => setTyped(event.currentTarget.value)}
      onBlur={settle}
      onKeyDown={(event: KeyboardEvent) => event.key === 'Enter' && settle()}
    />
  );
}

interface DateFieldProps {
  readonly shown: string | undefined;
  readonly goTo: (position: number) => void;
}
