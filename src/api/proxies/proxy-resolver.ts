import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import { dataSourcesUsing, isProxyInUse } from '../../data-sources/data-source-view.ts';
import { foldCase } from '../../event-sourcing/tables/sort-keys.ts';
import { pastVersion } from '../../history/past-version.ts';
import { readProxyTest } from '../../live/proxy-test-input.ts';
import type { ProxyTested } from '../../live/proxy-tester.ts';
import { decodeEvents } from '../../project/project-model.ts';
import { isProjectKey } from '../../projects/project-input.ts';
import { newProxyId } from '../../proxies/proxy-events.ts';
import { readCreateProxy, readDeleteProxy, readUpdateProxy } from '../../proxies/proxy-input.ts';
import { lastTest, type ProxyRow, proxyNamed, testRecord } from '../../proxies/proxy-view.ts';
import { after } from '../../words/after.ts';
import { projectOfId, resourceIdOf } from '../../words/ids.ts';
import { Faults } from '../../words/refusal.ts';
import type { RequestContext } from '../context.ts';
import { DataSourceObject } from '../data-sources/data-source-types.ts';
import { CommitObject } from '../history/change-types.ts';
import { mutate, rightOf } from '../mutate.ts';
import { answer } from '../payload.ts';
import { ProjectObject } from '../projects/project-types.ts';
import { RestoreInput } from '../restore-input.ts';
import { mapPage } from '../toolkit/connection.ts';
import { searchText } from '../toolkit/filter-texts.ts';
import { listRows } from '../toolkit/list.ts';
import { PageArgs, readPage } from '../toolkit/paging.ts';
import type { SeenImage } from '../toolkit/seen-image.ts';
import { UserErrorType } from '../toolkit/shared-types.ts';
import {
  CreateProxyConnectionInput,
  DeleteProxyConnectionInput,
  TestProxyInput,
  UpdateProxyConnectionInput,
} from './proxy-input-types.ts';
import { ProxyTestConnection, ProxyTestObject } from './proxy-test-types.ts';
import {
  DeleteProxyConnectionPayload,
  ProxyConnectionConnection,
  ProxyConnectionFilter,
  ProxyConnectionObject,
  ProxyConnectionOrder,
  ProxyConnectionPayload,
  TestProxyPayload,
} from './proxy-types.ts';
import { recordedTests } from './recorded-tests.ts';

@Resolver(() => ProxyConnectionObject)
export class ProxyResolver {
  @FieldResolver(() => ProjectObject, { description: 'The project that it belongs to, at the same moment.' })
  project(@Root() { image }: ProxyConnectionObject): ProjectObject | null {
    return image.view.project ? new ProjectObject(image, image.view.project) : null;
  }

  @FieldResolver(() => ProxyTestObject, {
    nullable: true,
    description: 'The newest recorded probe of the saved proxy, drafts not counted; null if there is none.',
  })
  lastTest(
    @Root() { image, row }: ProxyConnectionObject,
    @Arg('environment', () => String, {
      nullable: true,
      description: 'Only probes with the values of this environment. Null: of any.',
    })
    environment?: string | null,
  ): ProxyTestObject | null {
    const record = lastTest(row, environment ?? undefined);
    return record ? new ProxyTestObject(image, record, row) : null;
  }

  @FieldResolver(() => ProxyTestConnection, {
    description:
      'All recorded probes of the saved proxy, drafts not counted, newest first, up to the moment that is asked about.',
  })
  async tests(
    @Root() { image, row }: ProxyConnectionObject,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('environment', () => String, {
      nullable: true,
      description: 'Only probes with the values of this environment, whatever it was called then. Null: of all.',
    })
    environment: string | null | undefined,
    @Ctx() context: RequestContext,
  ) {
    const tests = await recordedTests(context, image, row, environment ?? undefined);
    const page = await readPage(args, tests);
    return new ProxyTestConnection(mapPage(page, (record) => new ProxyTestObject(image, record, row)));
  }

  @Mutation(() => ProxyConnectionPayload, { nullable: true, description: 'Makes a proxy connection.' })
  async createProxyConnection(
    @Arg('input', () => CreateProxyConnectionInput, { description: 'The new proxy connection.' })
    input: CreateProxyConnectionInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ProxyConnectionPayload> {
    const mutated = await mutate(context, info, input.projectKey, input, (faults, keepSecret) =>
      readCreateProxy(input, newProxyId(input.projectKey), keepSecret, faults),
    );
    const { resource: proxyConnection, ...rest } = answer(mutated, proxyOf);
    return { proxyConnection, ...rest };
  }

  @Mutation(() => ProxyConnectionPayload, {
    nullable: true,
    description:
      'Fields left out stay as they are; null clears one that may be null. A deleted one is NOT_FOUND: restore it first.',
  })
  async updateProxyConnection(
    @Arg('input', () => UpdateProxyConnectionInput, { description: 'Which proxy connection, and what shall change.' })
    input: UpdateProxyConnectionInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ProxyConnectionPayload> {
    const mutated = await mutate(context, info, projectOfId('ProxyConnection', input.id), input, (faults, keepSecret) =>
      readUpdateProxy(input, keepSecret, faults),
    );
    const { resource: proxyConnection, ...rest } = answer(mutated, (image) => proxyOf(image, input.id));
    return { proxyConnection, ...rest };
  }

  @Mutation(() => DeleteProxyConnectionPayload, {
    nullable: true,
    description:
      'Deletes it, in use or not: what routes through it refuses calls from then on, and never goes straight. Deleting again changes nothing.',
  })
  async deleteProxyConnection(
    @Arg('input', () => DeleteProxyConnectionInput, {
      description: 'Which proxy connection, and whether it may be in use.',
    })
    input: DeleteProxyConnectionInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<DeleteProxyConnectionPayload> {
    const project = projectOfId('ProxyConnection', input.id);
    const mutated = await mutate(context, info, project, input, () => readDeleteProxy(input));
    const { resource: proxyConnection, image, ...rest } = answer(mutated, (view) => proxyOf(view, input.id));
    const users = image ? dataSourcesUsing(image.view.dataSources, resourceIdOf(input.id)) : [];
    const affectedDataSources = image ? users.map((row) => new DataSourceObject(image, row)) : [];
    return { proxyConnection, affectedDataSources, ...rest };
  }

  @Mutation(() => ProxyConnectionPayload, {
    nullable: true,
    description:
      'Undeletes, or brings back the values of an earlier version with the password that it had, as a new edit.',
  })
  async restoreProxyConnection(
    @Arg('input', () => RestoreInput, { description: 'Which proxy connection, and which version of it.' })
    input: RestoreInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ProxyConnectionPayload> {
    const { version, expectedVersion } = input;
    const id = resourceIdOf(input.id);
    const project = projectOfId('ProxyConnection', id);
    const { store } = context.services;
    const past = typeof version === 'number' && project ? await pastVersion(store, project, id, version) : undefined;
    const mutated = await mutate(context, info, project, input, () => ({
      type: 'RestoreProxy',
      id,
      past: past?.proxies.get(id)?.proxy,
      ...(typeof version === 'number' && { version }),
      ...(typeof expectedVersion === 'number' && { expectedVersion }),
    }));
    const { resource: proxyConnection, ...rest } = answer(mutated, (image) => proxyOf(image, id));
    return { proxyConnection, ...rest };
  }

  @Mutation(() => TestProxyPayload, {
    nullable: true,
    description:
      'Runs a live probe through the proxy: a saved one, or a draft before it is saved. It is recorded, and is no edit. At most 4 live fields in one request; over a limit of the server, TOO_MANY_REQUESTS.',
  })
  async testProxy(
    @Arg('input', () => TestProxyInput, { description: 'What to probe.' }) input: TestProxyInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TestProxyPayload> {
    const right = rightOf(info);
    const named = isProjectKey(input.projectKey) ? input.projectKey : undefined;
    const project = (await context.permitted(named, right)) ?? NO_PROJECT;
    const faults = new Faults();
    const request = readProxyTest(input, faults);
    if (faults.any) return testPayload({ refusals: faults.all });
    const { signal } = context;
    const order = { ...(await context.asker()), project, right, signal };
    const tested = await context.services.proxyTester.test(order, request);
    if (tested.commit) context.receipts.noteCommit(info, tested.commit);
    return testPayload(tested);
  }
}

@Resolver(() => ProjectObject)
export class ProjectProxiesResolver {
  @FieldResolver(() => ProxyConnectionConnection, {
    description: 'The proxy connections of the project, by name unless orderBy says otherwise.',
  })
  proxyConnections(
    @Root() { image }: ProjectObject,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
    @Arg('filter', () => ProxyConnectionFilter, {
      nullable: true,
      description: 'Which are wanted. Null: all active ones.',
    })
    filter?: ProxyConnectionFilter | null,
    @Arg('orderBy', () => ProxyConnectionOrder, { nullable: true, description: 'Null: by name, ascending.' })
    orderBy?: ProxyConnectionOrder | null,
  ) {
    const page = listRows(image.view.proxies, args, {
      list: 'proxyConnections',
      order: orderBy ?? { field: 'NAME' },
      filter: filter ?? {},
      matches: matchesOf(filter ?? {}, image),
      client: context,
    });
    return after(
      page,
      (rows) => new ProxyConnectionConnection(mapPage(rows, (row) => new ProxyConnectionObject(image, row))),
    );
  }

  @FieldResolver(() => ProxyConnectionObject, {
    nullable: true,
    description: 'The active one of this name; null if there is none.',
  })
  proxyConnection(
    @Root() { image }: ProjectObject,
    @Arg('name', () => String, { description: 'Compared trimmed, upper and lower case alike.' }) name: string,
  ): ProxyConnectionObject | null {
    const row = proxyNamed(image.view.proxies, name);
    return row ? new ProxyConnectionObject(image, row) : null;
  }
}

/** What no project is called: its ledger is always empty. */
const NO_PROJECT = '-';

function proxyOf(image: SeenImage, id: string | undefined): ProxyConnectionObject | null {
  const row = id === undefined ? undefined : image.view.proxies.get(resourceIdOf(id));
  return row ? new ProxyConnectionObject(image, row) : null;
}

function testPayload(tested: ProxyTested): TestProxyPayload {
  if (tested.refusals) {
    return { test: null, commit: null, userErrors: tested.refusals.map((refusal) => new UserErrorType(refusal)) };
  }
  const { image, commit } = tested;
  const [event] = decodeEvents(commit.commit);
  if (event?.type !== 'ProxyTested') throw new Error('a probe was recorded as something else');
  const row = event.subject && image.view.proxies.get(event.subject.id);
  const test = new ProxyTestObject(image, testRecord(event, commit.commit), row);
  return { test, commit: new CommitObject(image, commit), userErrors: [] };
}

function matchesOf(filter: ProxyConnectionFilter, { view }: SeenImage): ((row: ProxyRow) => boolean) | undefined {
  const { type, authType, inUse } = filter;
  const part = searchText('nameContains', filter.nameContains);
  if (part === undefined && !type && !authType && typeof inUse !== 'boolean') return undefined;
  const folded = foldCase(part ?? '');
  return ({ id, proxy: { fields } }) =>
    foldCase(fields.name).includes(folded) &&
    (!type || fields.type === type) &&
    (!authType || fields.authType === authType) &&
    (typeof inUse !== 'boolean' || isProxyInUse(view.dataSources, id) === inUse);
}
