import { createHash, randomUUID } from 'node:crypto';
import { type ExecutionResult, execute, parse } from 'graphql';
import type { Role } from '../../src/access/roles.ts';
import { RequestContext, type Services } from '../../src/api/context.ts';
import { EventResults } from '../../src/api/event-results.ts';
import { buildApiSchema } from '../../src/api/schema.ts';
import type { Asker } from '../../src/event-sourcing/asker.ts';
import { knownAccess } from '../../src/project/project-access.ts';
import type { ProjectImage } from '../../src/project/project-model.ts';
import { KeyRing } from '../../src/secrets/key-ring.ts';
import { Secrets } from '../../src/secrets/secrets.ts';
import { MemoryDatabase, MemoryEventStore, MemorySecretStore } from '../../src/stores/memory.ts';
import { CatalogueNode } from '../event-sourcing/ledger/catalogue-node.ts';
import { type Data, MUTATIONS } from './app.ts';

export const ISSUER = 'https://id.example.com';

/** Somebody whom the identity provider knows by this name. */
export function user(name: string, standing: Partial<Asker['standing']> = {}): Asker {
  return {
    actor: { kind: 'USER', id: `oidc:${ISSUER}#${name}`, name, auth: 'oidc', issuer: ISSUER },
    standing: { groups: [], isAdministrator: false, ...standing },
  };
}

export const ADMIN = user('admin', { isAdministrator: true });

/** The API in this process, asked by whoever a test says. */
export class IdentifiedApi {
  readonly node: CatalogueNode;
  private readonly schema = buildApiSchema();
  private readonly results = new EventResults();
  private readonly services: Services;

  constructor(readonly store = new MemoryEventStore()) {
    this.node = new CatalogueNode(store);
    const keys = KeyRing.parse(`k:${createHash('sha256').update('k').digest('base64')}`);
    if (!keys.ok) throw new Error(keys.faults.join('; '));
    const { ledgers, catalogue } = this.node;
    this.services = {
      store,
      ledgers,
      catalogue,
      isReadBy: (project: string, principals: readonly string[]) => catalogue.isReadBy(project, principals),
      noteReaders: (project: string, { view }: ProjectImage) => catalogue.add(project, knownAccess(view)),
      lookUpTokenUses: async () => new Map(),
      tokensWithoutExpiry: false,
      keyRing: keys.keyRing,
      secrets: new Secrets(new MemorySecretStore(new MemoryDatabase()), keys.keyRing),
      // What is asked here sends nothing.
    } as unknown as Services;
  }

  async ask(asker: Asker, query: string, variables: object = {}): Promise<ExecutionResult<Data>> {
    const contextValue = this.context(asker, new AbortController().signal);
    const args = { schema: this.schema, document: parse(query), variableValues: { ...variables }, contextValue };
    return execute(args) as Promise<ExecutionResult<Data>>;
  }

  /** The one field that is asked for; fails when there are errors. */
  async get(asker: Asker, query: string, variables: object = {}): Promise<Data> {
    const { data, errors } = await this.ask(asker, query, variables);
    if (errors) throw errors[0]?.originalError ?? errors[0];
    return JSON.parse(JSON.stringify(Object.values(data)[0]));
  }

  /** Sends one of `MUTATIONS`. */
  send(asker: Asker, name: keyof typeof MUTATIONS, input: object): Promise<Data> {
    return this.get(asker, MUTATIONS[name], { input });
  }

  /** Gives somebody a role, by their name. */
  async grant(projectKey: string, name: string, role: Role): Promise<Data> {
    const query = `mutation($input: GrantAccessInput!) { grantAccess(input: $input) { commit { position } userErrors { message } } }`;
    const input = { projectKey, kind: 'USER', identity: `${ISSUER}#${name}`, role };
    return this.get(ADMIN, query, { input });
  }

  async revoke(projectKey: string, name: string): Promise<Data> {
    const query = `mutation($input: RevokeAccessInput!) { revokeAccess(input: $input) { commit { position } userErrors { message } } }`;
    return this.get(ADMIN, query, { input: { projectKey, kind: 'USER', identity: `${ISSUER}#${name}` } });
  }

  /** What a subscription answers, as it comes. */
  async subscribe(asker: Asker, query: string, signal: AbortSignal): Promise<AsyncGenerator<ExecutionResult<Data>>> {
    const contextValue = this.context(asker, signal);
    const events = await this.results.subscribe({ schema: this.schema, document: parse(query), contextValue });
    if (!(Symbol.asyncIterator in events)) throw new Error(JSON.stringify(events.errors));
    return events as AsyncGenerator<ExecutionResult<Data>>;
  }

  private context(asker: Asker, signal: AbortSignal): RequestContext {
    return new RequestContext(this.services, asker, randomUUID(), { signal });
  }
}
