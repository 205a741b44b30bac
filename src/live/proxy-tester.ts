import { NotPermittedError } from '../access/not-permitted.ts';
import type { Right } from '../access/roles.ts';
import type { Asker } from '../event-sourcing/asker.ts';
import type { SealedCommit } from '../event-sourcing/event.ts';
import type { Ledgers } from '../event-sourcing/ledger/ledgers.ts';
import { parameterValues } from '../parameters/parameter-view.ts';
import type { Command, ProjectImage, ProjectView } from '../project/project-model.ts';
import { PASSWORD_AGAIN } from '../proxies/proxies.ts';
import type { RecordedTest } from '../proxies/proxy-events.ts';
import { isSentToSamePlace } from '../proxies/proxy-places.ts';
import type { ProxyRow } from '../proxies/proxy-view.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { LiveLimits } from '../traffic/live-limits.ts';
import type { ProxyRoute, TrafficSettings } from '../traffic/network/attempt.ts';
import { deniedLiteralTarget } from '../traffic/network/egress.ts';
import { type ProbeResult, probe } from '../traffic/probe/probe.ts';
import { withMaskedErrors } from '../words/masked-errors.ts';
import { Faults, type Refusal } from '../words/refusal.ts';
import { type ResolvedRoute, resolveRoute } from './proxy-route.ts';
import type { Draft, ProxyTestRequest } from './proxy-test-input.ts';
import { seenBy } from './seen-by.ts';

export interface ProxyTesterParts {
  readonly ledgers: Ledgers<ProjectView, Command, Refusal>;
  readonly secrets: Secrets;
  readonly traffic: TrafficSettings;
  readonly limits: LiveLimits;
  /** What a probe asks for that names no target. */
  readonly defaultTarget: URL;
  /** Told of each probe that ran: SUCCESS, or its failure. */
  readonly onOutcome: (outcome: string) => void;
}

/** Who wants a probe, of which project. */
export interface ProbeOrder extends Asker {
  readonly project: string;
  /** What the log must let the asker do. */
  readonly right: Right;
  /** Aborts the probe, which is then not recorded. */
  readonly signal: AbortSignal;
}

export type ProxyTested =
  | { readonly refusals: readonly Refusal[]; readonly commit?: never }
  | { readonly refusals?: never; readonly image: ProjectImage; readonly commit: SealedCommit };

/** What is about to be probed. */
interface Plan {
  readonly row: ProxyRow | undefined;
  readonly environment: string;
  readonly target: URL;
  readonly route: ResolvedRoute;
  readonly password: string | undefined;
}

/** Runs live probes and records them in the log. A probe that fails is recorded like one that succeeds. */
export class ProxyTester {
  constructor(private readonly parts: ProxyTesterParts) {}

  /**
   * Rejects with `NotPermittedError`, with `TooManyRequestsError` when a limit is reached, and with the ledger's errors when
   * recording fails.
   */
  async test(order: ProbeOrder, request: ProxyTestRequest): Promise<ProxyTested> {
    // What can't be recorded is not probed.
    await this.parts.ledgers.assertReady();
    const faults = new Faults();
    const plan = await this.plan(order, request, faults);
    if (!plan || faults.any) return { refusals: faults.all };
    const { signal, actor } = order;
    const { timeoutMs } = request;
    const { target, password } = plan;
    const result = await this.parts.limits.run(actor.id, () =>
      withMaskedErrors(password === undefined ? [] : [password], () =>
        probe({ proxy: dialled(plan), target, timeoutMs, signal, actor: actor.id }, this.parts.traffic),
      ),
    );
    this.parts.onOutcome(result.failure ?? 'SUCCESS');
    return this.record(order, request, plan, result);
  }

  private async plan(order: ProbeOrder, request: ProxyTestRequest, faults: Faults): Promise<Plan | undefined> {
    const image = seenBy(order, order.right, await this.parts.ledgers.viewAtHead(order.project));
    const project = image?.view.project?.project;
    if (!image || !project) {
      faults.add('NOT_FOUND', ['input', 'projectKey'], 'there is no project with this key');
      return undefined;
    }
    const { environments } = project.fields;
    const environment = request.environment ?? environments[0] ?? '';
    if (!environments.includes(environment)) {
      const message = `there is no such environment; there are ${environments.join(', ')}`;
      faults.add('ENVIRONMENT_UNKNOWN', ['input', 'environment'], message);
    }
    const row = findProxy(image, request.proxyConnectionId, faults);
    const target = request.target ?? this.parts.defaultTarget;
    const denied = deniedLiteralTarget(target, this.parts.traffic.egress);
    if (denied !== undefined) faults.add('EGRESS_DENIED', ['input', 'targetUrl'], denied);
    if (faults.any) return undefined;

    const draft = request.draft;
    if (draft && row) checkStoredPassword(draft, row, faults);
    const stored = row?.proxy.fields.password ?? null;
    const fields = draft
      ? { ...draft, password: draft.authType === 'BASIC' && draft.password === undefined ? stored : null }
      : row?.proxy.fields;
    if (!fields) return undefined;
    const at = draft ? (field: string) => ['input', 'draft', field] : () => ['input', 'proxyConnectionId'];
    const values = parameterValues(image.view.parameters, environment);
    const route = resolveRoute(fields, values, { host: at('host'), port: at('port') }, faults);
    if (!route || faults.any) return undefined;
    const password = draft?.password ?? (await this.revealPassword(order.project, row, route, at('password'), faults));
    return { row, environment, target, route, password };
  }

  private async revealPassword(
    project: string,
    row: ProxyRow | undefined,
    { secretRef }: ResolvedRoute,
    path: readonly string[],
    faults: Faults,
  ): Promise<string | undefined> {
    if (!row || secretRef === undefined) return undefined;
    const password = await this.parts.secrets.reveal(project, row.id, secretRef);
    if (password === undefined) {
      const message = 'the stored password is gone, or no configured key decrypts it; give it again';
      faults.add('SECRET_UNAVAILABLE', path, message);
    }
    return password;
  }

  private async record(
    { project, actor, standing, right }: ProbeOrder,
    { draft, reason }: ProxyTestRequest,
    { row, environment, route }: Plan,
    result: ProbeResult,
  ): Promise<ProxyTested> {
    const proxyVersion = draft ? undefined : row?.version;
    const outcome = await this.parts.ledgers.execute(project, {
      actor,
      ...(standing && { standing }),
      right,
      ...(reason !== null && { reason }),
      command: {
        type: 'RecordProxyTest',
        ...(row && { id: row.id }),
        test: recorded(result, environment, proxyVersion),
        draft: draft !== undefined,
        probed: route,
      },
    });
    if (outcome.kind === 'refused') return { refusals: outcome.refusals };
    if (outcome.kind === 'barred') throw new NotPermittedError(right);
    if (outcome.kind !== 'appended') throw new Error(`a probe was not recorded: ${outcome.kind}`);
    return { image: outcome.image, commit: outcome.sealed };
  }
}

function findProxy(image: ProjectImage, id: string | undefined, faults: Faults): ProxyRow | undefined {
  if (id === undefined) return undefined;
  const row = image.view.proxies.get(id);
  const path = ['input', 'proxyConnectionId'];
  if (!row) faults.add('NOT_FOUND', path, 'there is no proxy connection with this id in the project');
  else if (row.proxy.status === 'deleted') {
    faults.add('NOT_FOUND', path, 'this proxy connection is deleted; restore it first');
  }
  return row;
}

/** A stored password is not sent to a place that it was not given for. */
function checkStoredPassword(draft: Draft, { proxy }: ProxyRow, faults: Faults): void {
  if (draft.authType !== 'BASIC' || draft.password !== undefined) return;
  const path = ['input', 'draft', 'password'];
  if (proxy.fields.password === null) faults.required(path, 'there is no stored password: give one');
  else if (!isSentToSamePlace(draft, proxy.fields)) faults.required(path, PASSWORD_AGAIN);
}

function dialled({ route, password }: Plan): ProxyRoute {
  const { type, host, port, user } = route;
  return { type, host, port, ...(user !== undefined && password !== undefined && { credentials: { user, password } }) };
}

function recorded(result: ProbeResult, environment: string, proxyVersion: number | undefined): RecordedTest {
  const { failure, stages, warnings, proxyAuthSchemes, ...rest } = result;
  return {
    ...rest,
    ...(failure !== null && { failure }),
    stages: [...stages],
    warnings: [...warnings],
    proxyAuthSchemes: [...proxyAuthSchemes],
    environment,
    ...(proxyVersion !== undefined && { proxyVersion }),
  };
}
