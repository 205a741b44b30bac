import { Select, TextInput } from '@mantine/core';
import { type FormEvent, useMemo, useState } from 'react';
import { fieldErrors } from '../../form/field-errors.ts';
import { useProject } from '../../frame/project-frame.tsx';
import { graphql, type VariablesOf } from '../../graphql/graphql.ts';
import { FailureWords } from '../../parts/failed.tsx';
import { SendButtons } from '../../parts/send-buttons.tsx';
import { StageLadder } from '../../parts/stage-ladder.tsx';
import { useSending } from '../../parts/use-sending.ts';
import styles from './test-connection.module.css';
import { TEST_OUTCOME, TestDetails, TestVerdict } from './test-outcome.tsx';

const TEST_PROXY = graphql(
  `
    mutation TestProxy($input: TestProxyInput!) {
      testProxy(input: $input) {
        test {
          ...TestOutcome
        }
        userErrors {
          code
          path
          message
        }
      }
    }
  `,
  [TEST_OUTCOME],
);

/** What is to be probed: a saved proxy connection, a draft, or a saved one as a draft would change it. */
export type Probed = Pick<VariablesOf<typeof TEST_PROXY>['input'], 'proxyConnectionId' | 'draft'>;

const NO_ERRORS = [] as const;
const OWN_FIELDS = ['environment', 'targetUrl'];
/** Of the form beside it. */
const LABELS: Readonly<Record<string, string>> = {
  ...{ type: 'Proxy Type', host: 'Proxy Host', port: 'Proxy Port' },
  ...{ authType: 'Auth Type', user: 'User', password: 'Password' },
};

/** Tests what the form holds now, saved or not, and shows what came of it. @param draft asked when the button is pressed */
export function TestConnection({ draft }: { readonly draft: () => Probed }) {
  const { key, project, can } = useProject();
  const [chosen, setEnvironment] = useState<string>();
  const [target, setTarget] = useState('');
  const { send, stop, isSending, isStopped, answer } = useSending(TEST_PROXY);
  const userErrors = answer?.data?.testProxy?.userErrors ?? NO_ERRORS;
  const errors = useMemo(() => fieldErrors(userErrors, OWN_FIELDS), [userErrors]);
  const others = userErrors.filter(({ path }) => !OWN_FIELDS.includes(path[1] ?? ''));
  if (!can('SEND')) return null;
  const environments = project?.environments ?? [];
  const environment = environments.find((each) => each === chosen) ?? environments[0] ?? null;
  const test = answer?.data?.testProxy?.test;

  const begin = (event: FormEvent) => {
    event.preventDefault();
    if (isSending) return;
    const targetUrl = target.trim() || null;
    void send({ input: { projectKey: key, ...draft(), environment, targetUrl } });
  };
  return (
    <section aria-label="Test of the connection" className={styles.test}>
      <form className={styles.form} noValidate onSubmit={begin}>
        <Select
          label="Environment"
          data={environments}
          allowDeselect={false}
          value={environment}
          onChange={(environment) => setEnvironment(environment ?? undefined)}
          error={errors.of('environment')}
        />
        <TextInput
          label="Target"
          type="url"
          spellCheck={false}
          placeholder="what the server is set to reach"
          value={target}
          onChange={(event) => setTarget(event.currentTarget.value)}
          error={errors.of('targetUrl')}
        />
        <SendButtons label="Test Connection" isSending={isSending} onStop={stop} />
      </form>
      <div role="status" className={styles.result}>
        {isSending && <p className={styles.note}>Testing in {environment} …</p>}
        {isStopped && <p className={styles.note}>The test was stopped, and nothing of it recorded.</p>}
        {others.map(({ path, message }) => (
          <p key={path.join('.')} className={styles.error}>
            {nameOf(path)}
            {message}
          </p>
        ))}
        {answer?.failure && <FailureWords failure={answer.failure} />}
        {test && <TestVerdict test={test} />}
      </div>
      {(isSending || isStopped) && <StageLadder label="Stages" isRunning={isSending} />}
      {test && <TestDetails test={test} />}
    </section>
  );
}

/** Which field is meant, as what is wrong stands here, and not beside it. */
function nameOf([, draft, field]: readonly string[]): string {
  const label = draft === 'draft' ? LABELS[field ?? ''] : undefined;
  return label === undefined ? '' : `${label}: `;
}
