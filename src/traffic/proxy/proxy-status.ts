import type { TrafficFailure } from '../failures.ts';
import { type AnswerHead, fieldValues } from '../http/answer-head.ts';
import type { Mark } from './mark.ts';

/** The mark that RFC 9209 gives to proxies of any make: `Proxy-Status` with an error. */
export function proxyStatusMark(head: AnswerHead): Mark | undefined {
  const text = fieldValues(head, 'proxy-status').join(', ');
  const [, error] = /;\s*error=([a-z_]+)/.exec(text.replace(/"(?:[^"\\]|\\.)*"?/g, '""')) ?? [];
  if (error === undefined) return undefined;
  const known = ERRORS.has(error);
  return { name: known ? `Proxy-Status: error=${error}` : 'Proxy-Status: error', failure: TOLD_BY_ERROR[error], text };
}

/** As far as an error tells more than the status does. */
const TOLD_BY_ERROR: Readonly<Record<string, TrafficFailure>> = {
  dns_error: 'TARGET_NAME_NOT_FOUND',
  dns_timeout: 'TARGET_NAME_NOT_FOUND',
  destination_ip_prohibited: 'PROXY_DENIED',
  http_request_denied: 'PROXY_DENIED',
  connection_refused: 'TARGET_REFUSED',
  connection_timeout: 'TARGET_CONNECT_TIMED_OUT',
  connection_terminated: 'TARGET_CLOSED',
  connection_read_timeout: 'TARGET_NO_ANSWER',
  http_response_timeout: 'TARGET_NO_ANSWER',
  http_response_incomplete: 'TARGET_CLOSED',
  http_protocol_error: 'TARGET_BAD_RESPONSE',
};

/** RFC 9209 §2.3. */
const ERRORS: ReadonlySet<string> = new Set(
  'dns_timeout dns_error destination_not_found destination_unavailable destination_ip_prohibited destination_ip_unroutable connection_refused connection_terminated connection_timeout connection_read_timeout connection_write_timeout connection_limit_reached tls_protocol_error tls_certificate_error tls_alert_received http_request_error http_request_denied http_response_incomplete http_response_header_section_size http_response_header_size http_response_body_size http_response_trailer_section_size http_response_trailer_size http_response_transfer_coding http_response_content_coding http_response_timeout http_upgrade_failed http_protocol_error proxy_internal_response proxy_internal_error proxy_configuration_error proxy_loop_detected'.split(
    ' ',
  ),
);
