import type { OutgoingRequest } from './outgoing-request.ts';

interface Call {
  request: OutgoingRequest;
  timeoutMs: number;
  proxy?: { type: string; host: string; port: number; user?: string };
}
export function curlCommand(_call: Call): string {
  throw new Error('being written');
}
export function curlScript(_call: Call): string {
  throw new Error('being written');
}
