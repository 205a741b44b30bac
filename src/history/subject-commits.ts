import DataLoader from 'dataloader';
import type { SealedCommit } from '../event-sourcing/event.ts';
import type { CommitRange, EventStore } from '../event-sourcing/event-store.ts';

/** The first `limit` commits of a range that are about one resource. */
export interface SubjectRange extends Required<Omit<CommitRange, 'where'>> {
  readonly project: string;
  readonly subject: string;
}

export type SubjectCommits = DataLoader<SubjectRange, readonly SealedCommit[], string>;

/** As many as a store takes in one filter. */
const SUBJECTS_OF_READ = 100;

/**
 * So often resources are read together. Who still lacks commits after that has the long histories of others before its
 * own, and is read by itself.
 */
const JOINT_READS = 2;

/** Reads the histories of all rows of a list in a few reads of the store, instead of one for each row. */
export function subjectCommits(store: EventStore): SubjectCommits {
  return new DataLoader(
    async (ranges) => {
      const wanted = ranges.map((range): Wanted => ({ range, commits: [] }));
      await Promise.all(alike(wanted).map((group) => fill(store, group)));
      return wanted.map(({ commits }) => commits);
    },
    { cacheKeyFn: keyOf, maxBatchSize: SUBJECTS_OF_READ },
  );
}

type Bounds = Pick<SubjectRange, 'after' | 'upTo'>;

interface Wanted {
  readonly range: SubjectRange;
  readonly commits: SealedCommit[];
}

async function fill(store: EventStore, wanted: readonly Wanted[], reads = 1, behind?: Bounds): Promise<void> {
  const [first] = wanted;
  const limit = wanted.reduce((sum, each) => sum + missing(each), 0);
  if (!first || limit === 0) return;
  const { project, direction, after, upTo } = first.range;
  const bounds = behind ?? { after, upTo };
  const where = { subjects: wanted.map(({ range }) => range.subject) };
  let count = 0;
  let rest = bounds;
  for await (const sealed of store.read(project, { ...bounds, direction, limit, where })) {
    const subjects = new Set(sealed.commit.events.map(({ subject }) => subject?.id));
    for (const each of wanted) {
      if (missing(each) > 0 && subjects.has(each.range.subject)) each.commits.push(sealed);
    }
    const { position } = sealed.commit;
    rest = direction === 'forwards' ? { ...rest, after: position } : { ...rest, upTo: position - 1 };
    count += 1;
  }
  if (count < limit) return;
  const short = wanted.filter((each) => missing(each) > 0);
  const groups = reads < JOINT_READS ? [short] : short.map((each) => [each]);
  await Promise.all(groups.map((group) => fill(store, group, reads + 1, rest)));
}

function missing({ range, commits }: Wanted): number {
  return range.limit - commits.length;
}

/** Those that differ in their subject alone, together. */
function alike(wanted: readonly Wanted[]): Wanted[][] {
  const groups = new Map<string, Wanted[]>();
  for (const each of wanted) {
    const key = keyOf({ ...each.range, subject: '' });
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()];
}

function keyOf({ project, subject, after, upTo, direction, limit }: SubjectRange): string {
  return JSON.stringify([project, subject, after, upTo, direction, limit]);
}
