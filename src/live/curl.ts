import type { OutgoingHeader } from '../traffic/call/outgoing-request.ts';
import { curlCommand, curlScript, type ShownCall } from '../traffic/curl/curl-preview.ts';
import { isSliceOver, nextSlice } from '../words/slices.ts';
import type { PlannedRequest } from './plan.ts';

export interface Preview {
  readonly command: string;
  readonly script: string;
}

/**
 * What would be sent, as curl commands. No secret is opened for it: the command masks them, the script asks for them.
 * Between the two, which may be large, others have their turn. Throws the signal's reason.
 */
export async function previewOf(plan: PlannedRequest, timeoutMs: number, signal: AbortSignal): Promise<Preview> {
  const call = { ...shownCall(plan), timeoutMs };
  const command = curlCommand(call);
  if (isSliceOver()) await nextSlice(signal);
  return { command, script: curlScript(call) };
}

/** The masked command alone. */
export function commandOf(plan: PlannedRequest): string {
  return curlCommand(shownCall(plan));
}

function shownCall(plan: PlannedRequest): ShownCall {
  const { method, url, body, proxy } = plan;
  const own = plan.headers.map(
    (header): OutgoingHeader => ('value' in header ? header : { name: header.name, value: '', secret: true }),
  );
  const replaced = new Set(plan.requestHeaders.map(({ name }) => name.toLowerCase()));
  const headers = [...own.filter(({ name }) => !replaced.has(name.toLowerCase())), ...plan.requestHeaders];
  const request = { method, url, headers, ...(body !== undefined && { body }) };
  const route = proxy && {
    type: proxy.route.type,
    host: proxy.route.host,
    port: proxy.route.port,
    ...(proxy.route.user !== undefined && { user: proxy.route.user }),
  };
  return { request, ...(route && { proxy: route }) };
}
