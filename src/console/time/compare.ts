import { type Difference, differences, type Version } from '../parts/changes/version-diff.ts';

/** A resource at one of two moments. */
export type Compared = Version & {
  readonly resourceId: string;
  readonly version: number;
  readonly deletedAt: string | null;
};

export interface Comparison<Resource extends Compared> {
  /** `made` and `deleted` since then; `edited`: another version, which reads the same. */
  readonly is: 'made' | 'deleted' | 'changed' | 'edited';
  /** As it is now; where it is deleted, as it was then. */
  readonly resource: Resource;
  /** What reads differently, where it was and is. */
  readonly fields: readonly FieldComparison[];
}

export interface FieldComparison {
  readonly field: string;
  /** Null: none. */
  readonly earlier: string | null;
  readonly now: string | null;
}

/** What differs between two moments, in the order of now. @param then by `resourceId`; left out where there was none */
export function compareMoments<Resource extends Compared>(
  now: readonly Resource[],
  then: ReadonlyMap<string, Resource>,
): Comparison<Resource>[] {
  return now.flatMap((resource): Comparison<Resource>[] => {
    const earlier = then.get(resource.resourceId);
    const wasThere = earlier !== undefined && earlier.deletedAt === null;
    const isThere = resource.deletedAt === null;
    if (!wasThere) return isThere ? [{ is: 'made', resource, fields: [] }] : [];
    if (!isThere) return [{ is: 'deleted', resource: earlier, fields: [] }];
    if (earlier.version === resource.version) return [];
    const fields = differences(earlier, resource).filter(readsDifferently).map(comparison);
    return [{ is: fields.length > 0 ? 'changed' : 'edited', resource, fields }];
  });
}

/** Of two secrets nobody is told whether they are the same. */
function readsDifferently({ now, restored }: Difference): boolean {
  return now !== restored;
}

function comparison({ field, now: earlier, restored: now }: Difference): FieldComparison {
  return { field, earlier, now };
}
