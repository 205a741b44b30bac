/** A resource as it stood in one version, as far as restoring it brings it back. */
export type Version =
  | {
      readonly __typename: 'ProxyConnection';
      readonly name: string;
      readonly description: string | null;
      readonly type: string;
      readonly host: string;
      readonly port: unknown;
      readonly authType: string;
      readonly user: string | null;
      readonly hasPassword: boolean;
    }
  | {
      readonly __typename: 'DataSource';
      readonly name: string;
      readonly description: string | null;
      readonly baseUrl: string;
      readonly connectThroughProxy: boolean;
      readonly proxyConnection: { readonly name: string } | null;
      readonly headers: readonly { readonly name: string; readonly secret: boolean; readonly value: string | null }[];
    }
  | {
      readonly __typename: 'ConfigParameter';
      readonly description: string | null;
      readonly secret: boolean;
      readonly defaultValue: string | null;
      readonly values: readonly { readonly environment: string; readonly value: string | null }[];
    };

export interface Difference {
  readonly field: string;
  /** Null: none. */
  readonly now: string | null;
  readonly restored: string | null;
  /** Nobody is told whether it is another one; it is the one of that version that comes back. */
  readonly isSecret: boolean;
}

/** What restoring a version changes, in the order of the forms. */
export function differences(now: Version, then: Version): Difference[] {
  const [before, after] = [fieldsOf(now), fieldsOf(then)];
  return [...new Set([...after.keys(), ...before.keys()])].flatMap((field) => {
    const [from, to] = [before.get(field), after.get(field)];
    const isSecret = from?.isSecret === true || to?.isSecret === true;
    const difference = { field, now: from?.text ?? null, restored: to?.text ?? null, isSecret };
    return isSecret || difference.now !== difference.restored ? [difference] : [];
  });
}

interface Field {
  readonly text: string | null;
  readonly isSecret?: boolean;
}

const STORED: Field = { text: 'stored', isSecret: true };

function fieldsOf(version: Version): Map<string, Field> {
  const fields = new Map<string, Field>();
  const add = (field: string, text: string | null) => fields.set(field, { text });
  if (version.__typename !== 'ConfigParameter') add('Name', version.name);
  add('Description', version.description);
  switch (version.__typename) {
    case 'ProxyConnection':
      add('Proxy Type', version.type);
      add('Proxy Host', version.host);
      add('Proxy Port', String(version.port));
      add('Auth Type', version.authType);
      add('User', version.user);
      if (version.hasPassword) fields.set('Password', STORED);
      break;
    case 'DataSource':
      add('Base URL', version.baseUrl);
      add('Connect through Proxy', version.connectThroughProxy ? 'yes' : 'no');
      add('Proxy Connection', version.proxyConnection?.name ?? null);
      for (const { name, secret, value } of version.headers) {
        fields.set(`Header ${name}`, secret ? STORED : { text: value });
      }
      break;
    case 'ConfigParameter':
      add('Default', version.defaultValue);
      for (const { environment, value } of version.values) add(`Value in ${environment}`, value);
  }
  return fields;
}
