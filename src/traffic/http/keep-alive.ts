import { type AnswerHead, fieldValues, listedTokens } from './answer-head.ts';
import type { BodyFraming } from './body-framing.ts';

/**
 * Whether the connection may carry another exchange behind this answer. Not where a body may follow that must not: some
 * servers send one behind a 204 or 304 that tells its length.
 */
export function keepsConnection(head: AnswerHead, framing: BodyFraming): boolean {
  if (framing.kind === 'close') return false;
  const isBodiless = head.status === 204 || head.status === 304;
  const tellsBody =
    fieldValues(head, 'transfer-encoding').length > 0 ||
    fieldValues(head, 'content-length').some((value) => !/^0+$/.test(value));
  if (isBodiless && tellsBody) return false;
  const options = listedTokens(head, 'connection');
  const toProxy = listedTokens(head, 'proxy-connection');
  if (options.includes('close') || toProxy.includes('close')) return false;
  return head.minor > 0 || options.includes('keep-alive') || toProxy.includes('keep-alive');
}

/** How long the peer says that it keeps an idle connection, in milliseconds; undefined when it does not say. */
export function keptForMs(head: AnswerHead): number | undefined {
  const [, seconds] = /(?:^|[,;\s])timeout\s*=\s*"?(\d{1,6})/i.exec(fieldValues(head, 'keep-alive').join(',')) ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}
