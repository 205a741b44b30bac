import { useRef, useState } from 'react';
import type { UserError } from '../../form/mutation-once.ts';
import { useDraft } from '../../form/use-draft.ts';
import { useProject } from '../../frame/project-frame.tsx';
import { graphql } from '../../graphql/graphql.ts';
import { FailureWords } from '../../parts/failed.tsx';
import { SendButtons } from '../../parts/send-buttons.tsx';
import { StageLadder } from '../../parts/stage-ladder.tsx';
import { useSending } from '../../parts/use-sending.ts';
import { usePaneName } from '../../time/moment.ts';
import type { ShownDataSource } from '../data-source/shown-data-source.ts';
import styles from './call-console.module.css';
import { CALL_OUTCOME, CallDetails, CallVerdict } from './call-outcome.tsx';
import { CurlCommands } from './curl-commands.tsx';
import { RequestForm } from './request-form.tsx';
import { NEW_REQUEST, previewedRequestOf, requestOf, sentRows } from './request-values.ts';
import { useCurl } from './use-curl.ts';
import { useTypedSecrets } from './use-typed-secrets.ts';

const CALL = graphql(
  `
    mutation CallDataSource($input: CallDataSourceInput!) {
      callDataSource(input: $input) {
        ...CallOutcome
      }
    }
  `,
  [CALL_OUTCOME],
);

const NO_ERRORS: readonly UserError[] = [];

/** Sends calls of a data source the way the runtime does, and shows them as curl commands. */
export function CallConsole({ dataSource }: { readonly dataSource: ShownDataSource }) {
  const { key, project, can, asOf } = useProject();
  const address = `/projects/${key}/data-sources/${dataSource.resourceId}/runtime`;
  const paneName = usePaneName();
  const draft = useDraft(address, NEW_REQUEST);
  const { values } = draft;
  const [secrets, typeSecret] = useTypedSecrets(draft);
  const rows = useRef<readonly string[]>([]);
  const [proxyName, setProxyName] = useState<string>();
  const { send, stop, isSending, isStopped, answer } = useSending(CALL);
  const environment = values.environment || (project?.environments[0] ?? null);
  const told = useCurl(dataSource.resourceId, environment, previewedRequestOf(values));
  const called = answer?.data?.callDataSource;
  const mayCall = can('SEND') && dataSource.deletedAt === null;

  const call = () => {
    if (isSending || !mayCall) return;
    rows.current = sentRows(values).map(({ row }) => row);
    setProxyName(dataSource.proxyConnection?.name);
    void send({ input: { dataSourceId: dataSource.id, environment, request: requestOf(values, secrets) } });
  };
  return (
    <div className={styles.beside}>
      <div className={styles.form}>
        <RequestForm
          draft={draft}
          address={address}
          secrets={secrets}
          onSecret={typeSecret}
          userErrors={called?.userErrors ?? NO_ERRORS}
          rows={rows.current}
          onSend={call}
        >
          {mayCall || isSending ? (
            <SendButtons label="Call" isSending={isSending} onStop={stop} />
          ) : (
            <p className={styles.note}>{whyNot(asOf !== null, dataSource.deletedAt !== null)}</p>
          )}
        </RequestForm>
      </div>
      <section aria-label={paneName('Answer')} className={styles.answer}>
        <div role="status">
          {isSending && <p className={styles.note}>Calling …</p>}
          {isStopped && <p className={styles.note}>The call was stopped.</p>}
          {!isSending && !isStopped && !answer && <p className={styles.note}>The answer appears here.</p>}
          {called && called.userErrors.length > 0 && <p className={styles.note}>Nothing was sent.</p>}
          {answer?.failure && <FailureWords failure={answer.failure} />}
          {called && <CallVerdict called={called} proxyName={proxyName} />}
        </div>
        {isSending && <StageLadder label="Stages" isRunning />}
        {called && <CallDetails called={called} />}
      </section>
      <CurlCommands told={told} />
    </div>
  );
}

function whyNot(isPast: boolean, isDeleted: boolean): string {
  if (isPast) return 'This is the past: nothing can be called from it.';
  return isDeleted ? 'It was deleted: nothing can be called.' : 'To call data sources you need the role OPERATOR.';
}
