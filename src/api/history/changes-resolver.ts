import { Arg, ID, Int, Resolver, Root, Subscription } from 'type-graphql';
import { judge } from '../../access/judge.ts';
import { BeyondHeadError } from '../../event-sourcing/ledger/ledger-errors.ts';
import { changeFeed, type FedChange, type FeedStart, type Sight } from '../../history/change-feed.ts';
import { accessOf } from '../../project/project-access.ts';
import type { ProjectImage } from '../../project/project-model.ts';
import { isProjectKey } from '../../projects/project-input.ts';
import { parseId } from '../../words/ids.ts';
import type { RequestContext } from '../context.ts';
import { badUserInput } from '../toolkit/errors.ts';
import { ChangeFilter, matchOf } from './change-filter-input.ts';
import { ChangeObject } from './change-types.ts';

interface ChangesArguments {
  readonly projectKey: string;
  readonly afterPosition?: number | null;
  readonly after?: string | null;
  readonly filter?: ChangeFilter | null;
}

@Resolver(() => ChangeObject)
export class ChangesResolver {
  @Subscription(() => ChangeObject, {
    subscribe: ({ args, context }) => subscribe(args as ChangesArguments, context as RequestContext),
    description:
      'Every change after the given one, then live ones, in order, none twice. A client that reconnects passes the last Change.id it has seen (after), or the last position it has seen whole (afterPosition). Neither: from now on. Both, or a place beyond the head, are BAD_USER_INPUT.',
  })
  changes(
    @Root() { recorded, image }: FedChange,
    @Arg('projectKey', () => String, { description: 'Which project; one that is not there is BAD_USER_INPUT.' })
    _projectKey: string,
    @Arg('afterPosition', () => Int, {
      nullable: true,
      description: 'The last commit that was seen whole; 0: from the beginning. Null: not told.',
    })
    _afterPosition?: number | null,
    @Arg('after', () => ID, {
      nullable: true,
      description: 'The id, of any moment, of the last change that was seen. Null: not told.',
    })
    _after?: string | null,
    @Arg('filter', () => ChangeFilter, { nullable: true, description: 'Which changes are wanted. Null: all.' })
    _filter?: ChangeFilter | null,
  ): ChangeObject {
    return new ChangeObject(image, recorded);
  }
}

async function subscribe(args: ChangesArguments, context: RequestContext): Promise<AsyncGenerator<FedChange>> {
  const { projectKey: project, filter } = args;
  const { services, signal } = context;
  const start = readStart(args);
  const image = isProjectKey(project) ? await context.imageAtHead(project) : undefined;
  if (!image) throw badUserInput('there is no project with this key');
  if (start && start.position > image.position) {
    throw badUserInput(new BeyondHeadError(start.position, image.position).message);
  }
  context.follows = project;
  const sight = (newest: ProjectImage) => sightOf(context, newest);
  return told(changeFeed(services, { project, start, match: matchOf(filter), sight, signal }));
}

/** As rights stand now, not as they stood when the subscription began. */
function sightOf({ identity }: RequestContext, { view }: ProjectImage): Sight {
  const access = accessOf(view);
  if (judge(access, identity, 'READ_GRANTS').allowed) return 'everything';
  return judge(access, identity, 'READ').allowed ? 'without grants' : 'nothing';
}

async function* told(feed: AsyncGenerator<FedChange>): AsyncGenerator<FedChange> {
  try {
    yield* feed;
  } catch (error) {
    throw error instanceof BeyondHeadError ? badUserInput(error.message) : error;
  }
}

function readStart({ projectKey, after, afterPosition }: ChangesArguments): FeedStart | undefined {
  if (typeof after === 'string' && typeof afterPosition === 'number') {
    throw badUserInput('give after or afterPosition, not both');
  }
  if (typeof afterPosition === 'number') {
    if (afterPosition < 0) throw badUserInput('afterPosition must not be negative');
    return { position: afterPosition };
  }
  if (typeof after !== 'string') return undefined;
  const parsed = parseId(after);
  const [, position, index] = /^([1-9][0-9]{0,14})\.([0-9]{1,6})$/.exec(parsed?.local ?? '') ?? [];
  if (parsed?.type !== 'Change' || parsed.project !== projectKey || position === undefined) {
    throw badUserInput("after is not the id of one of the project's changes");
  }
  return { position: Number(position), index: Number(index) };
}
