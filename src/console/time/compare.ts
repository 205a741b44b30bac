import { type Difference, differences, type Version } from '../parts/changes/version-diff.ts';

/** A resource at one of two moments. */
export type Compared = Version & {
  readonly resourceId: string;
  readonly version: number;
  readonly deletedAt: string | null;
  /** Of a data source. */
  readonly routing?: Routing;
};

type Routing = 'DIRECT' | 'PROXY' | 'PROXY_DELETED';

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
    const routing = routingOf(earlier, resource);
    if (earlier.version === resource.version && routing.length === 0) return [];
    const fields = [...differences(earlier, resource).filter(readsDifferently).map(comparison), ...routing];
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

const CALLS: Readonly<Record<Routing, string>> = {
  DIRECT: 'direct',
  PROXY: 'through the proxy',
  PROXY_DELETED: 'refused, as the proxy is deleted',
};

/** Where calls are refused at one of both moments: what decides that is no field of the data source. */
function routingOf({ routing: earlier }: Compared, { routing: now }: Compared): FieldComparison[] {
  if (!earlier || !now || earlier === now || ![earlier, now].includes('PROXY_DELETED')) return [];
  return [{ field: 'Calls', earlier: CALLS[earlier], now: CALLS[now] }];
}
