import { Arg, Args, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import type { Audited } from '../../event-sourcing/audited.ts';
import { type ChangeMatch, TYPES_OF_GRANTS, wantsAll, withoutGrants } from '../../history/change-filter.ts';
import { type HistoryRequest, historySource } from '../../history/history.ts';
import type { RequestContext } from '../context.ts';
import { DataSourceObject } from '../data-sources/data-source-types.ts';
import { findResource } from '../node-of.ts';
import { ConfigParameterObject } from '../parameters/parameter-types.ts';
import { ProjectObject } from '../projects/project-types.ts';
import { ProxyConnectionObject } from '../proxies/proxy-types.ts';
import { mapPage } from '../toolkit/connection.ts';
import { PageArgs, readPage } from '../toolkit/paging.ts';
import type { SeenImage } from '../toolkit/seen-image.ts';
import { NodeType, OrderDirection, type RowObject } from '../toolkit/shared-types.ts';
import { ChangeFilter, matchOf } from './change-filter-input.ts';
import { ChangeConnection, ChangeObject, CommitObject } from './change-types.ts';
import { shownEvents } from './shown-events.ts';

/** The argument is the same on every history; an explicit null is its default. */
export const Direction = () =>
  Arg('direction', () => OrderDirection, {
    nullable: true,
    defaultValue: OrderDirection.DESC,
    description: 'Oldest first, or newest first. Null: DESC.',
  });

@Resolver(() => ProjectObject)
export class ProjectHistoryResolver {
  @FieldResolver(() => CommitObject, {
    nullable: true,
    description: 'One commit of the log, to look up a receipt; null if there is none yet at this moment.',
  })
  async commit(
    @Root() { image, key }: ProjectObject,
    @Arg('position', () => Int, { description: 'From 1.' }) position: number,
    @Ctx() context: RequestContext,
  ): Promise<CommitObject | null> {
    if (position < 1 || position > image.position) return null;
    const sealed = await context.commitsAt.load({ project: key, position });
    return sealed ? new CommitObject(image, sealed) : null;
  }

  @FieldResolver(() => ChangeConnection, {
    description: 'Every change of the project and of all that is in it, up to position.',
  })
  async history(
    @Root() { image, key }: ProjectObject,
    @Args(() => PageArgs) args: PageArgs,
    @Arg('filter', () => ChangeFilter, { nullable: true, description: 'Which changes are wanted. Null: all.' }) filter:
      | ChangeFilter
      | null
      | undefined,
    @Direction() direction: OrderDirection | null,
    @Ctx() context: RequestContext,
  ) {
    const { store } = context.services;
    const showsGrants = await context.has(key, 'READ_GRANTS');
    const wanted = matchOf(filter);
    const match = showsGrants ? wanted : withoutGrants(wanted);
    const count = (where: ChangeMatch) => store.countEvents(key, { upTo: image.position, where }, context.signal);
    return historyPage(context, args, direction, {
      image,
      match,
      showsGrants,
      async total() {
        if (wantsAll(match)) return image.events - (showsGrants ? 0 : image.view.accessChanges);
        const all = await count(match);
        return showsGrants || match.types ? all : all - (await count({ ...match, types: TYPES_OF_GRANTS }));
      },
      read: (range) => store.read(key, { ...range, where: match }),
    });
  }
}

@Resolver(() => ProxyConnectionObject)
export class ProxyHistoryResolver {
  @FieldResolver(() => ChangeConnection, {
    description: 'Every change of this proxy connection, its probes included, up to the moment that is asked about.',
  })
  history(
    @Root() root: ProxyConnectionObject,
    @Args(() => PageArgs) args: PageArgs,
    @Direction() direction: OrderDirection | null,
    @Ctx() context: RequestContext,
  ) {
    return resourceHistory(context, args, direction, root);
  }
}

@Resolver(() => ConfigParameterObject)
export class ParameterHistoryResolver {
  @FieldResolver(() => ChangeConnection, {
    description: 'Every change of this parameter, up to the moment that is asked about.',
  })
  history(
    @Root() root: ConfigParameterObject,
    @Args(() => PageArgs) args: PageArgs,
    @Direction() direction: OrderDirection | null,
    @Ctx() context: RequestContext,
  ) {
    return resourceHistory(context, args, direction, root);
  }
}

@Resolver(() => DataSourceObject)
export class DataSourceHistoryResolver {
  @FieldResolver(() => ChangeConnection, {
    description: 'Every change of this data source, up to the moment that is asked about.',
  })
  history(
    @Root() root: DataSourceObject,
    @Args(() => PageArgs) args: PageArgs,
    @Direction() direction: OrderDirection | null,
    @Ctx() context: RequestContext,
  ) {
    return resourceHistory(context, args, direction, root);
  }
}

@Resolver(() => ChangeObject)
export class ChangeResolver {
  @FieldResolver(() => NodeType, {
    nullable: true,
    description:
      'The resource, at the moment that the query asks about (now, or asOf); null for a probe of a draft without proxyConnectionId.',
  })
  async subject(@Root() { image, subjectId }: ChangeObject, @Ctx() context: RequestContext): Promise<NodeType | null> {
    return subjectId === null ? null : findResource(context, image, subjectId);
  }
}

@Resolver(() => CommitObject)
export class CommitResolver {
  @FieldResolver(() => [ChangeObject], {
    description: 'Its events in order, at least one; but those of grants and tokens only for whoever may read grants.',
  })
  async changes(
    @Root() { image, sealed }: CommitObject,
    @Ctx() context: RequestContext,
  ): Promise<readonly ChangeObject[]> {
    const shown = await shownEvents(context, sealed);
    return shown.map((recorded) => new ChangeObject(image, recorded));
  }
}

function resourceHistory(
  context: RequestContext,
  args: PageArgs,
  direction: OrderDirection | null,
  { image, row }: RowObject<Audited & { readonly id: string }>,
) {
  const project = image.view.project?.project.key ?? '';
  const of = { project, subject: row.id };
  return historyPage(context, args, direction, {
    image,
    match: { subjects: [row.id] },
    // None of them tells of grants.
    showsGrants: true,
    total: () => row.changes,
    async *read(range) {
      yield* await context.subjectCommits.load({ ...range, ...of });
    },
  });
}

export async function historyPage(
  { signal }: RequestContext,
  args: PageArgs,
  direction: OrderDirection | null,
  request: Omit<HistoryRequest, 'direction' | 'signal'> & { readonly image: SeenImage },
) {
  const { image } = request;
  const page = await readPage(args, historySource({ ...request, direction: direction ?? 'DESC', signal }));
  return new ChangeConnection(mapPage(page, (recorded) => new ChangeObject(image, recorded)));
}
