import { z } from 'zod';
import type { EventVersions } from '../event-sourcing/decoder.ts';
import { makeId } from '../words/ids.ts';
import { newTimeOrderedId } from '../words/time-ordered-id.ts';

export type DataSourceId = string & { readonly brand: 'DataSourceId' };

export function newDataSourceId(project: string): DataSourceId {
  return makeId({ type: 'DataSource', project, local: newTimeOrderedId() }) as DataSourceId;
}

const plainHeader = z.strictObject({ name: z.string(), value: z.string() });
const secretHeader = z.strictObject({
  name: z.string(),
  secretRef: z.string(),
  /** The configuration parameters that its value names, so that the log tells who uses them. */
  parameters: z.array(z.string()).readonly(),
});
const header = z.union([plainHeader, secretHeader]);
export type StoredHeader = z.infer<typeof header>;

const type = z.enum(['RESTFUL_SYSTEM']);

const wholeDataSource = z.strictObject({
  name: z.string(),
  description: z.string().optional(),
  type,
  baseUrl: z.string(),
  headers: z.array(header).readonly(),
});

/** Changed fields. Headers are one field: the whole list. */
const someOfDataSource = z.strictObject({
  name: z.string().optional(),
  description: z.string().nullable().optional(),
  type: type.optional(),
  baseUrl: z.string().optional(),
  headers: z.array(header).readonly().optional(),
});

const attachment = z.strictObject({ proxyConnectionId: z.string().nullable() });

const DataSourceCreated = z.strictObject({ set: wholeDataSource });
const DataSourceUpdated = z.strictObject({ set: someOfDataSource, was: someOfDataSource });
/** Another proxy may have been attached before: `was` tells. */
const DataSourceProxyAttached = z.strictObject({
  set: z.strictObject({ proxyConnectionId: z.string() }),
  was: attachment,
});
const DataSourceProxyDetached = z.strictObject({
  set: attachment,
  was: z.strictObject({ proxyConnectionId: z.string() }),
});
const DataSourceDeleted = z.strictObject({});
/** Undeletes it, or brings back an earlier version's fields, or both. */
const DataSourceRestored = z.strictObject({ set: someOfDataSource, was: someOfDataSource, restoredVersion: z.int() });

export type DataSourceEvent =
  | { readonly type: 'DataSourceCreated'; readonly data: z.infer<typeof DataSourceCreated> }
  | { readonly type: 'DataSourceUpdated'; readonly data: z.infer<typeof DataSourceUpdated> }
  | { readonly type: 'DataSourceProxyAttached'; readonly data: z.infer<typeof DataSourceProxyAttached> }
  | { readonly type: 'DataSourceProxyDetached'; readonly data: z.infer<typeof DataSourceProxyDetached> }
  | { readonly type: 'DataSourceDeleted'; readonly data: z.infer<typeof DataSourceDeleted> }
  | { readonly type: 'DataSourceRestored'; readonly data: z.infer<typeof DataSourceRestored> };

export const dataSourceEvents = {
  DataSourceCreated: [{ schema: DataSourceCreated }],
  DataSourceUpdated: [{ schema: DataSourceUpdated }],
  DataSourceProxyAttached: [{ schema: DataSourceProxyAttached }],
  DataSourceProxyDetached: [{ schema: DataSourceProxyDetached }],
  DataSourceDeleted: [{ schema: DataSourceDeleted }],
  DataSourceRestored: [{ schema: DataSourceRestored }],
} satisfies EventVersions;
