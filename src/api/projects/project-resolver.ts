import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, Info, Int, Mutation, Query, Resolver } from 'type-graphql';
import { ProjectStoppedError } from '../../event-sourcing/project-stopped.ts';
import { foldCase } from '../../event-sourcing/tables/sort-keys.ts';
import { isProjectKey, readCreateProject, readUpdateProject } from '../../projects/project-input.ts';
import type { Entries, PageSource } from '../../words/page-source.ts';
import { type RequestContext, readMoment } from '../context.ts';
import { mutate } from '../mutate.ts';
import { answer } from '../payload.ts';
import { searchText } from '../toolkit/filter-texts.ts';
import { type Page, PageArgs, readPage } from '../toolkit/paging.ts';
import type { SeenImage } from '../toolkit/seen-image.ts';
import { AsOfInput } from '../toolkit/shared-types.ts';
import {
  CreateProjectInput,
  ProjectConnection,
  ProjectFilter,
  ProjectObject,
  ProjectPayload,
  UpdateProjectInput,
} from './project-types.ts';

@Resolver(() => ProjectObject)
export class ProjectResolver {
  @Query(() => ProjectObject, {
    nullable: true,
    description: 'The project with this key; null if there is none, or was none yet.',
  })
  async project(
    @Arg('key', () => String, { description: 'E.g. crm-integration.' }) key: string,
    @Arg('asOf', () => AsOfInput, {
      nullable: true,
      description: 'Everything below is answered as it stood then, under ids that carry the position. Null: now.',
    })
    asOf: AsOfInput | null | undefined,
    @Arg('atLeastPosition', () => Int, {
      nullable: true,
      description:
        'Wait until this node has seen that commit: read your writes from any node. POSITION_NOT_REACHED after 5 s. Null: as far as this node is.',
    })
    atLeastPosition: number | null | undefined,
    @Ctx() context: RequestContext,
  ): Promise<ProjectObject | null> {
    const moment = readMoment(asOf);
    if (typeof atLeastPosition === 'number') await context.reach(key, atLeastPosition);
    return isProjectKey(key) ? projectOf(await context.image(key, moment)) : null;
  }

  @Query(() => ProjectConnection, {
    nullable: true,
    description: 'All projects by their key; one that is stopped is left out.',
  })
  async projects(
    @Arg('filter', () => ProjectFilter, { nullable: true, description: 'Which are wanted. Null: all.' })
    filter: ProjectFilter | null | undefined,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: RequestContext,
  ) {
    return new ProjectConnection(await projectPage(filter, args, context));
  }

  @Mutation(() => ProjectPayload, {
    nullable: true,
    description: 'Makes a project with its environments. Of two that want one key, the second is refused NAME_TAKEN.',
  })
  async createProject(
    @Arg('input', () => CreateProjectInput, { description: 'The new project.' }) input: CreateProjectInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ProjectPayload> {
    const mutated = await mutate(context, info, input.key, input, (faults) => readCreateProject(input, faults));
    if (!mutated.refusals) await context.services.noteReaders(input.key, mutated.image);
    const { resource: project, ...rest } = answer(mutated, projectOf);
    return { project, ...rest };
  }

  @Mutation(() => ProjectPayload, {
    nullable: true,
    description: 'Changes what is given and leaves the rest; environments are renamed with all their values.',
  })
  async updateProject(
    @Arg('input', () => UpdateProjectInput, { description: 'Which project, and what shall change.' })
    input: UpdateProjectInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<ProjectPayload> {
    const mutated = await mutate(context, info, input.key, input, (faults) => readUpdateProject(input, faults));
    const { resource: project, ...rest } = answer(mutated, projectOf);
    return { project, ...rest };
  }
}

function projectOf(image: SeenImage | undefined): ProjectObject | null {
  const row = image?.view.project;
  return image && row ? new ProjectObject(image, row) : null;
}

async function projectPage(
  filter: ProjectFilter | null | undefined,
  args: PageArgs,
  context: RequestContext,
): Promise<Page<ProjectObject>> {
  const { catalogue } = context.services;
  const part = searchText('nameContains', filter?.nameContains);
  const source: PageSource<ProjectObject> = {
    order: 'projects KEY ASC',
    isKey: isProjectKey,
    forwards: (after, atMost) => objects(context, 'forwards', after, atMost),
    backwards: (before, atMost) => objects(context, 'backwards', before, atMost),
    compare: (a, b) => (a < b ? -1 : a > b ? 1 : 0),
    total: () => catalogue.count(context.readers),
  };
  return readPage(args, part === undefined ? source : withName(part, source));
}

/** The catalogue has keys alone: each project is looked at until the page is full, and all of them to count. */
function withName(part: string, source: PageSource<ProjectObject>): PageSource<ProjectObject> {
  const folded = foldCase(part);
  async function* matching(entries: Entries<ProjectObject>) {
    for await (const entry of entries) if (foldCase(entry[1].row.project.fields.name).includes(folded)) yield entry;
  }
  return {
    ...source,
    forwards: (after) => matching(source.forwards(after, KEYS_AT_ONCE)),
    backwards: (before) => matching(source.backwards(before, KEYS_AT_ONCE)),
    async total() {
      let total = 0;
      for await (const _ of matching(source.forwards(undefined, KEYS_AT_ONCE))) total += 1;
      return total;
    },
  };
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

/**
 * The projects from a key on that the catalogue lists for the asker, and that they may read by its log as well. No other
 * one's ledger is opened.
 */
async function* objects(
  context: RequestContext,
  direction: 'forwards' | 'backwards',
  start: string | undefined,
  atMost: number,
): AsyncIterable<readonly [string, ProjectObject]> {
  const { readers } = context;
  const limit = Math.min(atMost, KEYS_AT_ONCE);
  let bound = start;
  for (;;) {
    const edge = bound === undefined ? {} : direction === 'forwards' ? { after: bound } : { before: bound };
    const keys = await context.services.catalogue.projects({ direction, limit, ...edge, ...(readers && { readers }) });
    for (const key of keys) {
      const project = await projectUnlessStopped(context, key);
      if (project) yield [key, project];
      bound = key;
    }
    if (keys.length < limit) return;
  }
}
