import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import { foldCase } from '../../event-sourcing/tables/sort-keys.ts';
import { newParameterId } from '../../parameters/parameter-events.ts';
import { readDeleteParameter, readSetParameter } from '../../parameters/parameter-input.ts';
import { activeParameter, latestParameter, type ParameterRow } from '../../parameters/parameter-view.ts';
import { after } from '../../words/after.ts';
import type { RequestContext } from '../context.ts';
import { DataSourceObject } from '../data-sources/data-source-types.ts';
import { mutate } from '../mutate.ts';
import { answer } from '../payload.ts';
import { ProjectObject } from '../projects/project-types.ts';
import { ProxyConnectionObject } from '../proxies/proxy-types.ts';
import { mapPage } from '../toolkit/connection.ts';
import { searchText } from '../toolkit/filter-texts.ts';
import { listRows } from '../toolkit/list.ts';
import { PageArgs } from '../toolkit/paging.ts';
import type { SeenImage } from '../toolkit/seen-image.ts';
import { NodeType } from '../toolkit/shared-types.ts';
import {
  ConfigParameterConnection,
  ConfigParameterFilter,
  ConfigParameterObject,
  ConfigParameterOrder,
  ConfigParameterPayload,
  DeleteConfigParameterInput,
  SetConfigParameterInput,
} from './parameter-types.ts';

@Resolver(() => ConfigParameterObject)
export class ParameterResolver {
  @FieldResolver(() => ProjectObject, { description: 'The project that it belongs to, at the same moment.' })
  project(@Root() { image }: ConfigParameterObject): ProjectObject | null {
    return image.view.project ? new ProjectObject(image, image.view.project) : null;
  }

  @FieldResolver(() => [NodeType], {
    description: 'The active proxy connections and data sources whose templates name it, at most 100.',
  })
  async usedBy(
    @Root() { image, row }: ConfigParameterObject,
    @Ctx() context: RequestContext,
  ): Promise<readonly NodeType[]> {
    const users = row.deletedAt === undefined && (await context.parameterUsers(image.view)).get(row.parameter.key);
    if (!users) return [];
    return [
      ...users.proxies.map((proxy) => new ProxyConnectionObject(image, proxy)),
      ...users.dataSources.map((source) => new DataSourceObject(image, source)),
    ];
  }

  @Mutation(() => ConfigParameterPayload, {
    nullable: true,
    description: 'Makes the parameter, or changes what is given of it.',
  })
  async setConfigParameter(
    @Arg('input', () => SetConfigParameterInput, { description: 'Which parameter, and its values.' })
    input: SetConfigParameterInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ConfigParameterPayload> {
    const mutated = await mutate(context, info, input.projectKey, input, (faults, keepSecret) =>
      readSetParameter(input, newParameterId(input.projectKey), keepSecret, faults),
    );
    const { resource: configParameter, ...rest } = answer(mutated, (image, id) => parameterOf(image, id, input.key));
    return { configParameter, ...rest };
  }

  @Mutation(() => ConfigParameterPayload, {
    nullable: true,
    description:
      'Deletes the parameter, in use or not: what names it reports PARAMETER_UNDEFINED from then on. Deleting again changes nothing.',
  })
  async deleteConfigParameter(
    @Arg('input', () => DeleteConfigParameterInput, { description: 'Which parameter.' })
    input: DeleteConfigParameterInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ConfigParameterPayload> {
    const mutated = await mutate(context, info, input.projectKey, input, () => readDeleteParameter(input));
    const { resource: configParameter, ...rest } = answer(mutated, (image, id) => parameterOf(image, id, input.key));
    return { configParameter, ...rest };
  }
}

@Resolver(() => ProjectObject)
export class ProjectParametersResolver {
  @FieldResolver(() => ConfigParameterConnection, {
    description: 'The parameters of the project, by key unless orderBy says otherwise.',
  })
  configParameters(
    @Root() { image }: ProjectObject,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
    @Arg('filter', () => ConfigParameterFilter, {
      nullable: true,
      description: 'Which are wanted. Null: all active ones.',
    })
    filter?: ConfigParameterFilter | null,
    @Arg('orderBy', () => ConfigParameterOrder, { nullable: true, description: 'Null: by key, ascending.' })
    orderBy?: ConfigParameterOrder | null,
  ) {
    const page = listRows(image.view.parameters, args, {
      list: 'configParameters',
      order: orderBy ?? { field: 'KEY' },
      filter: filter ?? {},
      matches: matchesOf(filter ?? {}),
      client: context,
    });
    return after(
      page,
      (rows) => new ConfigParameterConnection(mapPage(rows, (row) => new ConfigParameterObject(image, row))),
    );
  }

  @FieldResolver(() => ConfigParameterObject, {
    nullable: true,
    description: 'The active parameter with exactly this key; null if there is none.',
  })
  configParameter(
    @Root() { image }: ProjectObject,
    @Arg('key', () => String, { description: 'E.g. corp.proxy.host; upper and lower case differ.' }) key: string,
  ): ConfigParameterObject | null {
    const row = activeParameter(image.view.parameters, key);
    return row ? new ConfigParameterObject(image, row) : null;
  }
}

function parameterOf(image: SeenImage, id: string | undefined, key: string): ConfigParameterObject | null {
  const table = image.view.parameters;
  const row = id === undefined ? latestParameter(table, key) : table.get(id);
  return row ? new ConfigParameterObject(image, row) : null;
}

function matchesOf({ keyContains, secret }: ConfigParameterFilter): ((row: ParameterRow) => boolean) | undefined {
  const part = searchText('keyContains', keyContains);
  if (part === undefined && typeof secret !== 'boolean') return undefined;
  const folded = foldCase(part ?? '');
  return ({ parameter }) =>
    foldCase(parameter.key).includes(folded) && (typeof secret !== 'boolean' || parameter.secret === secret);
}
