import type { Change } from './change-query.ts';
import { fieldWords, valueWords } from './change-words.ts';
import styles from './changes.module.css';
import { LongText } from './long-text.tsx';
import { ProxyName } from './proxy-names.tsx';

/** The fields of a change, before and after. Of a secret it is told that it changed. */
export function FieldChanges({ change: { type, version, fields } }: { readonly change: Change }) {
  if (fields.length === 0) return null;
  return (
    <dl className={styles.fields}>
      {fields.map(({ field, before, after, secret }) => (
        <div key={field}>
          <dt>{fieldWords(field, type)}</dt>
          <dd>
            {secret ? (
              <span className={styles.dim}>{version === 1 ? 'set' : 'changed'}; it is secret</span>
            ) : (
              <>
                {before !== null && (
                  <>
                    <del>
                      <Value field={field} value={before} />
                    </del>
                    <span className={styles.arrow}> → </span>
                  </>
                )}
                <ins>
                  <Value field={field} value={after} />
                </ins>
              </>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ field, value }: { readonly field: string; readonly value: string | null }) {
  if (value === null) return <span className={styles.dim}>none</span>;
  if (field === 'proxyConnectionId') return <ProxyName id={value} />;
  return <LongText text={valueWords(value)} />;
}
