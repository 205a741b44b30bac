import { CopyButton } from '../../parts/copy-button.tsx';
import { FailureWords } from '../../parts/failed.tsx';
import { usePaneName } from '../../time/moment.ts';
import styles from './call-outcome.module.css';
import type { useCurl } from './use-curl.ts';

/** The call as curl commands: a line to read, and a script that does what the runtime does. */
export function CurlCommands({ told }: { readonly told: ReturnType<typeof useCurl> }) {
  const { command, script, userErrors = [] } = told?.data ?? {};
  return (
    <div className={styles.commands}>
      <Command title="curl" what="the curl line" text={command} />
      {userErrors.length > 0 && (
        <div className={styles.warning}>
          {userErrors.map(({ path, message }) => (
            <p key={`${path.join('.')} ${message}`} className={styles.words}>
              {message}
            </p>
          ))}
        </div>
      )}
      {told?.failure && <FailureWords failure={told.failure} />}
      <Command title="Script" what="the script" text={script} />
    </div>
  );
}

function Command({ title, what, text }: CommandProps) {
  const paneName = usePaneName();
  return (
    <section aria-label={paneName(title)} className={styles.section}>
      <div className={styles.head}>
        <h2 className={styles.title}>{title}</h2>
        {typeof text === 'string' && <CopyButton text={text} what={what} />}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard. */}
      <pre className={styles.command} tabIndex={0}>
        {text ?? ''}
      </pre>
    </section>
  );
}

interface CommandProps {
  readonly title: string;
  readonly what: string;
  readonly text: string | null | undefined;
}
