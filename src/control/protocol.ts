import { z } from 'zod';

/**
 * What is said over the socket of a running server: one line of JSON each way, then the server closes the connection.
 *
 *     {"verb":"secrets rewrap","input":{"firstKeyId":"key-2"}}
 *     {"ok":true,"value":{"count":12,"firstKeyId":"key-2","retired":["key-1"]}}
 */
export const controlRequest = z.strictObject({
  verb: z.string(),
  /** Each verb reads its own. */
  input: z.unknown().optional(),
});
export type ControlRequest = z.infer<typeof controlRequest>;

/**
 * Why a verb was not carried out: `usage` that asks for what can't be had, `configuration` of this side or that one, `store`
 * that can't be used, or `failure` of any other kind. The message is one line, for whoever gave the command.
 */
const fault = z.enum(['usage', 'configuration', 'store', 'failure']);
export type ControlFault = z.infer<typeof fault>;

export const controlAnswer = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), value: z.unknown() }),
  z.strictObject({ ok: z.literal(false), fault, message: z.string() }),
]);
export type ControlAnswer = z.infer<typeof controlAnswer>;

/** Bytes of a request. */
export const MOST_REQUEST_BYTES = 64 * 1024;
/** Bytes of an answer. */
export const MOST_ANSWER_BYTES = 1024 * 1024;
