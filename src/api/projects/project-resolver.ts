import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, Info, Int, Mutation, Query, Resolver } from 'type-graphql';
import { ProjectStoppedError } from '../../event-sourcing/project-stopped.ts';
import { isProjectKey, readCreateProject, readUpdateProject } from '../../projects/project-input.ts';
import type { PageSource } from '../../words/page-source.ts';
import { type RequestContext, readMoment } from '../context.ts';
import { mutate } from '../mutate.ts';
import { answer } from '../payload.ts';
import { type Page, PageArgs, readPage } from '../toolkit/paging.ts';
import type { SeenImage } from '../toolkit/seen-image.ts';
import { AsOfInput } from '../toolkit/shared-types.ts';
import {
  CreateProjectInput,
  ProjectConnection,
  ProjectObject,
  ProjectPayload,
  UpdateProjectInput,
} from './project-types.ts';

@Resolver(() => ProjectObject)
export class ProjectResolver {
  @Query(() => ProjectObject, {
    nullable: true,
    description:
      'asOf: everything below is answered as it stood then. atLeastPosition: wait until this node has seen that commit (read your writes from any node).',
  })
  async project(
    @Arg('key', () => String) key: string,
    @Arg('asOf', () => AsOfInput, { nullable: true }) asOf: AsOfInput | null | undefined,
    @Arg('atLeastPosition', () => Int, { nullable: true }) atLeastPosition: number | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<ProjectObject | null> {
    const moment = readMoment(asOf);
    if (typeof atLeastPosition === 'number') await context.reach(key, atLeastPosition);
    return projectOf(await context.image(key, moment));
  }

  @Query(() => ProjectConnection, { nullable: true })
  async projects(@Args(() => PageArgs) args: PageArgs, @Ctx() context: RequestContext) {
    return new ProjectConnection(await projectPage(args, context));
  }

  @Mutation(() => ProjectPayload, { nullable: true })
  async createProject(
    @Arg('input', () => CreateProjectInput) input: CreateProjectInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ProjectPayload> {
    const mutated = await mutate(context, info, input.key, input, (faults) => readCreateProject(input, faults));
    if (!mutated.refusals) await context.services.catalogue.add(input.key);
    const { resource: project, ...rest } = answer(mutated, projectOf);
    return { project, ...rest };
  }

  @Mutation(() => ProjectPayload, { nullable: true })
  async updateProject(
    @Arg('input', () => UpdateProjectInput) input: UpdateProjectInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ProjectPayload> {
    const mutated = await mutate(context, info, input.key, input, (faults) => readUpdateProject(input, faults));
    const { resource: project, ...rest } = answer(mutated, projectOf);
    return { project, ...rest };
  }
}

export function projectOf(image: SeenImage | undefined): ProjectObject | null {
  const row = image?.view.project;
  return image && row ? new ProjectObject(image, row) : null;
}

async function projectPage(args: PageArgs, context: RequestContext): Promise<Page<ProjectObject>> {
  const { catalogue } = context.services;
  const source: PageSource<ProjectObject> = {
    order: 'projects KEY ASC',
    isKey: isProjectKey,
    forwards: (after) => objects(context, 'forwards', after),
    backwards: (before) => objects(context, 'backwards', before),
    compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
    total: () => catalogue.count(),
  };
  return readPage(args, source, context.signal);
}

const KEYS_AT_ONCE = 50;

/** A project that is stopped is left out of the list: it must not keep the others from being told. */
async function projectUnlessStopped(context: RequestContext, key: string): Promise<ProjectObject | null> {
  try {
    return projectOf(await context.image(key));
  } catch (error) {
    if (error instanceof ProjectStoppedError) return null;
    throw error;
  }
}

/** The catalogue's projects from a key on. */
async function* objects(
  context: RequestContext,
  direction: 'forwards' | 'backwards',
  start: string | undefined,
): AsyncIterable<readonly [string, ProjectObject]> {
  let bound = start;
  for (;;) {
    const edge = bound === undefined ? {} : direction === 'forwards' ? { after: bound } : { before: bound };
    const keys = await context.services.catalogue.projects({ direction, limit: KEYS_AT_ONCE, ...edge });
    for (const key of keys) {
      const project = await projectUnlessStopped(context, key);
      if (project) yield [key, project];
      bound = key;
    }
    if (keys.length < KEYS_AT_ONCE) return;
  }
}
