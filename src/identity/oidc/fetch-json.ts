import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { addressFault } from './issuer-address.ts';

/** Why there is nothing from an address, in words for the log. */
export class FetchFault extends Error {
  override readonly name = 'FetchFault';
}

/** Bytes of an answer: key sets with certificate chains have some 10 KiB. */
const MOST_BYTES = 512 * 1024;

/**
 * Fetches a JSON document, over a connection of its own. Only 200 counts: redirects are not followed, as they would lead to
 * where nobody said that the issuer is.
 *
 * @param signal ends it
 * @throws {FetchFault}
 */
export async function fetchJson(address: string, signal: AbortSignal): Promise<unknown> {
  const fault = addressFault(address);
  if (fault !== undefined) throw new FetchFault(`its address ${fault}`);
  const bytes = await get(address, signal);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new FetchFault('the answer is not JSON');
  }
}

async function get(address: string, signal: AbortSignal): Promise<Uint8Array> {
  const url = new URL(address);
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  // Else a compressed answer might come, whose size says nothing.
  const headers = { accept: 'application/json', 'accept-encoding': 'identity' };
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request(url, { agent: false, headers, signal }, resolve).on('error', reject).end();
    });
    return await readAll(answer);
  } catch (error) {
    if (error instanceof FetchFault) throw error;
    if (signal.aborted) throw new FetchFault('the answer did not come in time');
    throw new FetchFault(`it could not be fetched: ${errorWords(error)}`, { cause: error });
  }
}

async function readAll(answer: IncomingMessage): Promise<Uint8Array> {
  const { statusCode } = answer;
  if (statusCode !== 200) {
    answer.destroy();
    const isRedirect = statusCode !== undefined && statusCode >= 300 && statusCode < 400;
    throw new FetchFault(`the answer is ${statusCode}${isRedirect ? ', and redirects are not followed' : ''}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Breaking off ends the connection.
  for await (const chunk of answer as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) throw new FetchFault(`the answer has more than ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** An error of several addresses has its words in each. */
function errorWords(error: unknown): string {
  const [first] = error instanceof AggregateError ? error.errors : [error];
  return first instanceof Error ? first.message : String(first);
}
