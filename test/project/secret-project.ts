import type { DataSourceId, StoredHeader } from '../../src/data-sources/data-source-events.ts';
import type { GivenHeader } from '../../src/data-sources/data-source-headers.ts';
import type { DataSourceState } from '../../src/data-sources/data-sources.ts';
import type { Asker } from '../../src/event-sourcing/asker.ts';
import { type Commit, GENESIS_HASH } from '../../src/event-sourcing/event.ts';
import type { ParameterId } from '../../src/parameters/parameter-events.ts';
import { activeParameter, parameterValues } from '../../src/parameters/parameter-view.ts';
import type { SetParameter } from '../../src/parameters/parameters.ts';
import { type Command, decodeEvents, projectModel } from '../../src/project/project-model.ts';
import type { ProxyState } from '../../src/proxies/proxies.ts';
import type { ProxyId } from '../../src/proxies/proxy-events.ts';
import { secretRefsIn } from '../../src/secrets/secret-refs.ts';
import { templateKeys } from '../../src/traffic/templates.ts';
import { ADMIN, ISSUER, user } from '../support/identities.ts';

export const OWNER = user('owner');
export const EDITOR = user('editor');
export const ENVIRONMENTS = ['dev', 'prod'];

interface Destination {
  readonly secret: string;
  /** The environment, and what gets to see the secret there. */
  readonly place: string;
  /** The id of what sends it. */
  readonly by: string;
  /** False: it would be, if the proxy was not deleted. */
  readonly isSent: boolean;
}

/** A project's view as commands are taken, with what became of where its secrets go. */
export class Project {
  readonly view = projectModel.empty();
  /** Of the last commit. */
  authority: Commit['authority'];
  private position = 0;
  private readonly versions = new Map<string, ProxyState | DataSourceState>();
  private readonly seen = new Set<string>();
  /** Where each secret may go: to where it went when it was given, and to where an OWNER let it go. */
  private readonly decided = new Set<string>();

  constructor() {
    const fields = { name: 'p', description: null, environments: ENVIRONMENTS };
    this.run(ADMIN, 'ADMINISTER', { type: 'CreateProject', key: 'p', fields });
    for (const role of ['OWNER', 'EDITOR'] as const) {
      const identity = `${ISSUER}#${role.toLowerCase()}`;
      this.run(ADMIN, 'OWN', { type: 'GrantAccess', kind: 'USER', identity, role });
    }
  }

  past(id: string, version: number): ProxyState | DataSourceState | undefined {
    return this.versions.get(`${id} ${version}`);
  }

  /** What is refused, as `CODE at path`; otherwise nothing, and the role that decided. */
  run(asker: Asker, right: string, command: Command): readonly string[] {
    const asked = { ...asker, right };
    const permission = projectModel.permit(this.view, asked);
    if (!permission.allowed) throw new Error('not permitted');
    const decision = projectModel.decide(this.view, command, asked);
    if ('refusals' in decision) return decision.refusals.map(({ code, path }) => `${code} ${path.join('.')}`);
    if (decision.events.length === 0) return [];
    this.position += 1;
    const authority = decision.authority ?? permission.authority;
    const commit: Commit = {
      ...{ project: 'p', position: this.position, commitId: `c${this.position}`, events: decision.events },
      // Some commits share their moment.
      at: new Date(Math.floor(this.position / 2) * 1_000).toISOString(),
      ...{ actor: asker.actor, previousHash: GENESIS_HASH, format: 1, ...(authority && { authority }) },
    };
    projectModel.apply(this.view, commit);
    this.authority = authority;
    for (const { proxy } of this.view.proxies.all()) this.versions.set(`${proxy.id} ${proxy.version}`, proxy);
    for (const { source } of this.view.dataSources.all()) this.versions.set(`${source.id} ${source.version}`, source);
    this.checkDestinations(commit);
    return [];
  }

  private checkDestinations(commit: Commit): void {
    const refs = decodeEvents(commit).flatMap(({ data }) => secretRefsIn(data));
    const given = new Set(refs.filter((ref) => !this.seen.has(ref)));
    for (const ref of refs) this.seen.add(ref);
    const isOwners = commit.authority?.role !== 'EDITOR';
    const edited = new Set(commit.events.map(({ subject }) => subject?.id));
    for (const { secret, place, by, isSent } of this.destinations()) {
      const known = `${secret} ${place}`;
      if (given.has(secret) || (isOwners && (isSent || edited.has(by)))) this.decided.add(known);
      else if (isSent && !this.decided.has(known))
        throw new Error(`${secret} goes to ${place} by ${JSON.stringify(commit)}`);
    }
  }

  /** Each stored secret with where it would be sent to in one of the environments. */
  private *destinations(): Iterable<Destination> {
    const { proxies, dataSources, parameters } = this.view;
    for (const environment of ENVIRONMENTS) {
      const values = parameterValues(parameters, environment);
      const resolve = (text: string) => {
        if (templateKeys(text).some((key) => values.isSecret(key) || values.valueOf(key) === undefined))
          return undefined;
        return text.replace(/\$\{([^}]*)\}/g, (_, key: string) => values.valueOf(key) ?? '').toLowerCase();
      };
      const dialled = ({ fields: { type, host, port } }: ProxyState) => {
        const [resolvedHost, resolvedPort] = [resolve(host), resolve(port)];
        return resolvedHost && resolvedPort && `${type} ${resolvedHost}:${resolvedPort}`;
      };
      for (const { proxy } of proxies.all()) {
        const place = proxy.status === 'active' && dialled(proxy);
        if (place && proxy.fields.password) {
          yield {
            secret: proxy.fields.password.secretRef,
            place: `${environment} ${place}`,
            by: proxy.id,
            isSent: true,
          };
        }
      }
      for (const { source } of dataSources.all()) {
        if (source.status !== 'active') continue;
        const url = resolve(/^(?:[^/]*:\/\/)?[^/]*/.exec(source.fields.baseUrl)?.[0] ?? '');
        const [origin, scheme] = /^(https?):\/\/[^/]*/.exec(url ?? '') ?? [];
        if (origin === undefined) continue;
        const attached = source.proxyConnectionId === null ? undefined : proxies.get(source.proxyConnectionId)?.proxy;
        const way = attached ? dialled(attached) : 'directly';
        const sent = { by: source.id, isSent: scheme === 'https' || attached?.status !== 'deleted' };
        // Through TLS a proxy does not see them, whatever it is.
        if (scheme === 'http' && !way) continue;
        const place = `${environment} ${origin} ${scheme === 'http' ? way : ''}`;
        for (const header of source.fields.headers) {
          if (!('secretRef' in header)) continue;
          yield { secret: header.secretRef, place, ...sent };
          for (const key of header.parameters) {
            const parameter = activeParameter(parameters, key)?.parameter;
            // The default is meant for every environment, as long as that has no value of its own.
            for (const stored of [parameter?.values.get(environment), parameter?.defaultValue]) {
              if (stored && typeof stored === 'object') yield { secret: stored.secretRef, place, ...sent };
            }
          }
        }
      }
    }
  }
}

let refs = 0;
export function secretRef(): string {
  refs += 1;
  return `s${refs}`;
}

export function given(kinds: readonly string[]): readonly GivenHeader[] {
  return kinds.map((kind): GivenHeader => {
    if (kind === 'kept') return { name: 'X-0', keepsSecret: true };
    const name = kind === 'plain' ? 'X-P' : 'X-0';
    if (kind === 'plain') return { name, value: 'v' };
    return { name, secretRef: secretRef(), parameters: kind === 'secret' ? [] : [kind] } satisfies StoredHeader;
  });
}

export function setParameter(
  each: string,
  { defaultValue, ...more }: { readonly defaultValue?: string } & Omit<Partial<SetParameter>, 'defaultValue'>,
): Command {
  return {
    ...{ type: 'SetParameter', newId: `${each}-${secretRef()}` as ParameterId, key: each, ...more },
    ...(defaultValue !== undefined && { defaultValue: { text: defaultValue, secretRef: secretRef() } }),
  };
}

export function source(
  id: string,
  baseUrl: string,
  kinds: readonly string[],
  proxyConnectionId: string | null = null,
): Command {
  return {
    ...{ type: 'CreateDataSource', id: id as DataSourceId, proxyConnectionId, headers: given(kinds) },
    fields: { name: id, description: null, type: 'RESTFUL_SYSTEM', baseUrl },
  };
}

/**
 * P1, where a says, with a password, and P2 without; S1 with the secret parameter s at https:, S2 with a secret of its own
 * at http: through P1.
 */
export function withSecrets(): Project {
  const project = new Project();
  const place = { type: 'HTTP', port: '80', description: null } as const;
  const login = { authType: 'BASIC', user: 'u', password: { secretRef: secretRef() } } as const;
  const none = { authType: 'NO_AUTH', user: null, password: null } as const;
  const commands: readonly Command[] = [
    setParameter('a', {
      ...{ defaultValue: 'good', values: [{ environment: 'prod', value: { text: 'good', secretRef: secretRef() } }] },
    }),
    setParameter('s', { secret: true, defaultValue: 'hidden' }),
    { type: 'CreateProxy', id: 'P1' as ProxyId, fields: { name: 'P1', host: `\${a}`, ...place, ...login } },
    { type: 'CreateProxy', id: 'P2' as ProxyId, fields: { name: 'P2', host: 'good', ...place, ...none } },
    source('S1', 'https://good', ['s']),
    source('S2', 'http://good', ['secret'], 'P1'),
  ];
  for (const command of commands) expect(project.run(OWNER, 'EDIT', command)).toEqual([]);
  return project;
}
