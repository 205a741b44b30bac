import { WebSocket } from 'ws';
import type { Data, TestApp } from './app.ts';

export interface Message {
  readonly type: string;
  readonly id?: string;
  readonly payload?: Data;
}

/** A client of graphql-transport-ws that says what a test tells it to, and shows each message that comes. */
export class GraphqlSocket {
  /** All that came so far. */
  readonly messages: Message[] = [];
  /** The code and the reason. */
  readonly closed: Promise<readonly [number, string]>;
  private readonly socket: WebSocket;
  private readonly waiting = new Set<() => void>();

  constructor(
    app: TestApp,
    { protocol, headers = {} }: { protocol?: string | string[]; headers?: Record<string, string> } = {},
  ) {
    this.socket = new WebSocket(app.url.replace('http', 'ws'), protocol ?? [], { headers });
    this.closed = new Promise((resolve) => {
      this.socket.on('close', (code, reason) => resolve([code, reason.toString()]));
    });
    this.socket.on('message', (text) => {
      this.messages.push(JSON.parse(String(text)) as Message);
      for (const look of this.waiting) look();
    });
  }

  /** One that has shaken hands. @param payload of `connection_init` */
  static async open(app: TestApp, headers: Record<string, string> = {}, payload?: object): Promise<GraphqlSocket> {
    const socket = new GraphqlSocket(app, { protocol: 'graphql-transport-ws', headers });
    await socket.opened();
    socket.send({ type: 'connection_init', ...(payload && { payload }) });
    await socket.next(({ type }) => type === 'connection_ack');
    return socket;
  }

  opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.socket.once('open', resolve).once('error', reject);
    });
  }

  send(message: Message | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  subscribe(id: string, query: string, variables?: object): void {
    this.send({ id, type: 'subscribe', payload: { query, ...(variables && { variables }) } });
  }

  /** The first message that fits, of those that came and those to come. */
  next(fits: (message: Message) => boolean): Promise<Message> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.messages.find(fits);
        if (!found) return;
        this.waiting.delete(look);
        resolve(found);
      };
      this.waiting.add(look);
      look();
    });
  }

  /** What an operation answers: the errors by which it was refused, or its one result; waits until it is complete. */
  async ask(id: string, query: string, variables?: object): Promise<Data> {
    this.subscribe(id, query, variables);
    const last = await this.next((message) => message.id === id && message.type !== 'next');
    if (last.type === 'error') return { errors: last.payload };
    return this.messages.find((message) => message.id === id && message.type === 'next')?.payload;
  }

  close(): void {
    this.socket.close();
  }
}
