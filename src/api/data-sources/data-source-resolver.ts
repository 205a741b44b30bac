import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import { newDataSourceId } from '../../data-sources/data-source-events.ts';
import {
  readCreateDataSource,
  readDeleteDataSource,
  readUpdateDataSource,
} from '../../data-sources/data-source-input.ts';
import { BY_PROXY, type DataSourceRow, dataSourceNamed } from '../../data-sources/data-source-view.ts';
import { foldCase } from '../../event-sourcing/tables/table.ts';
import { pastVersion } from '../../history/past-version.ts';
import { routingOf } from '../../project/routing.ts';
import { projectOfId, resourceIdOf } from '../../words/ids.ts';
import type { RequestContext } from '../context.ts';
import { mutate } from '../mutate.ts';
import { answer } from '../payload.ts';
import { ProjectObject } from '../projects/project-types.ts';
import { ProxyConnectionObject } from '../proxies/proxy-types.ts';
import { RestoreInput } from '../restore-input.ts';
import { mapPage } from '../toolkit/connection.ts';
import { searchText } from '../toolkit/filter-texts.ts';
import { listMatching, listRows } from '../toolkit/list.ts';
import { PageArgs } from '../toolkit/paging.ts';
import type { SeenImage } from '../toolkit/seen-image.ts';
import { CreateDataSourceInput, DeleteInput, UpdateDataSourceInput } from './data-source-input-types.ts';
import {
  DataSourceConnection,
  DataSourceFilter,
  DataSourceObject,
  DataSourceOrder,
  DataSourcePayload,
} from './data-source-types.ts';

@Resolver(() => DataSourceObject)
export class DataSourceResolver {
  @FieldResolver(() => ProjectObject)
  project(@Root() { image }: DataSourceObject): ProjectObject | null {
    return image.view.project ? new ProjectObject(image, image.view.project) : null;
  }

  @FieldResolver(() => ProxyConnectionObject, {
    nullable: true,
    description: 'Also when deleted: then its deletedAt is set and routing is PROXY_DELETED.',
  })
  proxyConnection(@Root() { image, row }: DataSourceObject): ProxyConnectionObject | null {
    const { proxyConnectionId } = row.source;
    const proxy = proxyConnectionId === null ? undefined : image.view.proxies.get(proxyConnectionId);
    return proxy ? new ProxyConnectionObject(image, proxy) : null;
  }

  @Mutation(() => DataSourcePayload, { nullable: true })
  async createDataSource(
    @Arg('input', () => CreateDataSourceInput) input: CreateDataSourceInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<DataSourcePayload> {
    const mutated = await mutate(context, info, input.projectKey, input, (faults, keepSecret) =>
      readCreateDataSource(input, newDataSourceId(input.projectKey), keepSecret, faults),
    );
    const { resource: dataSource, ...rest } = answer(mutated, dataSourceOf);
    return { dataSource, ...rest };
  }

  @Mutation(() => DataSourcePayload, { nullable: true })
  async updateDataSource(
    @Arg('input', () => UpdateDataSourceInput) input: UpdateDataSourceInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<DataSourcePayload> {
    const mutated = await mutate(context, info, projectOfId('DataSource', input.id), input, (faults, keepSecret) =>
      readUpdateDataSource(input, keepSecret, faults),
    );
    const { resource: dataSource, ...rest } = answer(mutated, (image) => dataSourceOf(image, input.id));
    return { dataSource, ...rest };
  }

  @Mutation(() => DataSourcePayload, { nullable: true })
  async deleteDataSource(
    @Arg('input', () => DeleteInput) input: DeleteInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<DataSourcePayload> {
    const project = projectOfId('DataSource', input.id);
    const mutated = await mutate(context, info, project, input, () => readDeleteDataSource(input));
    const { resource: dataSource, ...rest } = answer(mutated, (image) => dataSourceOf(image, input.id));
    return { dataSource, ...rest };
  }

  @Mutation(() => DataSourcePayload, {
    nullable: true,
    description: 'Undeletes, or brings back the values of an earlier version, as a new edit.',
  })
  async restoreDataSource(
    @Arg('input', () => RestoreInput) input: RestoreInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<DataSourcePayload> {
    const { version, expectedVersion } = input;
    const id = resourceIdOf(input.id);
    const project = projectOfId('DataSource', id);
    const { store } = context.services;
    const past = typeof version === 'number' && project ? await pastVersion(store, project, id, version) : undefined;
    const mutated = await mutate(context, info, project, input, () => ({
      type: 'RestoreDataSource',
      id,
      past: past?.dataSources.get(id)?.source,
      ...(typeof version === 'number' && { version }),
      ...(typeof expectedVersion === 'number' && { expectedVersion }),
    }));
    const { resource: dataSource, ...rest } = answer(mutated, (image) => dataSourceOf(image, id));
    return { dataSource, ...rest };
  }
}

@Resolver(() => ProjectObject)
export class ProjectDataSourcesResolver {
  @FieldResolver(() => DataSourceConnection)
  async dataSources(
    @Root() { image }: ProjectObject,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { signal }: RequestContext,
    @Arg('filter', () => DataSourceFilter, { nullable: true }) filter?: DataSourceFilter | null,
    @Arg('orderBy', () => DataSourceOrder, { nullable: true }) orderBy?: DataSourceOrder | null,
  ) {
    const page = await listRows(image.view.dataSources, args, {
      list: 'dataSources',
      order: orderBy ?? { field: 'NAME' },
      filter: filter ?? {},
      matches: matchesOf(filter ?? {}, image),
      signal,
    });
    return new DataSourceConnection(mapPage(page, (row) => new DataSourceObject(image, row)));
  }

  @FieldResolver(() => DataSourceObject, { nullable: true })
  dataSource(@Root() { image }: ProjectObject, @Arg('name', () => String) name: string): DataSourceObject | null {
    const row = dataSourceNamed(image.view.dataSources, name);
    return row ? new DataSourceObject(image, row) : null;
  }
}

@Resolver(() => ProxyConnectionObject)
export class ProxyUsersResolver {
  @FieldResolver(() => DataSourceConnection, { description: 'The active data sources that route through it.' })
  async usedBy(
    @Root() { image, row }: ProxyConnectionObject,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { signal }: RequestContext,
  ) {
    const page = await listMatching(image.view.dataSources, args, { index: BY_PROXY, prefix: row.id, signal });
    return new DataSourceConnection(mapPage(page, (user) => new DataSourceObject(image, user)));
  }
}

export function dataSourceOf(image: SeenImage, id: string | undefined): DataSourceObject | null {
  const row = id === undefined ? undefined : image.view.dataSources.get(resourceIdOf(id));
  return row ? new DataSourceObject(image, row) : null;
}

function matchesOf(filter: DataSourceFilter, { view }: SeenImage): ((row: DataSourceRow) => boolean) | undefined {
  const { routing } = filter;
  const proxyId = typeof filter.proxyConnection === 'string' ? resourceIdOf(filter.proxyConnection) : undefined;
  const part = searchText('nameContains', filter.nameContains);
  if (part === undefined && !routing && proxyId === undefined) return undefined;
  const folded = foldCase(part ?? '');
  return ({ source }) =>
    foldCase(source.fields.name).includes(folded) &&
    (!routing || routingOf(source, view.proxies) === routing) &&
    (proxyId === undefined || source.proxyConnectionId === proxyId);
}
