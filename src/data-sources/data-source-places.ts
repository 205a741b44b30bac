import { isSameOriginText } from '../traffic/same-place.ts';
import { templateKeys } from '../traffic/templates.ts';
import { leaveToOwner } from '../words/owner-rule.ts';
import type { Faults, Path } from '../words/refusal.ts';
import type { StoredHeader } from './data-source-events.ts';

/** What deciding where stored secrets go needs to know of a data source's project. */
export interface DataSourceOwnership {
  /** Whether whoever asks may decide that. */
  readonly isOwner: boolean;
  isSecretParameter(key: string): boolean;
  /** Whether it is an http: URL, in some environment: then a proxy gets to see what is sent. */
  isHttp(baseUrl: string): boolean;
  /** Whether one of these parameters was edited since the data source that is decided on was deleted. */
  editedSinceDeletion(parameters: readonly string[]): boolean;
  /** The same of a proxy, and of the parameters that say where it is. */
  proxyEditedSinceDeletion(id: string): boolean;
}

/** A data source as far as it says where its secrets go. */
export interface Destination {
  readonly name: string;
  readonly baseUrl: string;
  readonly headers: readonly StoredHeader[];
  readonly proxyConnectionId: string | null;
}

type SecretHeader = Extract<StoredHeader, { readonly secretRef: string }>;

export function isSecret(header: StoredHeader): header is SecretHeader {
  return 'secretRef' in header;
}

/** Headers that are given with a value which names a secret parameter. */
export function leaveNamingToOwner(
  name: string,
  given: readonly (StoredHeader | { readonly name: string })[],
  { isOwner, isSecretParameter }: DataSourceOwnership,
  faults: Faults,
): void {
  if (isOwner) return;
  given.forEach((header, index) => {
    const named = 'parameters' in header ? header.parameters.find(isSecretParameter) : undefined;
    if (named === undefined) return;
    const path = ['input', 'headers', String(index), 'value'];
    leaveToOwner(faults, path, `naming the secret parameter ${named} says`, [`data source ${name}`]);
  });
}

/** Another origin for what names secret parameters; another way for secrets that a proxy gets to see. */
export function leaveDestinationToOwner(
  before: Destination,
  after: Destination,
  ownership: DataSourceOwnership,
  proxyField: 'proxyConnectionId' | 'connectThroughProxy',
  faults: Faults,
): void {
  if (ownership.isOwner) return;
  const source = [`data source ${before.name}`];
  const naming = after.headers.some((header) => namesSecret(header, ownership));
  if (naming && !isSameOriginText(before.baseUrl, after.baseUrl)) {
    leaveToOwner(faults, ['input', 'baseUrl'], 'the base URL says', source);
  }
  const stays = naming || after.headers.some((header) => isOneOf(before.headers, header));
  if (stays && before.proxyConnectionId !== after.proxyConnectionId && ownership.isHttp(after.baseUrl)) {
    leaveToOwner(faults, ['input', proxyField], 'the proxy of an http: URL says', source);
  }
}

/**
 * A data source that comes back. Its destination is one that was decided for its secrets, but its parameters and its proxy
 * may say another one by now.
 */
export function leaveRestoredToOwner(
  status: 'active' | 'deleted',
  before: Destination,
  past: Destination,
  ownership: DataSourceOwnership,
  path: Path,
  faults: Faults,
): void {
  const secrets = past.headers.filter(isSecret);
  if (ownership.isOwner || secrets.length === 0) return;
  const { baseUrl, proxyConnectionId: proxy } = past;
  const parameters = templateKeys(baseUrl);
  const named = secrets.flatMap((header) => header.parameters.filter(ownership.isSecretParameter));
  const others = secrets.filter((header) => !isOneOf(before.headers, header));
  const isSeenByProxy = ownership.isHttp(baseUrl);
  const isRedirected =
    (others.length > 0 && parameters.length > 0) ||
    others.some((header) => namesSecret(header, ownership)) ||
    (isSeenByProxy && (proxy !== before.proxyConnectionId || (others.length > 0 && proxy !== null))) ||
    (status === 'deleted' &&
      (ownership.editedSinceDeletion([...parameters, ...named]) ||
        (isSeenByProxy && proxy !== null && ownership.proxyEditedSinceDeletion(proxy))));
  if (isRedirected) leaveToOwner(faults, path, 'what is restored says', [`data source ${past.name}`]);
}

function namesSecret(header: StoredHeader, { isSecretParameter }: DataSourceOwnership): boolean {
  return isSecret(header) && header.parameters.some(isSecretParameter);
}

function isOneOf(headers: readonly StoredHeader[], header: StoredHeader): boolean {
  return isSecret(header) && headers.some((other) => isSecret(other) && other.secretRef === header.secretRef);
}
