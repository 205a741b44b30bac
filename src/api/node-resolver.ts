import { Arg, Ctx, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { eventKey, recordedEvents } from '../history/recorded-event.ts';
import type { ProjectImage } from '../project/project-model.ts';
import { parseId } from '../words/ids.ts';
import { type RequestContext, readMoment } from './context.ts';
import { ChangeObject } from './history/change-types.ts';
import { nodeIn } from './node-of.ts';
import { badUserInput } from './toolkit/errors.ts';
import { ActorType, AsOfInput, NodeType } from './toolkit/shared-types.ts';

const MOST_NODES = 100;

@ObjectType('Viewer')
export class ViewerType {
  @Field(() => ActorType)
  readonly actor!: ActorType;
}

@Resolver()
export class NodeResolver {
  @Query(() => ViewerType)
  viewer(@Ctx() { actor }: RequestContext): ViewerType {
    return { actor: new ActorType(actor) };
  }

  @Query(() => NodeType, { nullable: true })
  node(
    @Arg('id', () => ID) id: string,
    @Arg('asOf', () => AsOfInput, { nullable: true }) asOf: AsOfInput | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<NodeType | null> {
    return findNode(context, id, asOf);
  }

  @Query(() => [NodeType], { nullable: 'items', description: 'At most 100 ids; unknown ones are null.' })
  nodes(
    @Arg('ids', () => [ID]) ids: string[],
    @Arg('asOf', () => AsOfInput, { nullable: true }) asOf: AsOfInput | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<(NodeType | null)[]> {
    if (ids.length > MOST_NODES) throw badUserInput(`nodes takes at most ${MOST_NODES} ids; these are ${ids.length}`);
    readMoment(asOf);
    return Promise.all(ids.map((id) => findNode(context, id, asOf)));
  }
}

async function findNode(
  context: RequestContext,
  id: string,
  asOf: AsOfInput | null | undefined,
): Promise<NodeType | null> {
  const moment = readMoment(asOf);
  const parsed = parseId(id);
  if (!parsed) return null;
  const image = await context.image(parsed.project, moment);
  if (!image) return null;
  return parsed.type === 'Change' ? findChange(context, image, parsed) : nodeIn(image, id);
}

async function findChange(
  context: RequestContext,
  image: ProjectImage,
  { project, local }: { readonly project: string; readonly local: string },
): Promise<ChangeObject | null> {
  const position = Number.parseInt(local, 10);
  if (!(position >= 1 && position <= image.position)) return null;
  const sealed = await context.commitsAt.load({ project, position });
  const recorded = sealed && recordedEvents(sealed).find((candidate) => eventKey(candidate) === local);
  return recorded ? new ChangeObject(image, recorded) : null;
}
