import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Credentials, Identity } from '../access/identity.ts';
import { IdentityCounts } from './identity-counts.ts';
import { type Guest, SocketWatch } from './socket-watch.ts';

/** Whom an upgrade let in, or the `Authorization` that it brought. */
export type Admitted = { readonly identity: Identity } | { readonly authorization: string | undefined };

/** How long, and how many, as far as that is no setting. */
export interface GuestBounds {
  /** Connections that may be open before it is known who is there; then the one that has been longest is cut off. Default 1,000. */
  readonly mostWaiting?: number;
  /** Milliseconds between two looks at who has to go. Default 1,500. */
  readonly lookEveryMs?: number;
  /** Milliseconds that who has to go gets to close their side. Default 2,000. */
  readonly goodbyeMs?: number;
}

export interface SocketGuestsOptions extends GuestBounds {
  /** Checks what clients bring, in the header or as `authorization` in the payload of `connection_init`. */
  readonly credentials?: Credentials | undefined;
  /** Of one identity, over all its connections to this server; left out: no limit. */
  readonly most?: { readonly sockets: number; readonly subscriptions: number } | undefined;
  readonly mayRead: (identity: Identity, project: string) => Promise<boolean>;
  readonly newRequestId: () => string;
  /** Told of what failed. */
  readonly failed: (error: unknown) => void;
}

/** Bytes that a client may send before it is known who is there: a credential is at most 16 KiB, as in a header of HTTP. */
const MOST_BEFORE = 64 * 1024;
/** graphql-transport-ws, "Forbidden". */
const FORBIDDEN = 4403;
/** RFC 6455 §7.4.1, as registered: clients of graphql-transport-ws connect anew. */
const TRY_AGAIN_LATER = 1013;
/** As HTTP's 429. graphql-transport-ws has it for one `connection_init` too many: its clients do not connect anew by themselves. */
const TOO_MANY = 4429;

/** Who is connected by WebSocket: who may come in, what each identity may hold, and who has to go. */
export class SocketGuests {
  private readonly admitted = new WeakMap<IncomingMessage, Admitted>();
  /** Of whom it is not known who they are, or who were refused and are still there; the one that came first is first. */
  private readonly waiting = new Set<WebSocket>();
  private readonly guests = new Map<WebSocket, { readonly guest: Guest; letGo(): void }>();
  private readonly sockets: IdentityCounts;
  private readonly subscriptions: IdentityCounts;
  private readonly timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: SocketGuestsOptions) {
    const { credentials, most, mayRead, failed, lookEveryMs = 1_500 } = options;
    this.sockets = new IdentityCounts(most?.sockets ?? Number.POSITIVE_INFINITY);
    this.subscriptions = new IdentityCounts(most?.subscriptions ?? Number.POSITIVE_INFINITY);
    if (!credentials) return;
    const watch = new SocketWatch({
      guests: () => [...this.guests.values()].map(({ guest }) => guest),
      holds: (identity) => credentials.holds(identity),
      ...{ mayRead, failed },
      now: () => Date.now(),
    });
    this.timer = setInterval(() => void watch.look(), lookEveryMs).unref();
  }

  /** Notes what an upgrade brought. */
  note(request: IncomingMessage, admitted: Admitted): void {
    this.admitted.set(request, admitted);
  }

  /** A connection of which it is not known who is there. */
  awaits(socket: WebSocket, connection: Duplex): void {
    const { credentials, mostWaiting = 1_000 } = this.options;
    this.waiting.add(socket);
    socket.once('close', () => this.waiting.delete(socket));
    if (credentials) this.boundBytes(socket, connection);
    const [longest] = this.waiting;
    if (this.waiting.size <= mostWaiting || !longest) return;
    this.waiting.delete(longest);
    longest.terminate();
  }

  /**
   * Who a connection stands for, by its payload before its header; undefined when it may not come in, which its client has
   * been told if it is one too many.
   */
  async welcome(
    socket: WebSocket,
    request: IncomingMessage,
    authorization: unknown,
    followed: () => Iterable<string>,
  ): Promise<Identity | undefined> {
    const identity = await this.identify(socket, request, authorization);
    // It may have gone meanwhile.
    if (!identity || socket.readyState !== socket.OPEN) return undefined;
    const letGo = this.sockets.take(identity.actor.id);
    if (!letGo) {
      this.dismiss(socket, TOO_MANY, `TOO_MANY_REQUESTS: an identity has at most ${this.sockets.most} connections`);
      return undefined;
    }
    this.waiting.delete(socket);
    const end = (reason: string) => this.dismiss(socket, FORBIDDEN, reason);
    this.guests.set(socket, { guest: { identity, followed, end }, letGo });
    socket.once('close', () => this.leave(socket));
    return identity;
  }

  /** Counts a subscription of an identity; answers what lets go of it, or undefined when it is one too many. */
  takeSubscription({ actor }: Identity): (() => void) | undefined {
    return this.subscriptions.take(actor.id);
  }

  get mostSubscriptions(): number {
    return this.subscriptions.most;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private leave(socket: WebSocket): void {
    this.guests.get(socket)?.letGo();
    this.guests.delete(socket);
  }

  /** Refuses who sends too much before it is known who is there. What else they send is thrown away as it comes. */
  private boundBytes(socket: WebSocket, connection: Duplex): void {
    let bytes = 0;
    const count = (chunk: Buffer) => {
      if (!this.waiting.has(socket)) {
        connection.off('data', count);
        return;
      }
      bytes += chunk.length;
      if (bytes <= MOST_BEFORE) return;
      this.dismiss(socket, FORBIDDEN, 'Forbidden');
      // The listener of ws, which would keep a message until all of it is there, among them.
      connection.removeAllListeners('data').resume();
    };
    connection.on('data', count);
  }

  /** Closes a connection, and cuts it off if its client does not close it too. */
  private dismiss(socket: WebSocket, code: number, reason: string): void {
    if (socket.readyState !== socket.OPEN) return;
    socket.close(code, reason);
    const cutOff = setTimeout(() => socket.terminate(), this.options.goodbyeMs ?? 2_000);
    socket.once('close', () => clearTimeout(cutOff));
  }

  private async identify(
    socket: WebSocket,
    request: IncomingMessage,
    fromPayload: unknown,
  ): Promise<Identity | undefined> {
    const admitted = this.admitted.get(request);
    if (!admitted || 'identity' in admitted) return admitted?.identity;
    const authorization = typeof fromPayload === 'string' ? fromPayload : admitted.authorization;
    try {
      const admission = await this.options.credentials?.check(authorization, this.options.newRequestId());
      if (admission?.ok) return admission.identity;
      if (admission?.isBusy) this.dismiss(socket, TRY_AGAIN_LATER, 'too many credentials are being checked');
      else this.dismiss(socket, FORBIDDEN, 'Forbidden');
    } catch (error) {
      this.options.failed(error);
      this.dismiss(socket, TRY_AGAIN_LATER, 'the credential could not be checked');
    }
    return undefined;
  }
}
