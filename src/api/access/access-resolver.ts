import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Args, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import { readGrantAccess, readRevokeAccess } from '../../access/access-input.ts';
import { ALL_GRANTS, GRANTS, grantOf } from '../../access/access-view.ts';
import { type PrincipalName, principalText } from '../../access/principals.ts';
import type { RequestContext } from '../context.ts';
import { type Mutated, mutate } from '../mutate.ts';
import { answer } from '../payload.ts';
import { ProjectObject } from '../projects/project-types.ts';
import { mapPage } from '../toolkit/connection.ts';
import { listMatching } from '../toolkit/list.ts';
import { PageArgs } from '../toolkit/paging.ts';
import {
  AccessGrantConnection,
  AccessGrantType,
  AccessPayload,
  GrantAccessInput,
  RevokeAccessInput,
} from './access-types.ts';

@Resolver()
export class AccessResolver {
  @Mutation(() => AccessPayload, {
    nullable: true,
    description: 'Gives somebody a role in a project, or another one. The same role again changes nothing.',
  })
  async grantAccess(
    @Arg('input', () => GrantAccessInput, { description: 'Who, and what they may do.' }) input: GrantAccessInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<AccessPayload> {
    const mutated = await mutate(context, info, input.projectKey, input, (faults) => readGrantAccess(input, faults));
    return payload(context, input.projectKey, input, mutated);
  }

  @Mutation(() => AccessPayload, {
    nullable: true,
    description: "Ends somebody's role in a project. Revoking again changes nothing.",
  })
  async revokeAccess(
    @Arg('input', () => RevokeAccessInput, { description: 'Whose role.' }) input: RevokeAccessInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<AccessPayload> {
    const mutated = await mutate(context, info, input.projectKey, input, (faults) => readRevokeAccess(input, faults));
    return payload(context, input.projectKey, input, mutated);
  }
}

@Resolver(() => ProjectObject)
export class ProjectAccessResolver {
  @FieldResolver(() => AccessGrantConnection, {
    nullable: true,
    description: 'Who was given which role, at the moment that is asked about, by kind and identity. AUDITOR or OWNER.',
  })
  async access(@Root() { image }: ProjectObject, @Args(() => PageArgs) args: PageArgs, @Ctx() context: RequestContext) {
    const page = await listMatching(image.view.grants, args, { index: GRANTS, prefix: ALL_GRANTS, client: context });
    return new AccessGrantConnection(mapPage(page, (row) => new AccessGrantType(row)));
  }
}

async function payload(
  context: RequestContext,
  project: string,
  principal: PrincipalName,
  mutated: Mutated,
): Promise<AccessPayload> {
  if (!mutated.refusals) await context.services.noteReaders(project, mutated.image);
  const { resource, image, ...rest } = answer(mutated, ({ view }) => grantOf(view.grants, principalText(principal)));
  const row = image?.view.project;
  return {
    grant: resource ? new AccessGrantType(resource) : null,
    project: image && row ? new ProjectObject(image, row) : null,
    ...rest,
  };
}
