import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, FieldResolver, Info, Mutation, Resolver, Root } from 'type-graphql';
import { previewOf } from '../../live/curl.ts';
import { DEFAULT_CALL_MS } from '../../live/data-source-caller.ts';
import { planRequest } from '../../live/planned-request.ts';
import { readRequest } from '../../live/request-input.ts';
import { projectOfId, resourceIdOf } from '../../words/ids.ts';
import { Faults } from '../../words/refusal.ts';
import { isSliceOver, nextSlice } from '../../words/slices.ts';
import type { RequestContext } from '../context.ts';
import { rightOf } from '../mutate.ts';
import { UserErrorType } from '../toolkit/shared-types.ts';
import { CallDataSourceInput, CallDataSourcePayload, RequestInput } from './call-types.ts';
import { CurlPreviewType, DataSourceObject } from './data-source-types.ts';
import { previewCost } from './preview-cost.ts';

const PREVIEW_AT = { source: ['dataSource'], environment: ['environment'], request: ['request'] };

@Resolver(() => DataSourceObject)
export class CallResolver {
  @FieldResolver(() => CurlPreviewType, {
    complexity: previewCost,
    description: 'What the runtime would send, as a curl command; every secret shows as ********.',
  })
  async curlPreview(
    @Root() { image, row }: DataSourceObject,
    @Ctx() { signal }: RequestContext,
    @Arg('environment', () => String, {
      nullable: true,
      description: "Whose parameter values to use. Null: the project's first.",
    })
    environment?: string | null,
    @Arg('request', () => RequestInput, { nullable: true, description: 'The call to show. Null: GET of the base URL.' })
    request?: RequestInput | null,
  ): Promise<CurlPreviewType> {
    const faults = new Faults();
    const typed = readRequest(request ?? {}, PREVIEW_AT.request, faults);
    const plan = faults.any
      ? undefined
      : planRequest(image.view, row, typed, environment ?? undefined, PREVIEW_AT, faults);
    // A body of a megabyte has been read and resolved by now.
    if (isSliceOver()) await nextSlice(signal);
    const preview = plan ? await previewOf(plan, DEFAULT_CALL_MS, signal) : { command: null, script: null };
    return { ...preview, userErrors: faults.all.map((refusal) => new UserErrorType(refusal)) };
  }

  @Mutation(() => CallDataSourcePayload, {
    nullable: true,
    description:
      "Sends a live request the way the runtime does: through the data source's proxy, or directly if it has none. At most 4 live fields in one request; over a limit of the server, TOO_MANY_REQUESTS.",
  })
  async callDataSource(
    @Arg('input', () => CallDataSourceInput, { description: 'Which data source, and what to send.' })
    input: CallDataSourceInput,
    @Ctx() context: RequestContext,
    @Info() info: GraphQLResolveInfo,
  ): Promise<CallDataSourcePayload> {
    const { environment, request } = input;
    const right = rightOf(info);
    const project = await context.permitted(projectOfId('DataSource', input.dataSourceId), right);
    const asker = await context.asker();
    const called = await context.services.dataSourceCaller.call({
      asker,
      project,
      right,
      dataSourceId: resourceIdOf(input.dataSourceId),
      environment: environment ?? undefined,
      request,
      timeoutMs: input.timeoutMs ?? DEFAULT_CALL_MS,
      signal: context.ending,
    });
    return new CallDataSourcePayload(called);
  }
}
