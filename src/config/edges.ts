import { isIP } from 'node:net';
import { isLoopbackHost } from '../traffic/network/loopback.ts';
import { list, read } from './readers.ts';

/** An address to listen on, or a name of one. */
export function host() {
  return read((text) => {
    const isName = /^(?!-)[a-z0-9_.-]{1,253}$/i.test(text);
    if (isIP(text) !== 0 || isName) return { value: text };
    return { faults: [`is ${JSON.stringify(text)}, but must be an address (IPv6 without brackets) or a name`] };
  });
}

/** Where browsers reach the server; it may be below a path there. */
export function publicUrl() {
  return read((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url || !isHttp(url)) return { faults: ['must be an http or https URL, such as https://ledger.example.com'] };
    if (url.username !== '' || url.password !== '') return { faults: ['must hold no user name and no password'] };
    if (/[?#]/.test(text)) return { faults: [`is ${JSON.stringify(text)}, but must have no query and no fragment`] };
    return { value: url };
  });
}

/** Origins of pages, each as browsers spell it. */
export function origins() {
  return list((text) => {
    if (text.includes('*')) return { faults: [`has ${JSON.stringify(text)}, but there are no wildcards`] };
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isOrigin = url && isHttp(url) && url.href === `${url.origin}/` && !/[?#]$/.test(text);
    if (isOrigin) return { value: url.origin };
    // It may hold a password.
    const told = url && (url.username !== '' || url.password !== '') ? 'a user name or password' : JSON.stringify(text);
    return { faults: [`has ${told}, but takes origins alone, such as https://app.example.com`] };
  });
}

/** Whether only browsers of this machine reach that URL, so that nobody else reads what goes there unencrypted. */
export function isLoopbackUrl({ hostname }: URL): boolean {
  return isLoopbackHost(hostname.replace(/^\[|\]$/g, ''));
}

function isHttp({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:';
}
