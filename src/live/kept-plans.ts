import { LRUCache } from 'lru-cache';
import type { DataSourceRow } from '../data-sources/data-source-view.ts';
import { activeParameter, type ParameterRow, type ParameterTable } from '../parameters/parameter-view.ts';
import type { ProxyRow } from '../proxies/proxy-view.ts';
import { joinBelow } from '../traffic/call/outgoing-request.ts';
import { templateKeys } from '../traffic/templates.ts';
import type { PlannedRequest, Way } from './plan.ts';

/** What a call of a data source's base URL would be, with the rows that make it so: these are replaced, never changed. */
export class KeptPlan {
  readonly plan: PlannedRequest;
  readonly #row: DataSourceRow;
  readonly #proxy: ProxyRow | undefined;
  /** Of the parameters that anything of it names; undefined where there is none. */
  readonly #parameters: ReadonlyMap<string, ParameterRow | undefined>;
  #latest: { readonly path: string; readonly url: URL } | undefined;

  constructor(row: DataSourceRow, { proxy }: Way, parameters: ParameterTable, plan: PlannedRequest) {
    this.plan = plan;
    this.#row = row;
    this.#proxy = proxy;
    this.#parameters = new Map(namedBy(row, proxy).map((key) => [key, activeParameter(parameters, key)]));
  }

  /** Whether it would be the same if it was made now. */
  holdsFor(row: DataSourceRow, { proxy }: Way, parameters: ParameterTable): boolean {
    if (this.#row !== row || this.#proxy !== proxy) return false;
    for (const [key, parameter] of this.#parameters) if (activeParameter(parameters, key) !== parameter) return false;
    return true;
  }

  /** Of a path without templates; undefined for one that may not be called. The same is often called again. */
  urlOf(path: string): URL | undefined {
    if (this.#latest?.path === path) return this.#latest.url;
    const joined = joinBelow(this.plan.url, path);
    if (!joined.ok) return undefined;
    if (path.length <= LONGEST_PATH) this.#latest = { path, url: joined.url };
    return joined.url;
  }

  /** About, in bytes. */
  get size(): number {
    const texts = this.plan.headers.map((header) => ('value' in header ? header.value.length : 0));
    return texts.reduce((sum, length) => sum + length, 2 * this.plan.url.href.length) + BYTES_BESIDE;
  }
}

const LONGEST_PATH = 500;
const BYTES_BESIDE = 4 * 1024;
const kept = new LRUCache<string, KeptPlan>({
  max: 2_000,
  maxSize: 16 * 1024 * 1024,
  sizeCalculation: ({ size }) => size,
});

export function plannedBefore(row: DataSourceRow, way: Way, parameters: ParameterTable): KeptPlan | undefined {
  const plan = kept.get(placeOf(row, way));
  return plan?.holdsFor(row, way, parameters) ? plan : undefined;
}

export function keepPlan(row: DataSourceRow, way: Way, parameters: ParameterTable, plan: PlannedRequest): KeptPlan {
  const made = new KeptPlan(row, way, parameters, plan);
  kept.set(placeOf(row, way), made);
  return made;
}

function placeOf(row: DataSourceRow, { environment }: Way): string {
  return `${row.id} ${environment}`;
}

function namedBy({ source: { fields } }: DataSourceRow, proxy: ProxyRow | undefined): string[] {
  const texts = [fields.baseUrl, proxy?.proxy.fields.host, proxy?.proxy.fields.port];
  const keys = texts.flatMap(templateKeys);
  return [
    ...keys,
    ...fields.headers.flatMap((header) => ('secretRef' in header ? header.parameters : templateKeys(header.value))),
  ];
}
