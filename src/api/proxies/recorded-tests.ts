import type { SealedCommit } from '../../event-sourcing/event.ts';
import { nameOfEnvironment, type Renames, renamesIn } from '../../history/environment-names.ts';
import { historySource } from '../../history/history.ts';
import type { RecordedEvent } from '../../history/recorded-event.ts';
import { projectId } from '../../projects/project-events.ts';
import { countTests, type ProxyRow, type TestRecord, testRecord } from '../../proxies/proxy-view.ts';
import type { Entries, PageSource } from '../../words/page-source.ts';
import type { RequestContext } from '../context.ts';
import type { SeenImage } from '../toolkit/seen-image.ts';

/** The probes of a saved proxy as the log has them, newest first, with environments as they are called at the image. */
export async function recordedTests(
  context: RequestContext,
  image: SeenImage,
  row: ProxyRow,
  environment?: string,
): Promise<PageSource<TestRecord>> {
  const { store } = context.services;
  const project = image.view.project?.project.key ?? '';
  const where = { subjects: [row.id], types: ['ProxyTested' as const] };
  const renames = row.tests.size > 0 ? await renamesUpTo(image, (range) => store.read(project, range)) : [];
  const recordOf = ({ event, sealed: { commit } }: RecordedEvent): TestRecord | undefined => {
    if (event.type !== 'ProxyTested' || event.data.draft) return undefined;
    const record = testRecord(event, commit);
    const name = nameOfEnvironment(record.test.environment, record.position, renames);
    return { ...record, test: { ...record.test, environment: name } };
  };
  const history = historySource({
    ...{ image, match: where, showsGrants: true, direction: 'DESC', signal: context.signal },
    wants(recorded) {
      const record = recordOf(recorded);
      return record !== undefined && (environment === undefined || record.test.environment === environment);
    },
    total: () => countTests(row, environment),
    read: (range) => store.read(project, { ...range, where }),
  });
  async function* records(events: Entries<RecordedEvent>) {
    for await (const [key, recorded] of events) {
      const record = recordOf(recorded);
      if (record) yield [key, record] as const;
    }
  }
  return {
    ...{ order: `tests of ${environment ?? 'all'}`, compare: history.compare, total: history.total },
    forwards: (after, atMost) => records(history.forwards(after, atMost)),
    backwards: (before, atMost) => records(history.backwards(before, atMost)),
  };
}

/** None, without a look at the log, where the project itself was never changed. */
async function renamesUpTo(
  { view, position }: SeenImage,
  read: (range: { upTo: number; where: object }) => AsyncIterable<SealedCommit>,
): Promise<Renames> {
  const project = view.project?.project;
  if (!project || project.version === 1) return [];
  return renamesIn(read({ upTo: position, where: { subjects: [projectId(project.key)], types: ['ProjectUpdated'] } }));
}
