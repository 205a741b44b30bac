import type { Right } from '../access/roles.ts';
import type { DataSourceRow } from '../data-sources/data-source-view.ts';
import type { Asker } from '../event-sourcing/asker.ts';
import type { Ledgers } from '../event-sourcing/ledger/ledgers.ts';
import { activeParameter, storedValue } from '../parameters/parameter-view.ts';
import type { Command, ProjectImage, ProjectView } from '../project/project-model.ts';
import { type DataSourceRouting, routingOf } from '../project/routing.ts';
import type { Secrets } from '../secrets/secrets.ts';
import type { EndSignal } from '../traffic/abort.ts';
import type { CallResult, Calls } from '../traffic/call/calls.ts';
import { headerSecrets } from '../traffic/call/header-secrets.ts';
import { checkHeaderValue, mergeHeaders, type OutgoingHeader } from '../traffic/call/outgoing-request.ts';
import type { LiveLimits } from '../traffic/live-limits.ts';
import type { TrafficSettings } from '../traffic/network/attempt.ts';
import { deniedLiteralTarget } from '../traffic/network/egress.ts';
import { resolveTemplate, templateKeys } from '../traffic/templates.ts';
import { checkWellFormed, LIMITS, tooManyBytes } from '../words/fields.ts';
import { withMaskedErrors } from '../words/masked-errors.ts';
import { Faults, type Refusal } from '../words/refusal.ts';
import { isSliceOver, nextSlice } from '../words/slices.ts';
import { commandOf } from './curl.ts';
import type { PlannedRequest } from './plan.ts';
import { planRequest } from './planned-request.ts';
import { type RequestForm, readRequest } from './request-input.ts';
import { blameParameters } from './resolve-texts.ts';
import { seenBy } from './seen-by.ts';

export interface DataSourceCallerParts {
  readonly ledgers: Ledgers<ProjectView, Command, Refusal>;
  readonly secrets: Secrets;
  readonly calls: Calls;
  readonly traffic: TrafficSettings;
  readonly limits: LiveLimits;
  /** Told of each call that was sent. */
  readonly onCall: (call: FinishedCall) => void;
}

/** What is logged of a call. The log of events does not hold it. */
export interface FinishedCall {
  readonly project: string;
  readonly dataSourceId: string;
  readonly actorId: string;
  readonly routing: DataSourceRouting;
  /** The target's, without path and query. */
  readonly origin: string;
  /** SUCCESS, or the failure. */
  readonly outcome: string;
  readonly status?: number;
  readonly durationMs: number;
}

/** Who calls which data source, and with what. */
export interface CallOrder {
  readonly asker: Asker;
  /** What the log must let the asker do. */
  readonly right: Right;
  /** Undefined when the id names none that could exist. */
  readonly project: string | undefined;
  readonly dataSourceId: string;
  readonly environment: string | undefined;
  readonly request: RequestForm;
  readonly timeoutMs: number;
  readonly signal: EndSignal;
}

export interface Called {
  readonly refusals: readonly Refusal[];
  /** Of the data source, if there is one. */
  readonly routing?: DataSourceRouting | undefined;
  /** Makes the masked command, once it is known what would be sent. */
  readonly curl?: () => string;
  /** Undefined when no request was sent. */
  readonly result?: CallResult;
}

/** The time of a whole call when none is given, of a previewed one too. */
export const DEFAULT_CALL_MS = 30_000;
const TIMEOUT = { least: 100, most: 300_000 };

const AT = {
  source: ['input', 'dataSourceId'],
  environment: ['input', 'environment'],
  request: ['input', 'request'],
} as const;

/**
 * Sends requests the way a data source says: through its proxy, or straight when it has none. What should go through a
 * proxy and cannot is refused or fails; nothing of it is sent another way.
 */
export class DataSourceCaller {
  constructor(private readonly parts: DataSourceCallerParts) {}

  /**
   * Rejects with `TooManyRequestsError` when a limit is reached, with `NotReadyError` while this process takes no
   * mutations, and with the signal's reason when aborted.
   */
  async call(order: CallOrder): Promise<Called> {
    const faults = new Faults();
    const { timeoutMs } = order;
    if (timeoutMs < TIMEOUT.least || timeoutMs > TIMEOUT.most) {
      faults.invalid(['input', 'timeoutMs'], `a call's time is from ${TIMEOUT.least} to ${TIMEOUT.most} milliseconds`);
    }
    const typed = readRequest(order.request, AT.request, faults);
    const { dataSourceId, environment, request } = order;
    checkWellFormed({ dataSourceId, environment, request }, ['input'], faults);
    if (faults.any) return { refusals: faults.all };
    await this.parts.ledgers.assertReady();
    const newest = order.project === undefined ? undefined : await this.parts.ledgers.viewAtHead(order.project);
    const image = seenBy(order.asker, order.right, newest);
    const row = image?.view.dataSources.get(order.dataSourceId);
    if (!image || !row) {
      faults.add('NOT_FOUND', AT.source, 'there is no data source with this id');
      return { refusals: faults.all };
    }
    const routing = routingOf(row.source, image.view.proxies);
    const plan = planRequest(image.view, row, typed, order.environment, AT, faults);
    if (plan?.proxy) {
      const denied = deniedLiteralTarget(plan.url, this.parts.traffic.egress);
      if (denied !== undefined) faults.add('EGRESS_DENIED', AT.source, denied);
    }
    if (!plan || faults.any) return { refusals: faults.all, routing };
    // A body of a megabyte has been read and resolved by now.
    if (isSliceOver()) await nextSlice(order.signal);
    const curl = () => commandOf(plan);
    const opened = new OpenedSecrets(order.project ?? '', this.parts.secrets);
    const sent = await withMaskedErrors(opened.texts, () => this.send(order, image, row, plan, opened, faults));
    if (sent) this.tell(order, routing, plan, sent);
    return sent ? { refusals: [], routing, curl, result: sent } : { refusals: faults.all, routing, curl };
  }

  private async send(
    order: CallOrder,
    image: ProjectImage,
    row: DataSourceRow,
    plan: PlannedRequest,
    opened: OpenedSecrets,
    faults: Faults,
  ): Promise<CallResult | undefined> {
    const own = await this.openHeaders(image, row, plan, opened, faults);
    const password = await openPassword(plan, opened, faults);
    if (faults.any) return undefined;

    const { method, url, body, proxy } = plan;
    const headers = mergeHeaders(own, plan.requestHeaders);
    for (const { value, secret } of plan.requestHeaders) if (secret) opened.texts.push(...headerSecrets(value));
    const { user, type, host, port } = proxy?.route ?? {};
    const credentials = user !== undefined && password !== undefined ? { credentials: { user, password } } : {};
    const route =
      type !== undefined && host !== undefined && port !== undefined ? { type, host, port, ...credentials } : null;
    // Whoever asked for a proxy gets none but a proxied call.
    if (proxy && !route) throw new Error('a proxied call has no route');
    return this.parts.limits.run(order.asker.actor.id, () =>
      this.parts.calls.send({
        pool: JSON.stringify([order.project, proxy?.row.id ?? null]),
        environment: JSON.stringify(plan.environment),
        proxy: route,
        request: { method, url, headers, ...(body !== undefined && { body }) },
        timeoutMs: order.timeoutMs,
        signal: order.signal,
        actor: order.asker.actor.id,
        secrets: opened.texts,
      }),
    );
  }

  private tell(order: CallOrder, routing: DataSourceRouting, plan: PlannedRequest, result: CallResult): void {
    this.parts.onCall({
      project: order.project ?? '',
      dataSourceId: order.dataSourceId,
      actorId: order.asker.actor.id,
      routing,
      origin: plan.url.origin,
      outcome: result.ok ? 'SUCCESS' : result.failure,
      ...(result.ok && { status: result.response.status }),
      durationMs: result.durationUs / 1000,
    });
  }

  /** The data source's headers with their secrets filled in. */
  private async openHeaders(
    { view }: ProjectImage,
    row: DataSourceRow,
    plan: PlannedRequest,
    opened: OpenedSecrets,
    faults: Faults,
  ): Promise<OutgoingHeader[]> {
    const headers: OutgoingHeader[] = [];
    for (const header of plan.headers) {
      if ('value' in header) {
        headers.push(header);
        continue;
      }
      const template = await opened.reveal(row.id, header.secretRef);
      const values = new Map<string, string | undefined>();
      for (const key of templateKeys(template)) {
        const stored = storedValue(view.parameters, plan.environment, key);
        const parameterId = activeParameter(view.parameters, key)?.id;
        const isPlain = typeof stored === 'string';
        const opens = !isPlain && stored !== undefined && parameterId !== undefined;
        values.set(key, isPlain ? stored : opens ? await opened.open(parameterId, stored.secretRef) : undefined);
      }
      const value =
        template === undefined
          ? undefined
          : resolveTemplate(template, (key) => values.get(key), LIMITS.headerValueBytes);
      if (!value || (!value.ok && !value.isTooLong)) {
        faults.add('SECRET_UNAVAILABLE', AT.source, `the value of the secret header ${header.name} ${UNAVAILABLE}`);
        continue;
      }
      const fault = value.ok ? checkHeaderValue(value.value) : HEADER_TOO_LONG;
      if (fault !== undefined) {
        const blamed = blameParameters([...values.keys()], plan.environment, fault);
        faults.invalid(AT.source, `the value of the secret header ${header.name}: ${blamed}`);
      }
      if (!value.ok) continue;
      opened.texts.push(...headerSecrets(value.value));
      headers.push({ name: header.name, value: value.value, secret: true });
    }
    return headers;
  }
}

const HEADER_TOO_LONG = tooManyBytes("a header's value", LIMITS.headerValueBytes);
const UNAVAILABLE = 'is gone, or no configured key decrypts it; give it again';

/** Opens secrets for one call and remembers their texts, which must not be shown when they come back. */
class OpenedSecrets {
  readonly texts: string[] = [];

  constructor(
    private readonly project: string,
    private readonly secrets: Secrets,
  ) {}

  async open(resourceId: string, secretRef: string): Promise<string | undefined> {
    const text = await this.reveal(resourceId, secretRef);
    if (text !== undefined) this.texts.push(text);
    return text;
  }

  /** Of what is no secret as it stands, but the template of one. */
  reveal(resourceId: string, secretRef: string): Promise<string | undefined> {
    return this.secrets.reveal(this.project, resourceId, secretRef);
  }
}

async function openPassword(
  { proxy }: PlannedRequest,
  opened: OpenedSecrets,
  faults: Faults,
): Promise<string | undefined> {
  const secretRef = proxy?.route.secretRef;
  if (!proxy || secretRef === undefined) return undefined;
  const password = await opened.open(proxy.row.id, secretRef);
  if (password === undefined) faults.add('SECRET_UNAVAILABLE', AT.source, `the proxy's password ${UNAVAILABLE}`);
  else if (proxy.route.user !== undefined) opened.texts.push(`${proxy.route.user}:${password}`);
  return password;
}
