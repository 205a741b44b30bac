import { Arg, Ctx, Field, FieldResolver, ID, ObjectType, Query, Resolver, Root } from 'type-graphql';
import type { Role } from '../access/roles.ts';
import { BeyondHeadError } from '../event-sourcing/ledger/ledger-errors.ts';
import { eventKey } from '../history/recorded-event.ts';
import { type ParsedId, parseId, resourceIdOf } from '../words/ids.ts';
import { RoleEnum } from './access/access-types.ts';
import type { RequestContext } from './context.ts';
import { ChangeObject } from './history/change-types.ts';
import { shownEvents } from './history/shown-events.ts';
import { findResource } from './node-of.ts';
import { ProjectObject } from './projects/project-types.ts';
import { badUserInput } from './toolkit/errors.ts';
import { DateTimeScalar } from './toolkit/scalars.ts';
import type { SeenImage } from './toolkit/seen-image.ts';
import { ActorType, NodeType } from './toolkit/shared-types.ts';

const MOST_NODES = 100;

@ObjectType('Viewer', { description: 'Whoever asks.' })
export class ViewerType {
  @Field(() => ActorType, { description: 'As whom this request acts: what its commits will carry.' })
  readonly actor!: ActorType;

  @Field(() => Boolean, {
    description: 'Whether they administer the instance. Where no identities are configured, everybody does.',
  })
  readonly isAdministrator!: boolean;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When their credential ends; null if it does not.' })
  readonly expiresAt!: string | null;
}

@Resolver(() => ViewerType)
export class ViewerRolesResolver {
  @FieldResolver(() => RoleEnum, {
    nullable: true,
    description: 'The greatest role that they have in this project by grants or their token; null without any.',
  })
  async role(
    @Arg('projectKey', () => String, { description: 'Which project.' }) projectKey: string,
    @Ctx() context: RequestContext,
  ): Promise<Role | null> {
    return (await context.roles(projectKey)).at(-1) ?? null;
  }

  @FieldResolver(() => [RoleEnum], {
    description: 'All roles that they have in this project, from the least: AUDITOR and EDITOR add up.',
  })
  roles(
    @Arg('projectKey', () => String, { description: 'Which project.' }) projectKey: string,
    @Ctx() context: RequestContext,
  ): Promise<readonly Role[]> {
    return context.roles(projectKey);
  }
}

@Resolver()
export class NodeResolver {
  @Query(() => ViewerType, { description: 'Whoever asks.' })
  viewer(@Ctx() { identity }: RequestContext): ViewerType {
    const { actor, standing, expiresAt = null } = identity;
    return { actor: new ActorType(actor), isAdministrator: standing?.isAdministrator ?? true, expiresAt };
  }

  @Query(() => NodeType, {
    nullable: true,
    description:
      'What has this id, deleted or not; null if there is none. An id from below asOf answers as of its position, and so does everything below it.',
  })
  node(
    @Arg('id', () => ID, { description: 'An id of this API.' }) id: string,
    @Ctx() context: RequestContext,
  ): Promise<NodeType | null> {
    return findNode(context, id);
  }

  @Query(() => [NodeType], {
    nullable: 'items',
    description: 'What has these ids, in their order, each as node answers it; null for those that are unknown.',
  })
  async nodes(
    @Arg('ids', () => [ID], { description: 'At most 100 ids; more are BAD_USER_INPUT.' }) ids: string[],
    @Ctx() context: RequestContext,
  ): Promise<(NodeType | null)[]> {
    if (ids.length > MOST_NODES) throw badUserInput(`nodes takes at most ${MOST_NODES} ids; these are ${ids.length}`);
    await lookAtMoments(context, ids);
    return Promise.all(ids.map((id) => findNode(context, id)));
  }
}

@Resolver(() => ProjectObject)
export class ProjectResourceResolver {
  @FieldResolver(() => NodeType, {
    nullable: true,
    description:
      "By id or resourceId, as of this project's moment, deleted ones too; null if it is not of this project or was not there yet.",
  })
  async resource(
    @Root() { image, key }: ProjectObject,
    @Arg('id', () => ID, { description: 'An id of any moment, or a resourceId; its own moment does not count.' })
    id: string,
    @Ctx() context: RequestContext,
  ): Promise<NodeType | null> {
    return parseId(id)?.project === key ? findResource(context, image, resourceIdOf(id)) : null;
  }
}

/** One after the other and forwards: what is folded for one moment is where the next one begins. */
async function lookAtMoments(context: RequestContext, ids: readonly string[]): Promise<void> {
  const parsed = ids.flatMap((id) => parseId(id) ?? []).filter(({ position }) => position !== undefined);
  for (const each of parsed.sort((a, b) => (a.position ?? 0) - (b.position ?? 0))) await imageOf(context, each);
}

async function findNode(context: RequestContext, id: string): Promise<NodeType | null> {
  const parsed = parseId(id);
  const image = parsed && (await imageOf(context, parsed));
  if (!image) return null;
  return parsed.type === 'Change' ? findChange(context, image, parsed) : findResource(context, image, resourceIdOf(id));
}

async function imageOf(context: RequestContext, { project, position }: ParsedId): Promise<SeenImage | undefined> {
  try {
    return await context.image(project, position === undefined ? undefined : { position });
  } catch (error) {
    // No moment has such an id, or none yet.
    if (error instanceof BeyondHeadError) return undefined;
    throw error;
  }
}

async function findChange(
  context: RequestContext,
  image: SeenImage,
  { project, local }: ParsedId,
): Promise<ChangeObject | null> {
  const position = Number.parseInt(local, 10);
  if (!(position >= 1 && position <= image.position)) return null;
  const sealed = await context.commitsAt.load({ project, position });
  const shown = sealed ? await shownEvents(context, sealed) : [];
  const recorded = shown.find((candidate) => eventKey(candidate) === local);
  return recorded ? new ChangeObject(image, recorded) : null;
}
