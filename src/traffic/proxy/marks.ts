import type { TrafficFailure } from '../failures.ts';
import { type AnswerHead, fieldValues } from '../http/answer-head.ts';
import type { Asked, Mark } from './mark.ts';
import { proxyStatusMark } from './proxy-status.ts';
import { squidMark } from './squid-errors.ts';

/** A product's mark, and the version that it was seen with. */
interface KnownMark {
  readonly seenWith: string;
  readonly find: (head: AnswerHead, asked: Asked) => Mark | undefined;
}

/**
 * The mark of a status of 400 or more; below that a mark says nothing of who answers, as some proxies put theirs on what
 * they hand on.
 */
export function markOf(head: AnswerHead, asked: Asked): Mark | undefined {
  return head.status < 400 ? undefined : find(head, asked);
}

/** What a mark is called, whatever the status; undefined when there is none. */
export function nameOfMark(head: AnswerHead, asked: Asked): string | undefined {
  return find(head, asked)?.name;
}

/** Whether a proxy that asks for credentials without a challenge denies by a rule. */
export function deniesByRule(head: AnswerHead): boolean {
  return markOf(head, { isConnect: false, byAddress: false })?.failure === 'PROXY_DENIED';
}

/** In the order in which they are looked for. */
export const MARKS: readonly KnownMark[] = [
  { seenWith: 'RFC 9209', find: proxyStatusMark },
  { seenWith: 'squid 5.7', find: squidMark },
  {
    seenWith: 'smokescreen 0.1.0',
    find: (head) => {
      const mark = byField(head, 'X-Smokescreen-Error');
      return mark && (head.status === 407 ? { ...mark, failure: 'PROXY_DENIED' } : mark);
    },
  },
  {
    seenWith: 'anyproxy 4.1.3',
    find: (head) => {
      const mark = byField(head, 'Proxy-Error');
      const [text] = fieldValues(head, 'proxy-error-message');
      return mark && { ...mark, text, failure: toldByText(text) };
    },
  },
  {
    seenWith: 'martian 3.3.3',
    find: (head) => {
      const text = fieldValues(head, 'warning').find((value) => /^199 "?martian\b/.test(value));
      return text === undefined ? undefined : { name: 'Warning: 199 "martian"', text, failure: toldByText(text) };
    },
  },
  { seenWith: 'proxy.py 2.4.10', find: (head) => byField(head, 'Proxy-agent') },
  { seenWith: 'tor 0.4.9.11', find: (head) => byField(head, 'Tor-Request-Failed') },
  { seenWith: 'mitmproxy 12.3.1', find: byServer('mitmproxy') },
  { seenWith: 'e2guardian 5.3.5', find: byServer('e2guardian') },
  {
    // It puts its name on nothing that it forwards, but Via.
    seenWith: 'tinyproxy 1.11.1',
    find: (head) => (fieldValues(head, 'via').length === 0 ? byServer('tinyproxy')(head) : undefined),
  },
  {
    seenWith: 'ziproxy 3.3.2',
    find: (head, { isConnect }) => {
      const mark = byServer('ziproxy')(head);
      if (head.status !== 404) return mark;
      // Forwarded, it may as well be the target's page that is not there.
      return isConnect && mark ? { ...mark, failure: 'TARGET_NAME_NOT_FOUND' } : undefined;
    },
  },
  {
    seenWith: 'apt-cacher-ng 3.7.4',
    find: (head, { isConnect }) => {
      const [, told] = /^CONNECT (error|denied)\b/.exec(head.reason) ?? [];
      const isOwn = isConnect ? told !== undefined : head.status === 403 || head.status >= 500;
      const mark = isOwn
        ? (byServer('Debian Apt-Cacher NG')(head) ?? (told && { name: `CONNECT ${told}` }))
        : undefined;
      return mark
        ? { ...mark, failure: /\bHost not found$/.test(head.reason) ? 'TARGET_NAME_NOT_FOUND' : undefined }
        : undefined;
    },
  },
  {
    seenWith: 'proxy-chain 3.0.1',
    find: (head) => {
      if (head.status < 590 || head.status > 599) return byServer('ProxyChain')(head);
      const advice =
        head.status === 597
          ? 'the proxy, or one behind it, is asked for a login that it does not have; check its own upstream'
          : "the proxy, or one behind it, does not get further; check the target's name and port, and its own upstream";
      return { name: 'a status of proxy-chain', failure: 'TARGET_UNREACHABLE', advice };
    },
  },
  {
    seenWith: 'privoxy 3.0.34',
    find: byReason({
      'No such domain': 'TARGET_NAME_NOT_FOUND',
      'Connect failed': 'TARGET_UNREACHABLE',
      'No data received from server or forwarder': 'TARGET_CLOSED',
      'Request blocked by Privoxy': 'PROXY_DENIED',
    }),
  },
  {
    // Its name stands on all that it forwards as well.
    seenWith: 'trafficserver 9.2.5',
    find: (head) =>
      byServer('ATS')(head) &&
      byReason({
        'Cannot find server.': 'TARGET_NAME_NOT_FOUND',
        'Connection refused': 'TARGET_UNREACHABLE',
        'Malformed Server Response Status': 'TARGET_BAD_RESPONSE',
        'Tunnel Forbidden': 'PROXY_DENIED',
      })(head),
  },
  {
    seenWith: 'cntlm 0.92.3',
    find: (head) => {
      const mark = byReason({ 'Parent proxy unreacheable': 'TARGET_UNREACHABLE' })(head);
      return (
        mark && {
          ...mark,
          advice: 'the proxy that it is to use itself is away; check its own upstream, not the target',
        }
      );
    },
  },
  {
    // Of what it forwards its word tells nothing.
    seenWith: 'ffproxy 1.6',
    find: (head, { isConnect }) =>
      isConnect && head.status === 400 ? byReason({ ERROR: 'PROXY_DENIED' })(head) : undefined,
  },
];

function byField(head: AnswerHead, name: string): Mark | undefined {
  const [text] = fieldValues(head, name.toLowerCase());
  return text === undefined ? undefined : { name, text, failure: toldByText(text) };
}

function byServer(product: string): (head: AnswerHead) => Mark | undefined {
  return (head) => {
    const isIts = fieldValues(head, 'server').some((server) => {
      const told = server.toLowerCase();
      return told.startsWith(product.toLowerCase()) && !/[a-z0-9]/.test(told.charAt(product.length));
    });
    return isIts ? { name: `Server: ${product}` } : undefined;
  };
}

function byReason(reasons: Readonly<Record<string, TrafficFailure>>): (head: AnswerHead) => Mark | undefined {
  return ({ reason }) => (Object.hasOwn(reasons, reason) ? { name: reason, failure: reasons[reason] } : undefined);
}

function find(head: AnswerHead, asked: Asked): Mark | undefined {
  for (const known of MARKS) {
    const mark = known.find(head, asked);
    if (mark) return mark;
  }
  return undefined;
}

/** In the words of Go's and Node's resolvers. */
function toldByText(text: string | undefined): TrafficFailure | undefined {
  return text !== undefined && /\bno such host\b|\bENOTFOUND\b/.test(text) ? 'TARGET_NAME_NOT_FOUND' : undefined;
}
