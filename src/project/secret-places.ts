import {
  type DataSourceRow,
  type DataSourceTable,
  namingInSecrets,
  proxiesOfSecrets,
  secretsSentBy,
  secretsThrough,
} from '../data-sources/data-source-view.ts';
import type { DataSourceSurroundings } from '../data-sources/data-sources.ts';
import { latestParameter, type ParameterTable, parameterValues } from '../parameters/parameter-view.ts';
import type { ParameterSurroundings } from '../parameters/parameters.ts';
import type { ProjectRow } from '../projects/project-view.ts';
import type { ProxySurroundings } from '../proxies/proxies.ts';
import { mayBeWhereItSays, type ProxyTable, parametersOfProxy, passwordsSentBy } from '../proxies/proxy-view.ts';
import { resolveText } from '../traffic/parameter-values.ts';
import { LIMITS } from '../words/fields.ts';

/** What is longer, and what comes behind so many others, is taken for http: without a look at its parameters. */
const LONGEST_HEAD = 300;
const MOST_HEADS = 100;

/** The part of a project's view that says where its secrets go. */
interface Tables {
  readonly project: ProjectRow | undefined;
  readonly parameters: ParameterTable;
  readonly proxies: ProxyTable;
  readonly dataSources: DataSourceTable;
}

/**
 * Where the stored secrets of a project go, as the rules of its features ask it. Found by indexes of what has secrets: a
 * project without them is asked in no time.
 */
export function secretPlaces(view: Tables, deletedAt: string | undefined) {
  const { proxies, dataSources } = view;
  const isHttp = httpIn(view);
  const through = function* (proxyId: string): Iterable<string> {
    for (const row of secretsThrough(dataSources, proxyId)) if (isHttp(row.source.fields.baseUrl)) yield nameOf(row);
  };
  const editedSinceDeletion = (parameters: readonly string[]) =>
    parameters.some((key) => isEditedSince(latestParameter(view.parameters, key), deletedAt));
  return {
    *sendingWhereItSays(key) {
      for (const { proxy } of passwordsSentBy(proxies, key)) yield `proxy connection ${proxy.fields.name}`;
      for (const row of secretsSentBy(dataSources, key)) yield nameOf(row);
      for (const id of proxiesOfSecrets(dataSources)) {
        const row = proxies.get(id);
        if (row?.deletedAt === undefined && row && mayBeWhereItSays(row, key)) yield* through(id);
      }
    },
    *sendingIt(key) {
      for (const row of namingInSecrets(dataSources, key)) yield nameOf(row);
    },
    sendingSecretsThrough: through,
    isHttp,
    editedSinceDeletion,
    proxyEditedSinceDeletion(id) {
      const row = proxies.get(id);
      return row !== undefined && (isEditedSince(row, deletedAt) || editedSinceDeletion(parametersOfProxy(row)));
    },
  } satisfies Partial<ParameterSurroundings & ProxySurroundings & DataSourceSurroundings>;
}

/** Whether a base URL is an http: one in one of the environments, as its parameters stand. */
function httpIn(view: Tables): (baseUrl: string) => boolean {
  const known = new Map<string, boolean>();
  return (baseUrl) => {
    // The scheme ends before the first slash.
    const [head = ''] = baseUrl.split('/', 1);
    const found = known.get(head);
    if (found !== undefined) return found;
    if (head.length > LONGEST_HEAD || known.size >= MOST_HEADS) return true;
    const is = isHttpSomewhere(view, head);
    known.set(head, is);
    return is;
  };
}

function isHttpSomewhere({ project, parameters }: Tables, head: string): boolean {
  const [scheme] = /^https?:/i.exec(head) ?? [];
  if (scheme !== undefined) return scheme.length === 'http:'.length;
  return (project?.project.fields.environments ?? []).some((environment) => {
    const resolved = resolveText(head, parameterValues(parameters, environment), LIMITS.urlBytes);
    return resolved.ok && /^\s*http:/i.test(resolved.value);
  });
}

/** Of two moments that are the same, one may have been before the other. */
function isEditedSince(row: { readonly editedAt: string } | undefined, moment: string | undefined): boolean {
  return row !== undefined && moment !== undefined && row.editedAt >= moment;
}

function nameOf({ source }: DataSourceRow): string {
  return `data source ${source.fields.name}`;
}
