import type { Step } from '../failures.ts';
import type { TlsReport } from './tls-report.ts';

export const STAGES = ['RESOLVE', 'CONNECT', 'PROXY_TLS', 'PROXY_AUTH', 'TUNNEL', 'TARGET_TLS', 'RESPONSE'] as const;
export type StageName = (typeof STAGES)[number];

export interface StageReport {
  readonly name: StageName;
  readonly status: 'PASSED' | 'FAILED' | 'SKIPPED';
  /** Microseconds. Of PROXY_AUTH through a tunnel only when it failed: else its exchange counts for TUNNEL. */
  readonly durationUs?: number;
  readonly detail?: string;
}

/** What one attempt saw on its way, stage by stage. */
export class Trace {
  readonly warnings: string[] = [];
  proxyAuthSchemes: string[] = [];
  proxyTls?: TlsReport;
  targetTls?: TlsReport;
  readonly #reports = new Map<StageName, StageReport>();
  readonly #begunAt = performance.now();
  #question: { readonly durationUs?: number } = {};
  #open: { readonly stage: StageName; readonly begunAt: number } | undefined;
  /** Of the latest stage, whether it is over or not. */
  #stageBegunAt = this.#begunAt;

  /** Runs a stage and records its outcome. When the action throws, the stage stays open: see `abandon`. */
  async stage<S extends Step<unknown>>(name: StageName, action: () => Promise<S>): Promise<S> {
    this.#stageBegunAt = performance.now();
    this.#open = { stage: name, begunAt: this.#stageBegunAt };
    const step = await action();
    // The action may have found that another stage is to blame, and closed this one.
    if (this.#open?.stage === name) {
      this.#close(step.ok ? 'PASSED' : 'FAILED', step.ok ? step.detail : step.fault.detail);
    }
    return step;
  }

  /** Records the open stage as failed, and tells which it was. */
  abandon(detail: string): StageName | undefined {
    const stage = this.#open?.stage;
    this.#close('FAILED', detail);
    return stage;
  }

  /** Puts the blame for the open stage's outcome on another one, whose verdict came in the same exchange or late. */
  blame(name: StageName, detail: string): void {
    const open = this.#open;
    this.#open = undefined;
    const before = this.#reports.get(name)?.durationUs;
    const durationUs = before ?? (open && elapsedUs(open.begunAt));
    this.#reports.set(name, { name, status: 'FAILED', ...(durationUs !== undefined && { durationUs }), detail });
  }

  /** Records PROXY_AUTH as passed: the exchange that it is part of, or that comes behind it, went through with credentials. */
  authPassed(detail: string): void {
    this.#reports.set('PROXY_AUTH', { name: 'PROXY_AUTH', status: 'PASSED', ...this.#question, detail });
  }

  /** Records what the proxy said when it was asked, in a stage of its own, whether it wants credentials. */
  authAsked(isWanted: boolean): void {
    const { durationUs } = this.#reports.get('PROXY_AUTH') ?? {};
    this.#question = durationUs === undefined ? {} : { durationUs };
    const detail = 'it did not ask for them, so they were not sent';
    this.#reports.set('PROXY_AUTH', { name: 'PROXY_AUTH', status: 'SKIPPED', ...(!isWanted && { detail }) });
  }

  /** All seven, in order. */
  stages(): StageReport[] {
    return STAGES.map((name) => this.#reports.get(name) ?? { name, status: 'SKIPPED' });
  }

  /** As `stages`, of an attempt that failed: if no stage is to blame, the one that is open or was the last is. */
  failedStages(detail?: string): StageReport[] {
    this.#close('FAILED', detail);
    const stages = this.stages();
    if (stages.some(({ status }) => status === 'FAILED')) return stages;
    const last = stages.findLastIndex(({ status }) => status === 'PASSED');
    return stages.map((stage, index) => (index === last ? { ...stage, status: 'FAILED' } : stage));
  }

  /** Milliseconds since the latest stage began, which may be over. */
  sinceStageMs(): number {
    return performance.now() - this.#stageBegunAt;
  }

  durationUs(): number {
    return elapsedUs(this.#begunAt);
  }

  #close(status: 'PASSED' | 'FAILED', detail: string | undefined): void {
    if (this.#open === undefined) return;
    const { stage: name, begunAt } = this.#open;
    this.#open = undefined;
    const durationUs = elapsedUs(begunAt);
    this.#reports.set(name, detail === undefined ? { name, status, durationUs } : { name, status, durationUs, detail });
  }
}

function elapsedUs(since: number): number {
  return Math.round((performance.now() - since) * 1000);
}
