import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import type { Credentials, Identity } from '../access/identity.ts';
import { IdentityCounts } from './identity-counts.ts';
import { type Guest, SocketWatch } from './socket-watch.ts';

/** Whom an upgrade let in, or the `Authorization` that it brought. */
export type Admitted = { readonly identity: Identity } | { readonly authorization: string | undefined };

export interface SocketGuestsOptions {
  /** Checks what clients bring, in the header or as `authorization` in the payload of `connection_init`. */
  readonly credentials?: Credentials | undefined;
  /** Of one identity, over all its connections to this server; left out: no limit. */
  readonly most?: { readonly sockets: number; readonly subscriptions: number } | undefined;
  readonly mayRead: (identity: Identity, project: string) => Promise<boolean>;
  readonly newRequestId: () => string;
  /** Told of what failed. */
  readonly failed: (error: unknown) => void;
}

/** Connections that may be open before they said who they are; then the one that has been longest is cut off. */
const MOST_WAITING = 1_000;
/** How often it is looked who has to go. */
const LOOK_EVERY_MS = 1_500;
/** graphql-transport-ws, "Forbidden". */
const FORBIDDEN = 4403;
/** RFC 6455 §7.4.1, as registered: clients of graphql-transport-ws connect anew. */
const TRY_AGAIN_LATER = 1013;
/** As HTTP's 429; clients of graphql-transport-ws do not connect anew by themselves. */
const TOO_MANY = 4429;

/** Who is connected by WebSocket: who may come in, what each identity may hold, and who has to go. */
export class SocketGuests {
  private readonly admitted = new WeakMap<IncomingMessage, Admitted>();
  private readonly waiting = new Set<WebSocket>();
  private readonly guests = new Map<WebSocket, { readonly guest: Guest; letGo(): void }>();
  private readonly sockets: IdentityCounts;
  private readonly subscriptions: IdentityCounts;
  private readonly timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: SocketGuestsOptions) {
    const { credentials, most, mayRead, failed } = options;
    this.sockets = new IdentityCounts(most?.sockets ?? Number.POSITIVE_INFINITY);
    this.subscriptions = new IdentityCounts(most?.subscriptions ?? Number.POSITIVE_INFINITY);
    if (!credentials) return;
    const watch = new SocketWatch({
      guests: () => [...this.guests.values()].map(({ guest }) => guest),
      holds: (identity) => credentials.holds(identity),
      ...{ mayRead, failed },
      now: () => Date.now(),
    });
    this.timer = setInterval(() => void watch.look(), LOOK_EVERY_MS).unref();
  }

  /** Notes what an upgrade brought. */
  note(request: IncomingMessage, admitted: Admitted): void {
    this.admitted.set(request, admitted);
  }

  /** A connection that did not say yet who it is. */
  awaits(socket: WebSocket): void {
    this.waiting.add(socket);
    socket.once('close', () => this.waiting.delete(socket));
    const [longest] = this.waiting;
    if (this.waiting.size <= MOST_WAITING || !longest) return;
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
    this.waiting.delete(socket);
    const identity = await this.identify(socket, request, authorization);
    // It may have gone meanwhile.
    if (!identity || socket.readyState !== socket.OPEN) return undefined;
    const letGo = this.sockets.take(identity.actor.id);
    if (!letGo) {
      socket.close(TOO_MANY, `TOO_MANY_REQUESTS: an identity has at most ${this.sockets.most} connections`);
      return undefined;
    }
    const end = (reason: string) => socket.close(FORBIDDEN, reason);
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
      if (admission?.isBusy) socket.close(TRY_AGAIN_LATER, 'too many credentials are being checked');
    } catch (error) {
      this.options.failed(error);
      socket.close(TRY_AGAIN_LATER, 'the credential could not be checked');
    }
    return undefined;
  }
}
