import { isIP, isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';
import { codePoints, hasControl, isWellFormed } from '../../words/text.ts';
import { parseTemplate, withStandIns } from '../templates.ts';

export type ParsedHost = { readonly ok: true; readonly host: string } | { readonly ok: false; readonly fault: string };
export type ParsedPort = { readonly ok: true; readonly port: number } | { readonly ok: false; readonly fault: string };
export type ParsedTargetUrl = { readonly ok: true; readonly url: URL } | { readonly ok: false; readonly fault: string };

/** Of a host name: code points as typed, and octets as sent (RFC 1035 §2.3.4). */
const HOST_LIMIT = 253;
const LABEL_LIMIT = 63;
const TOO_LONG = `a host has at most ${HOST_LIMIT} characters`;
const URL_BYTES_LIMIT = 8192;

/**
 * A proxy's host without templates: a name (an international one as typed), an IPv4 or an IPv6 address, the latter with
 * or without brackets. Answers it as typed, trimmed; what is dialled is `dialHost`'s answer. A fault quotes nothing.
 */
export function parseHost(text: string): ParsedHost {
  const host = text.trim();
  const fault = formFault(host) ?? (isIPv6(unbracketed(host)) ? ipv6Fault(host) : nameFault(host));
  return fault === undefined ? { ok: true, host } : { ok: false, fault };
}

/** What is really connected to for a host that `parseHost` accepts: a lower-case name in punycode, or a bare address. */
export function dialHost(host: string): string {
  const bare = unbracketed(host);
  return isIP(bare) ? bare.toLowerCase() : sentName(bare);
}

function sentName(name: string): string {
  return PLAIN_NAME.test(name) ? name : domainToASCII(name).toLowerCase();
}

/** A name that is in its final form: no label of it is punycode, and the last one makes no address of it. */
const PLAIN_NAME = /^(?!.*--)(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z](?:[a-z0-9-]*[a-z0-9])?$/;

/** `dialHost`'s answer as it is written in a URL or before a port: IPv6 in brackets. */
export function hostInUrl(host: string): string {
  const dialled = dialHost(host);
  return dialled.includes(':') ? `[${dialled}]` : dialled;
}

/** What can't become right, whatever the parameters are: the first fault outside the `${key}` parts of a host. */
export function hostFaultInTemplate(text: string): string | undefined {
  const host = text.trim();
  const parsed = parseTemplate(host);
  if (!parsed.ok) return parsed.fault;
  if (codePoints(host) > HOST_LIMIT) return TOO_LONG;
  return formFault(withStandIns(host, () => 'x'));
}

/** 1 to 65535 in plain decimal digits, white space around it aside. */
export function parsePort(text: string): ParsedPort {
  const digits = text.trim();
  const port = /^[1-9][0-9]{0,4}$/.test(digits) ? Number(digits) : 0;
  if (port < 1 || port > 65535) return { ok: false, fault: 'a port is a whole number from 1 to 65535, such as 8080' };
  return { ok: true, port };
}

/** What a probe may be told to reach: http or https, without user information and fragment, at most 8 KiB. */
export function parseTargetUrl(text: string): ParsedTargetUrl {
  const typed = text.trim();
  const fault = targetFormFault(typed);
  if (fault !== undefined) return { ok: false, fault };
  const url = parsedUrl(typed);
  if (!url) return { ok: false, fault: 'this is not a URL; write one such as https://example.com/' };
  if (Buffer.byteLength(url.href) > URL_BYTES_LIMIT)
    return { ok: false, fault: 'a URL has at most 8192 bytes as sent' };
  const host = parseHost(url.hostname);
  if (!host.ok) return { ok: false, fault: `the URL's host is not valid: ${host.fault}` };
  if (url.port === '0') return { ok: false, fault: "the URL's port is a whole number from 1 to 65535" };
  return { ok: true, url };
}

/** Not URL.canParse: on Node 20 it denies URLs with Latin-1 letters once it was called some thousand times. */
export function parsedUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}

function targetFormFault(typed: string): string | undefined {
  if (typed === '') return 'write a URL such as https://example.com/';
  if (!isWellFormed(typed)) return 'the text is not well-formed Unicode';
  if (Buffer.byteLength(typed) > URL_BYTES_LIMIT) return 'a URL has at most 8192 bytes';
  // The URL parser drops tabs and line ends and turns backslashes round: what is checked must be what is sent.
  if (hasControl(typed) || /[\s\\]/.test(typed)) {
    return 'a URL holds no white space, control characters or backslashes; percent-encode them';
  }
  const authority = /^https?:\/\/([^/?#]+)/i.exec(typed)?.[1];
  if (authority === undefined) return 'the URL must begin with http:// or https:// and name a host';
  if (authority.includes('@')) return 'the URL must not hold user information';
  if (typed.includes('#')) return 'the URL must not have a fragment (#…)';
  return undefined;
}

const HOST_ONLY = 'write only the host: proxy.corp.example.com';

/** Faults that hold for typed hosts and for templates with stand-ins alike. */
function formFault(host: string): string | undefined {
  if (host === '') return HOST_ONLY;
  if (codePoints(host) > HOST_LIMIT) return TOO_LONG;
  if (!isWellFormed(host)) return 'the text is not well-formed Unicode';
  if (/^socks[0-9a-z]*:/i.test(host)) {
    return `SOCKS proxies are not supported, only HTTP and HTTPS proxies are; for one of these ${HOST_ONLY}`;
  }
  if (/\/.*(\.pac|wpad\.dat)([?#]|$)/i.test(host) || /^pac\+/i.test(host)) {
    return `PAC URLs are not supported, only HTTP and HTTPS proxies are; for one of these ${HOST_ONLY}`;
  }
  if (/^(proxy|https?|socks[45]?)\s+\S+:[0-9]/i.test(host)) {
    return `PAC results are not supported, only HTTP and HTTPS proxies are; for one of these ${HOST_ONLY}`;
  }
  if (hasControl(host)) return `a host holds no control characters; ${HOST_ONLY}`;
  if (/\s/.test(host)) return `a host holds no white space; ${HOST_ONLY}`;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(host)) return `the scheme is the proxy's type; ${HOST_ONLY}`;
  if (host.includes('@')) return `user and password have fields of their own; ${HOST_ONLY}`;
  if (/[/\\?#]/.test(host)) return `a host has no path, query or fragment; ${HOST_ONLY}`;
  if (/\]:|^[^:[\]]*:[^:]*$/.test(host)) return `the port has a field of its own; ${HOST_ONLY}`;
  // Percent signs would be decoded on the way to punycode, and zone ids (fe80::1%eth0) mean nothing to a certificate.
  if (host.includes('%')) return `a host holds no percent-encoding and no zone id; ${HOST_ONLY}`;
  if (/[!"$&'()*+,;<=>^`{|}~]/.test(host)) return `a host is made of letters, digits, '-', '_' and '.'; ${HOST_ONLY}`;
  return undefined;
}

function ipv6Fault(host: string): string | undefined {
  return host.startsWith('[') === host.endsWith(']') ? undefined : 'the brackets around the IPv6 address do not match';
}

function nameFault(host: string): string | undefined {
  if (isIPv4(host)) return undefined;
  if (/[:[\]]/.test(host)) return 'this is not an IPv6 address; write one such as 2001:db8::1 or [2001:db8::1]';
  // Mapping may turn full-width or circled digits into an address, and resolvers read 0x7f.1 and 127.1 as one:
  // only the plain form may mean an address, so that what is shown is what is judged. (WHATWG URL, "ends in a number".)
  const sent = sentName(host);
  if (isIP(sent) || /(^|\.)([0-9]+|0x[0-9a-f]*)\.?$/i.test(host)) {
    return 'this is neither a host name nor an IPv4 address of four plain decimal numbers, such as 10.1.2.3';
  }
  const labels = sent.replace(/\.$/, '').split('.');
  if (sent === '' || !labels.every((label) => /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/.test(label))) {
    return "this is not a valid host name: between its dots stand letters, digits, '-' and '_', and no '-' first or last";
  }
  if (labels.some((label) => label.length > LABEL_LIMIT) || labels.join('.').length > HOST_LIMIT) {
    return `a host name has at most ${HOST_LIMIT} characters as sent, ${LABEL_LIMIT} between two dots`;
  }
  return undefined;
}

function unbracketed(host: string): string {
  return host.replace(/^\[/, '').replace(/\]$/, '');
}
