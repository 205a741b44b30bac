import type { OutgoingHeader } from '../traffic/call/outgoing-request.ts';
import { curlCommand, curlScript } from '../traffic/curl/curl-preview.ts';
import type { PlannedRequest } from './planned-request.ts';

export interface Preview {
  readonly command: string;
  readonly script: string;
}

/** What would be sent, as curl commands. No secret is opened for it: the command masks them, the script asks for them. */
export function previewOf(plan: PlannedRequest, timeoutMs: number): Preview {
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
  const call = { request, timeoutMs, ...(route && { proxy: route }) };
  return { command: curlCommand(call), script: curlScript(call) };
}
