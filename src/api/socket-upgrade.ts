import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { Server as TlsServer } from 'node:tls';
import { WebSocket } from 'ws';

/** Why an upgrade is refused, in the words and with the status of HTTP. */
export interface UpgradeRefusal {
  readonly statusCode: number;
  readonly code: string;
  readonly message: string;
}

/** https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md */
const SPOKEN = 'graphql-transport-ws';
/** Of subscriptions-transport-ws. It is accepted only to tell in words that it is not spoken. */
const OUTDATED = 'graphql-ws';

const OTHER_PROTOCOL = `the subprotocol of this server is ${SPOKEN} (library graphql-ws), not that of subscriptions-transport-ws`;
/** graphql-transport-ws: the subprotocol is not acceptable. */
const NOT_ACCEPTABLE = 4406;

/** RFC 6455 §7.4.1: what a connection is closed for by `ws` itself, which gives no reason. */
const REASONS: Readonly<Record<number, string>> = {
  1002: 'that is not the WebSocket protocol (RFC 6455)',
  1007: 'a text message was not valid UTF-8',
  1009: 'the message is larger than 2 MiB, the limit of an HTTP request body',
};

/** Closes with a reason in words. */
export class TellingWebSocket extends WebSocket {
  override close(code?: number, reason: string | Buffer | undefined = code === undefined ? code : REASONS[code]): void {
    super.close(code, reason);
  }
}

/** Which of the subprotocols that a client offers is taken; false: none. */
export function chooseSubprotocol(offered: ReadonlySet<string>): string | false {
  return [SPOKEN, OUTDATED].find((protocol) => offered.has(protocol)) ?? false;
}

/** Turns a client away that does not speak the protocol of this server; answers whether it was. */
export function isTurnedAway(socket: WebSocket): boolean {
  if (socket.protocol === SPOKEN) return false;
  if (socket.protocol === OUTDATED) {
    socket.send(JSON.stringify({ type: 'connection_error', payload: { message: OTHER_PROTOCOL } }));
  }
  socket.close(NOT_ACCEPTABLE, OTHER_PROTOCOL);
  return true;
}

/** Milliseconds that a client which was refused gets to close its side. */
const GOODBYE_LIMIT = 1_000;

/**
 * Answers an upgrade with a refusal. What comes behind the request is read and thrown away: while anything of it is
 * unread the end of the connection is not seen, and to destroy it then may take the answer from the client.
 */
export function refuseUpgrade(socket: Duplex, { statusCode, code, message }: UpgradeRefusal): void {
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
  socket.end(
    `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode]}\r\nconnection: close\r\n` +
      `content-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  socket.resume();
  const cutOff = setTimeout(() => socket.destroy(), GOODBYE_LIMIT);
  socket.once('close', () => clearTimeout(cutOff));
}

/**
 * RFC 9110 §7.8: an offer to speak another protocol may be ignored. Clients make one of HTTP/2 with their first request,
 * and Node hands that over as it came: it is put back without the offer, to be read anew.
 */
export function answerWithoutUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const lines = [`${request.method} ${request.url} HTTP/${request.httpVersion}`];
  for (let at = 0; at + 1 < request.rawHeaders.length; at += 2) {
    const name = request.rawHeaders[at] ?? '';
    if (!/^(upgrade|connection|http2-settings)$/i.test(name)) lines.push(`${name}: ${request.rawHeaders[at + 1]}`);
  }
  socket.unshift(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), head]));
  // With TLS a connection comes when that is spoken already.
  server.emit(server instanceof TlsServer ? 'secureConnection' : 'connection', socket);
}
