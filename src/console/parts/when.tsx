import { Tooltip } from '@mantine/core';
import { localTime, utcTime } from '../words/times.ts';
import styles from './when.module.css';

/** An instant in the browser's zone; in UTC for whoever points at it or comes to it by keyboard. */
export function When({ at }: { readonly at: string }) {
  return (
    <Tooltip label={utcTime(at)} events={{ hover: true, focus: true, touch: true }}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what it tells is not to need a mouse. */}
      <time dateTime={at} tabIndex={0} className={styles.when}>
        {localTime(at)}
      </time>
    </Tooltip>
  );
}
