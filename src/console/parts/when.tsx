import { Tooltip } from '@mantine/core';
import { localTime, utcTime } from '../words/times.ts';
import styles from './when.module.css';

/** An instant in the browser's zone; in UTC for whoever points at it or comes to it by keyboard. */
export function When({ at, tabIndex = 0 }: WhenProps) {
  return (
    <Tooltip label={utcTime(at)} events={{ hover: true, focus: true, touch: true }}>
      {/* A stop of Tab: what it tells is not to need a mouse. */}
      <time dateTime={at} tabIndex={tabIndex} className={styles.when}>
        {localTime(at)}
      </time>
    </Tooltip>
  );
}

interface WhenProps {
  readonly at: string;
  /** -1 in a grid, where Tab does not stop at each cell. */
  readonly tabIndex?: 0 | -1;
}
