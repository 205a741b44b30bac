import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { type Called, DEFAULT_CALL_MS } from '../../live/data-source-caller.ts';
import type { DataSourceRouting } from '../../project/routing.ts';
import type { HttpMethod } from '../../traffic/call/outgoing-request.ts';
import { TrafficFailure } from '../../traffic/failures.ts';
import { ProbeStageType, stagesOf } from '../proxies/proxy-test-types.ts';
import { UserErrorType } from '../toolkit/shared-types.ts';
import { HeaderInput } from './data-source-input-types.ts';
import { DataSourceRoutingEnum, HeaderType } from './data-source-types.ts';

const HttpMethodEnum = {
  GET: 'GET',
  HEAD: 'HEAD',
  POST: 'POST',
  PUT: 'PUT',
  PATCH: 'PATCH',
  DELETE: 'DELETE',
  OPTIONS: 'OPTIONS',
} as const satisfies Record<HttpMethod, HttpMethod>;
registerEnumType(HttpMethodEnum, {
  name: 'HttpMethod',
  description: 'The methods that a call may have.',
  valuesConfig: {
    GET: { description: 'Reads.' },
    HEAD: { description: 'Reads the headers alone; has no body.' },
    POST: { description: 'Sends, to be worked on.' },
    PUT: { description: 'Puts in place of what is there.' },
    PATCH: { description: 'Changes a part of what is there.' },
    DELETE: { description: 'Removes.' },
    OPTIONS: { description: 'Asks what is possible.' },
  },
});

@InputType({ description: "A call below a data source's base URL. Every String may contain ${param}." })
export class RequestInput {
  @Field(() => HttpMethodEnum, { nullable: true, defaultValue: HttpMethodEnum.GET, description: 'Null: GET.' })
  method?: HttpMethod | null;

  @Field(() => String, {
    nullable: true,
    defaultValue: '',
    description:
      'Joined to the base URL, which it can not leave; may carry a query string; at most 8 KiB. Null or empty: the base URL itself.',
  })
  path?: string | null;

  @Field(() => [HeaderInput], {
    nullable: true,
    defaultValue: Object.freeze([]),
    description: "At most 50, over the data source's of the same names. Null: none.",
  })
  headers?: readonly HeaderInput[] | null;

  @Field(() => String, { nullable: true, description: 'At most 1 MiB, in UTF-8; INVALID_VALUE with HEAD. Null: none.' })
  body?: string | null;
}

@InputType({ description: 'A call of a data source.' })
export class CallDataSourceInput {
  @Field(() => ID, { description: "The data source's id, of any moment; it is called as it is now." })
  dataSourceId!: string;

  @Field(() => String, { nullable: true, description: "Whose parameter values to use. Null: the project's first." })
  environment?: string | null;

  @Field(() => RequestInput, { description: 'What to send.' })
  request!: RequestInput;

  @Field(() => Int, {
    nullable: true,
    defaultValue: DEFAULT_CALL_MS,
    description: 'Milliseconds for the whole call, 100-300000. Null: 30000.',
  })
  timeoutMs?: number | null;
}

@ObjectType('HttpResponse', {
  description: 'What the data source answered. Secrets that were used and come back in it are shown as ********.',
})
export class HttpResponseType {
  @Field(() => Int, { description: '100-599; redirects are not followed.' })
  readonly status!: number;

  @Field(() => [HeaderType], { description: 'In the order in which they came; none of them is marked secret.' })
  readonly headers!: readonly HeaderType[];

  @Field(() => String, {
    nullable: true,
    description:
      'At most 1 MiB of it: text, or Base64; never decompressed. Null where HTTP has none: HEAD, 204 and 304.',
  })
  readonly body!: string | null;

  @Field(() => Boolean, { description: 'True when the body is Base64, for it is not text.' })
  readonly bodyIsBase64!: boolean;

  @Field(() => Boolean, { description: 'True when there was more than 1 MiB.' })
  readonly bodyTruncated!: boolean;
}

@ObjectType({ description: 'What came of a call. Calls are logged, and not recorded.' })
export class CallDataSourcePayload {
  constructor(private readonly called: Called) {}

  @Field(() => HttpResponseType, {
    nullable: true,
    description: 'Null when no request was sent, or no response came back.',
  })
  get response(): HttpResponseType | null {
    return this.called.result?.ok ? this.called.result.response : null;
  }

  @Field(() => DataSourceRoutingEnum, {
    nullable: true,
    description: 'Which way it went, or would have gone; null when there is no such data source.',
  })
  get routing(): DataSourceRouting | null {
    return this.called.routing ?? null;
  }

  @Field(() => String, {
    nullable: true,
    description: 'The same masked command as curlPreview; null when it is not known what would be sent.',
  })
  get curl(): string | null {
    return this.called.curl?.() ?? null;
  }

  @Field(() => TrafficFailure, {
    nullable: true,
    description: 'The request was sent and failed on its way; null otherwise.',
  })
  get failure(): TrafficFailure | null {
    return this.called.result?.ok === false ? this.called.result.failure : null;
  }

  @Field(() => String, {
    nullable: true,
    description:
      'One sentence that tells an operator what happened and what to check; null when a response came back, or nothing was sent.',
  })
  get message(): string | null {
    return this.called.result?.ok === false ? this.called.result.message : null;
  }

  @Field(() => [ProbeStageType], {
    description:
      'How far a call came that failed, as a probe tells it: all stages in their order, and which of them failed. Of a kept connection, and of a direct call what concerns a proxy, they are SKIPPED. Empty when a response came back, or nothing was sent.',
  })
  get stages(): readonly ProbeStageType[] {
    return this.called.result?.ok === false ? stagesOf(this.called.result.stages) : [];
  }

  @Field(() => Float, {
    nullable: true,
    description:
      'Milliseconds from the first step to the end of the body, to the microsecond; null when nothing was sent.',
  })
  get durationMs(): number | null {
    return this.called.result ? this.called.result.durationUs / 1000 : null;
  }

  @Field(() => [UserErrorType], { description: 'Why nothing was sent; empty when it was.' })
  get userErrors(): readonly UserErrorType[] {
    return this.called.refusals.map((refusal) => new UserErrorType(refusal));
  }
}
