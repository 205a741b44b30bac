import type { StoredHeader } from '../data-sources/data-source-events.ts';
import type { AnyEvent } from '../project/project-model.ts';
import { unreachable } from '../words/unreachable.ts';

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
    case 'TokenIssued':
    case 'ProjectCreated':
    case 'ProxyConnectionCreated':
    case 'DataSourceCreated':
      return differences(event.data.set, {});
    case 'ProxyConnectionUpdated':
    case 'ProxyConnectionRestored':
    case 'DataSourceUpdated':
    case 'DataSourceRestored':
    case 'DataSourceProxyAttached':
    case 'DataSourceProxyDetached':
      return differences(event.data.set, event.data.was);
    case 'ConfigParameterSet':
      return differences(event.data.set, event.data.was ?? {});
    case 'TokenRevoked':
    case 'ConfigParameterDeleted':
    case 'ProxyConnectionDeleted':
    case 'DataSourceDeleted':
      return [];
    case 'AccessGranted': {
      const { kind, identity, set, was } = event.data;
      return [plain(`access[${kind} ${identity}]`, was.role, set.role)];
    }
    case 'AccessRevoked': {
      const { kind, identity, was } = event.data;
      return [plain(`access[${kind} ${identity}]`, was.role, null)];
    }
    case 'AdministratorsSet':
      return differences(event.data.set, event.data.was);
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

/** Fields that are set, and those of a list that are there no more. */
function differences(set: object, was: object): FieldChange[] {
  const before = flatten(was);
  const after = flatten(set);
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((field) => {
    const from = before.get(field);
    const to = after.get(field);
    return JSON.stringify(from?.value) === JSON.stringify(to?.value)
      ? []
      : [change((to ?? from)?.field ?? field, from, to)];
  });
}

interface Flat {
  readonly field: string;
  readonly value: unknown;
  readonly secret: boolean;
}

/** Lists of pairs become one field for each pair, named by what users key it by; names of headers have no case. */
function flatten(fields: object): Map<string, Flat> {
  const flat = new Map<string, Flat>();
  for (const [field, value] of Object.entries(fields)) {
    if (field === 'values') {
      for (const pair of value as readonly { environment: string; value: unknown }[]) {
        const name = `values[${pair.environment}]`;
        flat.set(name, { field: name, value: pair.value, secret: isSecret(pair.value) });
      }
    } else if (field === 'headers') {
      for (const header of value as readonly StoredHeader[]) {
        const secret = isSecret(header);
        const shown = 'value' in header ? header.value : header.secretRef;
        flat.set(`headers[${header.name.toLowerCase()}]`, { field: `headers[${header.name}]`, value: shown, secret });
      }
    } else flat.set(field, { field, value, secret: isSecret(value) });
  }
  return flat;
}

function change(field: string, before: Flat | undefined, after: Flat | undefined): FieldChange {
  if (before?.secret || after?.secret) return { field, before: null, after: null, secret: true };
  return plain(field, serialise(before?.value), serialise(after?.value));
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
