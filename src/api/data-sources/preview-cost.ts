import type { ComplexityEstimatorArgs } from 'graphql-query-complexity';
import { LIMITS } from '../../words/fields.ts';
import { LARGEST_ANSWER } from '../toolkit/answer-size.ts';
import { HIGHEST_COST } from '../toolkit/query-cost.ts';
import type { RequestInput } from './call-types.ts';

/** Of an answer's bytes those that a cost of 1 stands for. */
const BYTES_OF_COST = LARGEST_ANSWER / HIGHEST_COST;
/** A preview is made as a command and as a script. */
const TEXTS = 2;

/** What a preview costs: its fields, and the texts that it may hold, once the values of parameters are put in. */
export function previewCost({ args, childComplexity }: ComplexityEstimatorArgs): number {
  const request: RequestInput | null | undefined = args.request;
  const headers = request?.headers ?? [];
  const bytes =
    mostBytes(request?.body, LIMITS.requestBodyBytes) +
    mostBytes(request?.path, LIMITS.urlBytes) +
    headers.reduce((sum, { value }) => sum + mostBytes(value, LIMITS.headerValueBytes), 0);
  return 1 + childComplexity + Math.floor((TEXTS * bytes) / BYTES_OF_COST);
}

function mostBytes(text: string | null | undefined, limit: number): number {
  if (text === null || text === undefined) return 0;
  return text.includes('${') ? limit : Buffer.byteLength(text);
}
