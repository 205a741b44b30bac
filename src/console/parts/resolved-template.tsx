import { Fragment } from 'react';
import { Link } from 'wouter';
import { onBehalfOf } from '../form/return-to.ts';
import { useProject } from '../frame/project-frame.tsx';
import { useAddress } from '../time/moment.ts';
import { readTemplate, resolve } from '../words/template.ts';
import styles from './resolved-template.module.css';
import { type Parameter, useParameters } from './use-parameters.ts';

/** What a text becomes in each environment, and where it lacks a value. Nothing where it names no parameter. */
export function ResolvedTemplate({ text, form }: ResolvedTemplateProps) {
  const { key: project, project: told, can } = useProject();
  const address = useAddress();
  const read = readTemplate(text);
  const keys = read.ok ? read.keys : [];
  const parameters = useParameters(keys);
  if (keys.length === 0 || !keys.every((key) => parameters.has(key))) return null;
  const missing = keys.filter((key) => !parameters.get(key));
  const secret = keys.filter((key) => parameters.get(key)?.secret);
  // It is refused in all of them, whatever its values are.
  const resolvedIn = secret.length > 0 ? [] : (told?.environments ?? []);
  const nameOf = (key: string) =>
    parameters.get(key) ? (
      <Link href={address(`/projects/${project}/parameters?search=${encodeURIComponent(key)}`)}>{key}</Link>
    ) : (
      key
    );
  return (
    <div className={styles.resolved}>
      {resolvedIn.length > 0 && (
        <dl aria-label="In each environment" className={styles.list}>
          {resolvedIn.map((environment) => {
            const lookUp = (key: string) => valueIn(parameters.get(key), environment);
            const value = resolve(text, lookUp);
            const lacking = keys.filter((key) => lookUp(key) === null);
            return (
              <div key={environment} className={styles.row}>
                <dt>{environment}</dt>
                <dd className={value === null ? styles.lacking : undefined}>
                  {value ?? (
                    <>
                      no value for{' '}
                      {lacking.map((key, index) => (
                        <Fragment key={key}>
                          {index > 0 && ', '}
                          {nameOf(key)}
                        </Fragment>
                      ))}
                    </>
                  )}
                </dd>
              </div>
            );
          })}
        </dl>
      )}
      {secret.map((key) => (
        <p key={key} className={styles.lacking}>
          {key} is secret, and can not be named here.
        </p>
      ))}
      {missing.map((key) => (
        <p key={key} className={styles.lacking}>
          There is no parameter {key}.{' '}
          {can('EDIT') && (
            <Link href={`${onBehalfOf(form, `/projects/${project}/parameters`)}&new=${encodeURIComponent(key)}`}>
              Make it
            </Link>
          )}
        </p>
      ))}
    </div>
  );
}

interface ResolvedTemplateProps {
  readonly text: string;
  readonly form: string;
}

/** The environment's own, else the default; null where there is neither, and for what must not be shown. */
export function valueIn(parameter: Parameter | null | undefined, environment: string): string | null {
  if (!parameter || parameter.secret) return null;
  const own = parameter.values.find((value) => value.environment === environment);
  return own?.value ?? parameter.defaultValue;
}
