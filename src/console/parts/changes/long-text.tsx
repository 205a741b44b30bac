import { useState } from 'react';
import styles from './changes.module.css';

/** Characters that are shown at first. */
const SHORT = 240;

/** A text of somebody, the rest of a long one on demand. */
export function LongText({ text }: { readonly text: string }) {
  const [isWhole, setWhole] = useState(false);
  if (text === '') return <em className={styles.dim}>empty text</em>;
  if (text.length <= SHORT) return <span className={styles.text}>{text}</span>;
  return (
    <span className={styles.text}>
      {isWhole ? text : `${text.slice(0, SHORT)}… `}{' '}
      <button type="button" className={styles.more} aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
        {isWhole ? 'Less' : `All ${text.length} characters`}
      </button>
    </span>
  );
}
