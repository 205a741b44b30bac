import type { ReactNode } from 'react';
import { Link, useSearchParams } from 'wouter';
import { useProject } from '../../frame/project-frame.tsx';
import { useAddress } from '../../time/moment.ts';
import { withParameter } from '../search-field.tsx';
import { When } from '../when.tsx';
import type { Change } from './change-query.ts';
import { changeKind, changeWords, placeOf, testWords } from './change-words.ts';
import styles from './changes.module.css';
import type { Commit } from './commits.ts';
import { FieldChanges } from './field-changes.tsx';
import { KindBadge } from './kind-badge.tsx';
import { LongText } from './long-text.tsx';

/** What one commit changed: who, when, why, and each change of it. */
export function CommitItem({ commit: { position, commit, changes }, children }: CommitItemProps) {
  const { key } = useProject();
  const [search] = useSearchParams();
  const place = changes.map(placeOf).find((each) => each !== undefined) ?? 'proxy-connections';
  const state = `/projects/${key}/${place}${place.includes('?') ? '&' : '?'}at=${position}`;
  return (
    <li className={styles.commit} aria-label={`Commit ${position}`}>
      <div className={styles.who}>
        <When at={commit.at} />
        <Link
          href={`/projects/${key}/history?${withParameter(search, 'actor', commit.actor.identity)}`}
          title={commit.actor.identity}
          aria-label={`${commit.actor.name}: only what they did`}
        >
          {commit.actor.name}
        </Link>
        <Link href={state} className={styles.state}>
          State after {position}
        </Link>
      </div>
      <div className={styles.what}>
        {commit.reason !== null && (
          <p className={styles.reason}>
            <LongText text={commit.reason} />
          </p>
        )}
        {changes.map((change) => (
          <OneChange key={change.id} change={change} />
        ))}
        {children}
      </div>
    </li>
  );
}

interface CommitItemProps {
  readonly commit: Commit<Change>;
  /** Below it: what one can do with it. */
  readonly children?: ReactNode;
}

function OneChange({ change }: { readonly change: Change }) {
  const { key } = useProject();
  const address = useAddress();
  const kind = changeKind(change.type);
  const { noun, verb } = changeWords(change.type, change.version);
  const place = placeOf(change);
  const test = kind === 'test' ? testWords(change.fields) : undefined;
  return (
    <div className={styles.change}>
      <p className={styles.line}>
        <KindBadge kind={kind} />
        <span>
          {change.subjectName === null && kind === 'test' ? 'A draft of a proxy connection' : noun}{' '}
          {place && <Link href={address(`/projects/${key}/${place}`)}>{change.subjectName}</Link>}
          {!place && change.subjectName} {verb}
          {test && (
            <>
              : <span className={test.isGood ? undefined : styles.failed}>{test.words}</span>
            </>
          )}
        </span>
      </p>
      {!test && <FieldChanges change={change} />}
    </div>
  );
}
