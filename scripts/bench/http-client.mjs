// A client as light as can be, so that the load takes little of what it measures: one request at a time on a kept connection.
import { once } from 'node:events';
import { connect } from 'node:net';

/** Texts of one byte a character. */
export function post(url, headers, body) {
  if (/[^\x20-\x7e]/.test(body)) throw new Error(`not in plain ASCII: ${body}`);
  const { host, pathname } = new URL(url);
  const fields = { host, 'content-type': 'application/json', 'content-length': body.length, ...headers };
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${pathname} HTTP/1.1\r\n${head.join('')}\r\n${body}`;
}

export class Connection {
  #socket;
  #answered;
  #failed;
  #pieces = [];
  #missing = 0;

  constructor(socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.#take(bytes));
    socket.on('error', (error) => this.#failed?.(error));
    socket.on('close', () => this.#failed?.(new Error('the server closed the connection')));
  }

  static async open(url) {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new Connection(socket);
  }

  /** `answered` gets the whole answer, head and body, as bytes. Nothing is asked before that. */
  ask(request, answered, failed) {
    this.#answered = answered;
    this.#failed = failed;
    this.#socket.write(request, 'latin1');
  }

  close() {
    this.#failed = undefined;
    this.#socket.destroy();
  }

  #take(bytes) {
    this.#pieces.push(bytes);
    if (this.#missing > 0) this.#missing -= bytes.length;
    else this.#missing = this.#readHead();
    if (this.#missing !== 0) return;
    const answer = this.#pieces.length === 1 ? bytes : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#answered(answer);
  }

  /** How much is missing, as the head says; NaN while that has not come whole. */
  #readHead() {
    const bytes = this.#pieces.length === 1 ? this.#pieces[0] : Buffer.concat(this.#pieces);
    this.#pieces = [bytes];
    const end = bytes.indexOf('\r\n\r\n');
    if (end < 0) return Number.NaN;
    const [, length] = /\r\ncontent-length: *(\d+)/i.exec(bytes.latin1Slice(0, end + 2)) ?? [];
    if (length === undefined) throw new Error(`an answer without its length: ${bytes.latin1Slice(0, end)}`);
    return end + 4 + Number(length) - bytes.length;
  }
}
