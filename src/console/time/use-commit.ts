import { graphql } from '../graphql/graphql.ts';
import { useAsk } from '../graphql/use-ask.ts';

const COMMIT = graphql(`
  query ShownCommit($key: String!, $position: Int!) {
    project(key: $key) {
      id
      position
      commit(position: $position) {
        position
        at
        reason
        actor {
          name
        }
      }
    }
  }
`);

/** The commit at a position, and the newest position; nothing is asked about now. */
export function useCommit(key: string, at: number | undefined) {
  const { data } = useAsk(COMMIT, { key, position: at ?? 0 }, at !== undefined);
  return { head: data?.project?.position, commit: data?.project?.commit ?? undefined };
}
