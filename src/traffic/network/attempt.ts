import { cleanPeerText } from '../../words/peer-text.ts';
import { SecretMask } from '../../words/secret-mask.ts';
import { Deadline, type EndSignal } from '../abort.ts';
import { hostInUrl } from './addresses.ts';
import type { EgressPolicy } from './egress.ts';
import type { Resolver } from './resolver.ts';
import { Trace } from './trace.ts';

/** A proxy as resolved: no templates any more. Host as `parseHost` accepts it, credentials as typed. */
export interface ProxyRoute {
  readonly type: 'HTTP' | 'HTTPS';
  readonly host: string;
  readonly port: number;
  readonly credentials?: { readonly user: string; readonly password: string };
}

export interface TrafficSettings {
  readonly egress: EgressPolicy;
  /** PEM certificates to trust instead of Node's (NODE_EXTRA_CA_CERTS included), on both legs. */
  readonly ca?: readonly string[];
  /** Left out: the process's own. */
  readonly resolver?: Resolver;
}

/** One try to reach a target, through a proxy or directly, with everything that its steps share. */
export class Attempt {
  /** Null: no proxy, the target itself is connected to. */
  readonly proxy: ProxyRoute | null;
  readonly target: URL;
  readonly settings: TrafficSettings;
  /** For whom; left out: nobody in particular. */
  readonly actor: string | undefined;
  readonly deadline: Deadline;
  readonly trace = new Trace();
  /** Whether a proxy that forwards wants credentials with each request: they are sent to no other. */
  wantsLogin = false;
  /** The proxy did not answer in time when it was asked whether it wants credentials. */
  wasProxySilent = false;
  /** The proxy's address that was connected to: another connection of this attempt goes there as well. */
  proxyAddress: string | undefined;
  /**
   * Whether the first bytes within a tunnel are kept, to tell what is there that is no TLS. It costs each later byte some
   * time, so it is for what uses its tunnel once.
   */
  looksIntoTunnel = false;
  readonly #mask: SecretMask;

  constructor(options: {
    readonly proxy: ProxyRoute | null;
    readonly target: URL;
    readonly settings: TrafficSettings;
    readonly actor?: string | undefined;
    readonly timeoutMs: number;
    readonly signal?: EndSignal | undefined;
    /** In use beside the proxy's credentials: masked wherever a peer repeats them. */
    readonly secrets?: readonly string[];
  }) {
    this.proxy = options.proxy;
    this.target = options.target;
    this.settings = options.settings;
    this.actor = options.actor;
    this.deadline = new Deadline(options.timeoutMs, options.signal);
    const { user, password } = options.proxy?.credentials ?? {};
    const { secrets = [] } = options;
    const login = password === undefined ? [] : [password, `${user}:${password}`];
    this.#mask = secrets.length + login.length === 0 ? SecretMask.NONE : new SecretMask([...secrets, ...login]);
  }

  get signal(): EndSignal {
    return this.deadline;
  }

  /** The credentials that go with what is sent to the proxy: with CONNECT always, else if it wants them. */
  get login(): ProxyRoute['credentials'] {
    return this.forwards && !this.wantsLogin ? undefined : this.proxy?.credentials;
  }

  /** Peers' text, fit for a message or a detail: see `cleanPeerText`. */
  clean(text: string, limit = 500, wasCut = false): string {
    return cleanPeerText(text, limit, this.#mask, wasCut);
  }

  /** True when the proxy gets the target's whole URL instead of opening a tunnel. */
  get forwards(): boolean {
    return this.proxy !== null && this.target.protocol === 'http:';
  }
}

/** Without credentials, such as `https://proxy.corp.example.com:8443`. */
export function proxyUrl(proxy: ProxyRoute): string {
  return `${proxy.type.toLowerCase()}://${hostInUrl(proxy.host)}:${proxy.port}`;
}

export function targetPort(target: URL): number {
  if (target.port !== '') return Number(target.port);
  return target.protocol === 'https:' ? 443 : 80;
}

/** Host and port as CONNECT and messages name them: IPv6 in brackets, the port always there. */
export function targetAuthority(target: URL): string {
  return `${target.hostname}:${targetPort(target)}`;
}
