import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import { newDataSourceId } from '../../data-sources/data-source-events.ts';
import {
  readCreateDataSource,
  readDeleteDataSource,
  readUpdateDataSource,
} from '../../data-sources/data-source-input.ts';
import { BY_PROXY, type DataSourceRow, dataSourceNamed } from '../../data-sources/data-source-view.ts';
import { foldCase } from '../../event-sourcing/tables/sort-keys.ts';
import { pastVersion } from '../../history/past-version.ts';
import { routingOf } from '../../project/routing.ts';
import { after } from '../../words/after.ts';
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
  @FieldResolver(() => ProjectObject, { description: 'The project that it belongs to, at the same moment.' })
  project(@Root() { image }: DataSourceObject): ProjectObject | null {
    return image.view.project ? new ProjectObject(image, image.view.project) : null;
  }

  @FieldResolver(() => ProxyConnectionObject, {
    nullable: true,
    description:
      'What its calls go through; null when connectThroughProxy is false. Also when deleted: then its deletedAt is set and routing is PROXY_DELETED.',
  })
  proxyConnection(@Root() { image, row }: DataSourceObject): ProxyConnectionObject | null {
    const { proxyConnectionId } = row.source;
    const proxy = proxyConnectionId === null ? undefined : image.view.proxies.get(proxyConnectionId);
    return proxy ? new ProxyConnectionObject(image, proxy) : null;
  }

  @Mutation(() => DataSourcePayload, {
    nullable: true,
    description: 'Makes a data source, attached to a proxy connection or not.',
  })
  async createDataSource(
    @Arg('input', () => CreateDataSourceInput, { description: 'The new data source.' }) input: CreateDataSourceInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<DataSourcePayload> {
    const mutated = await mutate(context, info, input.projectKey, input, (faults, keepSecret) =>
      readCreateDataSource(input, newDataSourceId(input.projectKey), keepSecret, faults),
    );
    const { resource: dataSource, ...rest } = answer(mutated, dataSourceOf);
    return { dataSource, ...rest };
  }

  @Mutation(() => DataSourcePayload, {
    nullable: true,
    description:
      'Fields left out stay as they are; null clears one that may be null. A deleted one is NOT_FOUND: restore it first.',
  })
  async updateDataSource(
    @Arg('input', () => UpdateDataSourceInput, { description: 'Which data source, and what shall change.' })
    input: UpdateDataSourceInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<DataSourcePayload> {
    const mutated = await mutate(context, info, projectOfId('DataSource', input.id), input, (faults, keepSecret) =>
      readUpdateDataSource(input, keepSecret, faults),
    );
    const { resource: dataSource, ...rest } = answer(mutated, (image) => dataSourceOf(image, input.id));
    return { dataSource, ...rest };
  }

  @Mutation(() => DataSourcePayload, { nullable: true, description: 'Deletes it; deleting again changes nothing.' })
  async deleteDataSource(
    @Arg('input', () => DeleteInput, { description: 'Which data source.' }) input: DeleteInput,
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
    description:
      'Undeletes, or brings back the values of an earlier version with its secrets and its attachment, as a new edit.',
  })
  async restoreDataSource(
    @Arg('input', () => RestoreInput, { description: 'Which data source, and which version of it.' })
    input: RestoreInput,
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
  @FieldResolver(() => DataSourceConnection, {
    description: 'The data sources of the project, by name unless orderBy says otherwise.',
  })
  dataSources(
    @Root() { image }: ProjectObject,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
    @Arg('filter', () => DataSourceFilter, { nullable: true, description: 'Which are wanted. Null: all active ones.' })
    filter?: DataSourceFilter | null,
    @Arg('orderBy', () => DataSourceOrder, { nullable: true, description: 'Null: by name, ascending.' })
    orderBy?: DataSourceOrder | null,
  ) {
    const page = listRows(image.view.dataSources, args, {
      list: 'dataSources',
      order: orderBy ?? { field: 'NAME' },
      filter: filter ?? {},
      matches: matchesOf(filter ?? {}, image),
      client: context,
    });
    return after(page, (rows) => new DataSourceConnection(mapPage(rows, (row) => new DataSourceObject(image, row))));
  }

  @FieldResolver(() => DataSourceObject, {
    nullable: true,
    description: 'The active one of this name; null if there is none.',
  })
  dataSource(
    @Root() { image }: ProjectObject,
    @Arg('name', () => String, { description: 'Compared trimmed, upper and lower case alike.' }) name: string,
  ): DataSourceObject | null {
    const row = dataSourceNamed(image.view.dataSources, name);
    return row ? new DataSourceObject(image, row) : null;
  }
}

@Resolver(() => ProxyConnectionObject)
export class ProxyUsersResolver {
  @FieldResolver(() => DataSourceConnection, {
    description: 'The active data sources that route through it, also when it is deleted; by name.',
  })
  async usedBy(
    @Root() { image, row }: ProxyConnectionObject,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ) {
    const page = listMatching(image.view.dataSources, args, { index: BY_PROXY, prefix: row.id, client: context });
    return after(page, (rows) => new DataSourceConnection(mapPage(rows, (user) => new DataSourceObject(image, user))));
  }
}

function dataSourceOf(image: SeenImage, id: string | undefined): DataSourceObject | null {
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
