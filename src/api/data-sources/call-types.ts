import { Field, Float, ID, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { DEFAULT_CALL_MS } from '../../live/data-source-caller.ts';
import type { DataSourceRouting } from '../../project/routing.ts';
import type { HttpMethod } from '../../traffic/call/outgoing-request.ts';
import { TrafficFailure } from '../../traffic/failures.ts';
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
registerEnumType(HttpMethodEnum, { name: 'HttpMethod' });

@InputType({ description: "A call below a data source's base URL. Every String may contain ${param}." })
export class RequestInput {
  @Field(() => HttpMethodEnum, { nullable: true, defaultValue: HttpMethodEnum.GET })
  method?: HttpMethod | null;

  @Field(() => String, {
    nullable: true,
    defaultValue: '',
    description: 'Joined to the base URL; may carry a query string.',
  })
  path?: string | null;

  @Field(() => [HeaderInput], { nullable: true, defaultValue: Object.freeze([]) })
  headers?: readonly HeaderInput[] | null;

  @Field(() => String, { nullable: true })
  body?: string | null;
}

@InputType()
export class CallDataSourceInput {
  @Field(() => ID)
  dataSourceId!: string;

  @Field(() => String, { nullable: true })
  environment?: string | null;

  @Field(() => RequestInput)
  request!: RequestInput;

  @Field(() => Int, {
    nullable: true,
    defaultValue: DEFAULT_CALL_MS,
    description: '100-300000; for the whole call.',
  })
  timeoutMs?: number | null;
}

@ObjectType('HttpResponse')
export class HttpResponseType {
  @Field(() => Int)
  readonly status!: number;

  @Field(() => [HeaderType])
  readonly headers!: readonly HeaderType[];

  @Field(() => String, { nullable: true, description: 'Text, at most 1 MiB of it.' })
  readonly body!: string | null;

  @Field(() => Boolean, { description: 'True when the body is base64, for it is not text.' })
  readonly bodyIsBase64!: boolean;

  @Field(() => Boolean)
  readonly bodyTruncated!: boolean;
}

@ObjectType()
export class CallDataSourcePayload {
  @Field(() => HttpResponseType, {
    nullable: true,
    description: 'Null when no request was sent, or no response came back.',
  })
  readonly response!: HttpResponseType | null;

  @Field(() => DataSourceRoutingEnum, { nullable: true })
  readonly routing!: DataSourceRouting | null;

  @Field(() => String, { nullable: true, description: 'The same masked command as curlPreview.' })
  readonly curl!: string | null;

  @Field(() => TrafficFailure, {
    nullable: true,
    description: 'The request was sent and failed on its way; null otherwise.',
  })
  readonly failure!: TrafficFailure | null;

  @Field(() => String, { nullable: true })
  readonly message!: string | null;

  @Field(() => Float, { nullable: true })
  readonly durationMs!: number | null;

  @Field(() => [UserErrorType])
  readonly userErrors!: readonly UserErrorType[];
}
