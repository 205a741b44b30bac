import type { Faults, Path } from './refusal.ts';

/** So many resources are named at most; more are only told to be there. */
const MOST_NAMED = 5;

/** As many of these resources as are named. */
export function someOf(resources: Iterable<string>): readonly string[] {
  const named: string[] = [];
  for (const resource of resources) {
    if (named.length === MOST_NAMED) return [...named, 'others'];
    named.push(resource);
  }
  return named;
}

/** Refuses what would say where stored secrets of resources go; without any it is nobody's to refuse. */
export function leaveToOwner(faults: Faults, path: Path, what: string, resources: Iterable<string>): void {
  const named = someOf(resources);
  if (named.length === 0) return;
  const listed = named.length === 1 ? named[0] : `${named.slice(0, -1).join(', ')} and ${named.at(-1)}`;
  const message = `${what} where stored secrets of ${listed} go: that is for an OWNER of the project to decide`;
  faults.add('FORBIDDEN', path, message);
}
