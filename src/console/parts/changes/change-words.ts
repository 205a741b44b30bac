export type ChangeKind = 'edit' | 'test' | 'access';

interface Words {
  readonly noun: string;
  readonly verb: string;
}

/** What each type of change is about, and what happened to it. */
const WORDS: Readonly<Record<string, Words>> = {
  ACCESS_GRANTED: { noun: 'Access', verb: 'granted' },
  ACCESS_REVOKED: { noun: 'Access', verb: 'revoked' },
  ADMINISTRATORS_SET: { noun: 'Administrators', verb: 'set' },
  CONFIG_PARAMETER_DELETED: { noun: 'Parameter', verb: 'deleted' },
  CONFIG_PARAMETER_SET: { noun: 'Parameter', verb: 'set' },
  DATA_SOURCE_CREATED: { noun: 'Data source', verb: 'created' },
  DATA_SOURCE_DELETED: { noun: 'Data source', verb: 'deleted' },
  DATA_SOURCE_PROXY_ATTACHED: { noun: 'Data source', verb: 'attached to a proxy connection' },
  DATA_SOURCE_PROXY_DETACHED: { noun: 'Data source', verb: 'detached from its proxy connection' },
  DATA_SOURCE_RESTORED: { noun: 'Data source', verb: 'restored' },
  DATA_SOURCE_UPDATED: { noun: 'Data source', verb: 'updated' },
  PROJECT_CREATED: { noun: 'Project', verb: 'created' },
  PROJECT_UPDATED: { noun: 'Project', verb: 'updated' },
  PROXY_CONNECTION_CREATED: { noun: 'Proxy connection', verb: 'created' },
  PROXY_CONNECTION_DELETED: { noun: 'Proxy connection', verb: 'deleted' },
  PROXY_CONNECTION_RESTORED: { noun: 'Proxy connection', verb: 'restored' },
  PROXY_CONNECTION_UPDATED: { noun: 'Proxy connection', verb: 'updated' },
  PROXY_TESTED: { noun: 'Proxy connection', verb: 'tested' },
  TOKEN_ISSUED: { noun: 'Token', verb: 'issued' },
  TOKEN_REVOKED: { noun: 'Token', verb: 'revoked' },
};

/** All that may be filtered by, in the order of their words. */
export const CHANGE_TYPES = Object.keys(WORDS).filter((type) => type !== 'ADMINISTRATORS_SET');

/**
 * @param type one that this page does not know is told by its own name
 * @param version of the resource right after the change, where there is one: a parameter is set to be made, too
 */
export function changeWords(type: string, version?: number | null): Words {
  if (type === 'CONFIG_PARAMETER_SET' && version) {
    return { noun: 'Parameter', verb: version === 1 ? 'created' : 'updated' };
  }
  return WORDS[type] ?? { noun: sentence(type), verb: '' };
}

export function changeKind(type: string): ChangeKind {
  if (type === 'PROXY_TESTED') return 'test';
  return /^(ACCESS|TOKEN|ADMINISTRATORS)_/.test(type) ? 'access' : 'edit';
}

/** Where the resource of a change is shown, within its project; undefined: nowhere. */
export function placeOf({ type, subjectId, subjectName }: Subject): string | undefined {
  if (subjectId === null || subjectId === undefined) return undefined;
  if (type.startsWith('PROXY_')) return `proxy-connections/${subjectId}`;
  if (type.startsWith('DATA_SOURCE_')) return `data-sources/${subjectId}`;
  if (type.startsWith('CONFIG_PARAMETER_')) return `parameters?search=${encodeURIComponent(subjectName ?? '')}`;
  if (type.startsWith('TOKEN_')) return 'tokens';
  return undefined;
}

interface Subject {
  readonly type: string;
  readonly subjectId: string | null | undefined;
  readonly subjectName: string | null | undefined;
}

const FIELDS: Readonly<Record<string, string>> = {
  authType: 'Auth Type',
  baseUrl: 'Base URL',
  connectThroughProxy: 'Connect through Proxy',
  defaultValue: 'Default',
  host: 'Proxy Host',
  port: 'Proxy Port',
  proxyConnectionId: 'Proxy Connection',
  expiresAt: 'Expires at',
};

/** What the forms call a field of the API, such as `Proxy Host` for `host`. */
export function fieldWords(field: string, type: string): string {
  const [, list, name = ''] = /^(\w+)\[(.*)\]$/s.exec(field) ?? [];
  if (list === 'headers') return `Header ${name}`;
  if (list === 'values') return `Value in ${name}`;
  if (list === 'renameEnvironments') return `Environment ${name}`;
  if (list === 'access') return name;
  if (field === 'type' && type.startsWith('PROXY_')) return 'Proxy Type';
  return FIELDS[field] ?? sentence(field.replace(/[A-Z]/g, (letter) => `_${letter}`));
}

/** How a recorded test went. */
export function testWords(fields: readonly Field[]): { readonly isGood: boolean; readonly words: string } {
  const of = (name: string) => fields.find(({ field }) => field === name)?.after ?? null;
  const isGood = of('success') === 'true';
  const where = of('environment') === null ? '' : ` in ${of('environment')}`;
  const failure = of('failure');
  const why = isGood || failure === null ? '' : `: ${sentence(failure).toLowerCase()}`;
  return { isGood, words: `${isGood ? 'succeeded' : 'failed'}${where}${why}` };
}

interface Field {
  readonly field: string;
  readonly after: string | null;
}

/** A value as people read it: lists of texts by commas. */
export function valueWords(value: string): string {
  if (value === 'true') return 'yes';
  if (value === 'false') return 'no';
  if (!value.startsWith('["')) return value;
  try {
    const list: unknown = JSON.parse(value);
    return Array.isArray(list) && list.every((each) => typeof each === 'string') ? list.join(', ') : value;
  } catch {
    return value;
  }
}

/** `PROXY_AUTH_FAILED` as `Proxy auth failed`. */
function sentence(name: string): string {
  const words = name.toLowerCase().split('_').filter(Boolean).join(' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
