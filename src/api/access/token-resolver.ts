import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import { apiTokenDigest, newApiToken } from '../../access/api-token.ts';
import { INSTANCE } from '../../access/instance.ts';
import { NotPermittedError } from '../../access/not-permitted.ts';
import { tokenId } from '../../access/token-events.ts';
import { readIssueToken, readRevokeToken } from '../../access/token-input.ts';
import type { TokenTerms } from '../../access/tokens.ts';
import { projectOfId, resourceIdOf } from '../../words/ids.ts';
import type { RequestContext } from '../context.ts';
import { type Mutated, mutate, mutateInstance, type ReadCommand } from '../mutate.ts';
import { answer } from '../payload.ts';
import { ProjectObject } from '../projects/project-types.ts';
import { mapPage } from '../toolkit/connection.ts';
import { listRows } from '../toolkit/list.ts';
import { PageArgs } from '../toolkit/paging.ts';
import { DateTimeScalar } from '../toolkit/scalars.ts';
import type { SeenImage } from '../toolkit/seen-image.ts';
import { InstanceObject } from './instance-types.ts';
import {
  ApiTokenConnection,
  ApiTokenObject,
  IssueTokenInput,
  IssueTokenPayload,
  RevokeTokenInput,
  TokenPayload,
} from './token-types.ts';

@Resolver(() => ApiTokenObject)
export class TokenResolver {
  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description:
      'When it was used last, to the hour, whatever moment is asked about; null if it never was. Kept beside the log.',
  })
  async lastUsedAt(@Root() { row }: ApiTokenObject, @Ctx() { tokenUses }: RequestContext): Promise<string | null> {
    return (await tokenUses.load(row.id)) ?? null;
  }

  @Mutation(() => IssueTokenPayload, {
    nullable: true,
    description:
      'Makes a token, and answers its text this once. Of a project for its owners; without a project for administrators.',
  })
  async issueToken(
    @Arg('input', () => IssueTokenInput, { description: 'What it is for, and what it may do.' })
    input: IssueTokenInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<IssueTokenPayload> {
    const { projectKey = null } = input;
    assertMayIssue(context, projectKey);
    const { id, text } = newApiToken(projectKey ?? undefined);
    const made = { newId: tokenId(projectKey ?? INSTANCE, id), sha256: apiTokenDigest(text) };
    const read: ReadCommand = (faults) => readIssueToken(input, made, termsOf(context), faults);
    const mutated =
      projectKey === null
        ? await mutateInstance(context, info, input, read)
        : await noted(context, projectKey, await mutate(context, info, projectKey, input, read));
    const { resource: token, ...rest } = answer(mutated, tokenIn);
    // A replay answers the token of the first run, whose text nobody has any more.
    return { token, secret: token?.row.token.sha256 === made.sha256 ? text : null, ...rest };
  }

  @Mutation(() => TokenPayload, {
    nullable: true,
    description: 'Ends a token: it is refused at once, and within 5 seconds by other servers. Again changes nothing.',
  })
  async revokeToken(
    @Arg('input', () => RevokeTokenInput, { description: 'Which token.' }) input: RevokeTokenInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<TokenPayload> {
    const log = projectOfId('ApiToken', input.id);
    const read: ReadCommand = () => readRevokeToken(input);
    const mutated =
      log === INSTANCE
        ? await mutateInstance(context, info, input, read)
        : await noted(context, log, await mutate(context, info, log, input, read));
    const { resource: token, ...rest } = answer(mutated, (image, id) => tokenIn(image, id ?? resourceIdOf(input.id)));
    return { token, ...rest };
  }
}

@Resolver(() => ProjectObject)
export class ProjectTokensResolver {
  @FieldResolver(() => ApiTokenConnection, {
    nullable: true,
    description: 'The tokens of the project, expired and revoked ones too, by name. AUDITOR or OWNER.',
  })
  tokens(@Root() { image }: ProjectObject, @Args(() => PageArgs) args: PageArgs, @Ctx() context: RequestContext) {
    return tokensOf(image, args, context);
  }
}

@Resolver(() => InstanceObject)
export class InstanceTokensResolver {
  @FieldResolver(() => ApiTokenConnection, {
    description: "Administrators' tokens, expired and revoked ones too, by name.",
  })
  tokens(@Root() { image }: InstanceObject, @Args(() => PageArgs) args: PageArgs, @Ctx() context: RequestContext) {
    return tokensOf(image, args, context);
  }
}

/** That there is an instance, and that administrators have tokens, everybody may know. */
function assertMayIssue({ identity: { standing } }: RequestContext, projectKey: string | null): void {
  if (projectKey === null && standing && !standing.isAdministrator) throw new NotPermittedError('ADMINISTER');
}

/** What the catalogue has to know of: who may read the project may have changed. */
async function noted(context: RequestContext, project: string | undefined, mutated: Mutated): Promise<Mutated> {
  if (project !== undefined && !mutated.refusals) await context.services.noteReaders(project, mutated.image);
  return mutated;
}

function termsOf({ identity, services }: RequestContext): TokenTerms {
  const { standing, expiresAt } = identity;
  return {
    now: new Date().toISOString(),
    ...(standing?.token && expiresAt !== undefined && { endsBy: expiresAt }),
    mayNeverExpire: services.tokensWithoutExpiry,
  };
}

function tokenIn(image: SeenImage, id: string | undefined): ApiTokenObject | null {
  const row = id === undefined ? undefined : image.view.tokens.get(id);
  return row ? new ApiTokenObject(image, row) : null;
}

async function tokensOf(image: SeenImage, args: PageArgs, context: RequestContext) {
  const order = { field: 'NAME' };
  const page = await listRows(image.view.tokens, args, {
    list: 'tokens',
    order,
    filter: { state: 'ANY' },
    client: context,
  });
  return new ApiTokenConnection(mapPage(page, (row) => new ApiTokenObject(image, row)));
}
