import type { AnyEvent } from '../project-model.ts';
import { unreachable } from '../unreachable.ts';

/** What one event changed of one field, as an auditor reads it. A secret tells that it changed, never what it is. */
export interface FieldChange {
  /** As the contract calls it, such as `host` or `values[prod]`. */
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly secret: boolean;
}

/** From the event alone: it holds what was before beside what is set. */
export function fieldChanges(event: AnyEvent): readonly FieldChange[] {
  switch (event.type) {
    case 'ProjectUpdated': {
      const renames = (event.data.renamed ?? []).map(({ from, to }) => plain(`renameEnvironments[${from}]`, from, to));
      return [...renames, ...differences(event.data.set, event.data.was)];
    }
    case 'ProjectCreated':
    case 'ProxyConnectionCreated':
      return differences(event.data.set, {});
    case 'ProxyConnectionUpdated':
    case 'ProxyConnectionRestored':
      return differences(event.data.set, event.data.was);
    case 'ConfigParameterSet':
      return differences(event.data.set, event.data.was ?? {});
    case 'ConfigParameterDeleted':
    case 'ProxyConnectionDeleted':
      return [];
    case 'ProxyTested': {
      const { success, failure = null, environment } = event.data.test;
      return [
        plain('success', null, String(success)),
        plain('failure', null, failure),
        plain('environment', null, environment),
      ];
    }
    default:
      return unreachable(event);
  }
}

function differences(set: object, was: object): FieldChange[] {
  const before = new Map(flatten(was));
  return flatten(set).map(([field, after]) => change(field, before.get(field) ?? null, after));
}

/** Lists of pairs become one field for each pair, named by what users key it by. */
function flatten(fields: object): [field: string, value: unknown][] {
  return Object.entries(fields).flatMap(([field, value]) =>
    field === 'values'
      ? (value as readonly { environment: string; value: unknown }[]).map((pair): [string, unknown] => [
          `values[${pair.environment}]`,
          pair.value,
        ])
      : [[field, value] as [string, unknown]],
  );
}

function change(field: string, before: unknown, after: unknown): FieldChange {
  if (isSecret(before) || isSecret(after)) return { field, before: null, after: null, secret: true };
  return plain(field, serialise(before), serialise(after));
}

function plain(field: string, before: string | null, after: string | null): FieldChange {
  return { field, before, after, secret: false };
}

function isSecret(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'secretRef' in value;
}

/** Texts and enum values as they are, everything else as the JSON of a GraphQL answer. */
function serialise(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
