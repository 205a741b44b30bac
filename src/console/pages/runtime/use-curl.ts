import { useEffect, useState } from 'react';
import { useProject } from '../../frame/project-frame.tsx';
import { type Answer, askOnce } from '../../graphql/ask-once.ts';
import { graphql, type ResultOf, type VariablesOf } from '../../graphql/graphql.ts';
import { useLedger } from '../../graphql/ledger.tsx';

const CURL = graphql(`
  query CurlPreview($key: String!, $asOf: AsOfInput, $id: ID!, $environment: String, $request: RequestInput) {
    project(key: $key, asOf: $asOf) {
      id
      resource(id: $id) {
        id
        ... on DataSource {
          curlPreview(environment: $environment, request: $request) {
            command
            script
            userErrors {
              code
              path
              message
            }
          }
        }
      }
    }
  }
`);

type Request = VariablesOf<typeof CURL>['request'];
type Resource = NonNullable<NonNullable<ResultOf<typeof CURL>['project']>['resource']>;
export type CurlPreview = Extract<Resource, { curlPreview: unknown }>['curlPreview'];

/** Milliseconds after the last key. */
const SETTLED = 250;

/** The commands for what is typed, as they were told last. What is typed on gives up what was asked before. */
export function useCurl(
  id: string,
  environment: string | null,
  request: Request,
): Answer<CurlPreview | undefined> | undefined {
  const { key, asOf } = useProject();
  const { client, refresh } = useLedger();
  const [told, setTold] = useState<Answer<CurlPreview | undefined>>();
  const wanted = JSON.stringify({ key, asOf, id, environment, request });
  useEffect(() => {
    let underWay = new AbortController();
    const ask = async () => {
      underWay.abort();
      underWay = new AbortController();
      const { signal } = underWay;
      const variables = JSON.parse(wanted) as VariablesOf<typeof CURL>;
      try {
        const { data, failure } = await askOnce(client, CURL, variables, signal);
        const found = data?.project?.resource;
        setTold(failure ? { failure } : { data: found && 'curlPreview' in found ? found.curlPreview : undefined });
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    };
    const timer = setTimeout(() => void ask(), SETTLED);
    const stop = refresh.show(() => void ask());
    return () => {
      clearTimeout(timer);
      underWay.abort();
      stop();
    };
  }, [client, refresh, wanted]);
  return told;
}
