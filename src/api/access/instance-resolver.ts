import { Args, Ctx, FieldResolver, Query, Resolver, Root } from 'type-graphql';
import { INSTANCE } from '../../access/instance.ts';
import { projectModel } from '../../project/project-model.ts';
import type { RequestContext } from '../context.ts';
import { ChangeConnection } from '../history/change-types.ts';
import { Direction, historyPage } from '../history/history-resolver.ts';
import { PageArgs } from '../toolkit/paging.ts';
import type { OrderDirection } from '../toolkit/shared-types.ts';
import { InstanceObject } from './instance-types.ts';

@Resolver(() => InstanceObject)
export class InstanceResolver {
  @Query(() => InstanceObject, {
    nullable: true,
    description: "The instance's own log; null to whoever is no administrator.",
  })
  async instance(@Ctx() context: RequestContext): Promise<InstanceObject | null> {
    const { standing } = context.identity;
    if (standing && !standing.isAdministrator) return null;
    const image = await context.image(INSTANCE);
    return new InstanceObject(image ?? { view: projectModel.empty(), position: 0, events: 0 });
  }

  @FieldResolver(() => ChangeConnection, { description: 'Every change of it: tokens, and who administers.' })
  history(
    @Root() { image }: InstanceObject,
    @Args(() => PageArgs) args: PageArgs,
    @Direction() direction: OrderDirection | null,
    @Ctx() context: RequestContext,
  ) {
    return historyPage(context, args, direction, {
      image,
      match: {},
      showsGrants: true,
      total: () => image.events,
      read: (range) => context.services.store.read(INSTANCE, range),
    });
  }
}
