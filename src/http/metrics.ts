import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';

/** Sizes that are looked up when they are asked for. */
export interface Sizes {
  /** Ledgers in memory. */
  readonly ledgers: number;
  /** Commands that wait in their queues. */
  readonly waiting: number;
  /** Bytes of the commits that their images are folded from. */
  readonly bytes: number;
}

/** What is known of an issuer's keys, and what waits for them. */
export interface OidcSizes {
  /** That serve; 0: its tokens are refused. */
  readonly keys: number;
  /** Milliseconds since the newest were looked for; undefined: there were never any. */
  readonly keysAgeMs: number | undefined;
  /** Tokens that wait until their signatures are looked at. */
  readonly waiting: number;
}

/** What a request brought; `other` is no credential that anybody here knows. */
type CredentialKind = 'token' | 'oidc' | 'other' | 'none';

/** Those of Node.js. They observe the process as long as it lives, and would keep everything beside them alive. */
const processRegistry = new Registry();
collectDefaultMetrics({ register: processRegistry });

/** What a server did, for Prometheus. Labels have values of ours alone: no client chooses one. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly commits = this.counter('proxy_ledger_commits_total', 'Commits that this process appended');
  private readonly conflicts = this.counter(
    'proxy_ledger_conflicts_total',
    'Appends that lost their position to another process',
  );
  private readonly clockBehinds = this.counter(
    'proxy_ledger_clock_behind_total',
    'Commits decided while the clock of this process was behind the newest commit, whose time they repeat',
  );
  private readonly live = new Counter({
    name: 'proxy_ledger_live_total',
    help: 'Probes and calls by outcome: SUCCESS, or the failure',
    labelNames: ['kind', 'outcome'] as const,
    registers: [this.registry],
  });

  /** What each request brought, counted here and told at each look: a request shall not look for a labelled counter. */
  private readonly credentials: Record<'admitted' | 'refused', Record<CredentialKind, number>> = {
    admitted: { token: 0, oidc: 0, other: 0, none: 0 },
    refused: { token: 0, oidc: 0, other: 0, none: 0 },
  };
  private readonly keyLooks = new Counter({
    name: 'proxy_ledger_oidc_key_looks_total',
    help: "Looks for the identity provider's keys by outcome: success or failure",
    labelNames: ['outcome'] as const,
    registers: [this.registry],
  });

  constructor() {
    const { credentials } = this;
    new Counter({
      name: 'proxy_ledger_credentials_total',
      help: 'Credentials of requests by kind (token, oidc, other, none) and outcome (admitted, refused)',
      labelNames: ['kind', 'outcome'] as const,
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [outcome, kinds] of Object.entries(credentials)) {
          for (const [kind, count] of Object.entries(kinds)) if (count > 0) this.inc({ kind, outcome }, count);
        }
      },
    });
  }

  committed(count: number): void {
    this.commits.inc(count);
  }

  conflicted(): void {
    this.conflicts.inc();
  }

  clockBehind(): void {
    this.clockBehinds.inc();
  }

  /** `outcome` is a failure's code, or SUCCESS. */
  went(kind: 'probe' | 'call', outcome: string): void {
    this.live.inc({ kind, outcome });
  }

  credential(kind: CredentialKind, outcome: 'admitted' | 'refused'): void {
    this.credentials[outcome][kind] += 1;
  }

  lookedForKeys(outcome: 'success' | 'failure'): void {
    this.keyLooks.inc({ outcome });
  }

  /** Shows them as they are at each look. */
  watchOidc(sizes: () => OidcSizes): void {
    const help = "Keys of the identity provider that serve; 0: its users' tokens are refused";
    this.gauge('proxy_ledger_oidc_keys', help, () => sizes().keys);
    const ageHelp = "Seconds since the identity provider's newest keys were looked for; NaN: there were never any";
    this.gauge('proxy_ledger_oidc_keys_age_seconds', ageHelp, () => (sizes().keysAgeMs ?? Number.NaN) / 1_000);
    const waitingHelp = 'Tokens that wait until their signatures are looked at';
    this.gauge('proxy_ledger_oidc_waiting_checks', waitingHelp, () => sizes().waiting);
  }

  /** Shows sizes as they are at each look. */
  watch(sizes: () => Sizes): void {
    this.gauge('proxy_ledger_ledgers', 'Ledgers in memory', () => sizes().ledgers);
    this.gauge('proxy_ledger_waiting_commands', 'Commands that wait for their ledgers', () => sizes().waiting);
    this.gauge('proxy_ledger_view_bytes', 'About how many bytes of memory the ledgers take', () => sizes().bytes);
  }

  /** Serves them at `/metrics`, to whom `onRequest` lets in. */
  register(app: FastifyInstance, onRequest: (request: FastifyRequest) => Promise<void>): void {
    app.get('/metrics', { onRequest }, async (_request, reply) => {
      reply.header('content-type', this.registry.contentType);
      return `${await processRegistry.metrics()}${await this.registry.metrics()}`;
    });
  }

  private counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers: [this.registry] });
  }

  private gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }
}
