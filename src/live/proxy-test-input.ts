import type { ProxyAuthType, ProxyType } from '../proxies/proxies.ts';
import {
  DEFAULT_AUTH_TYPE,
  type RouteForm,
  readHost,
  readPassword,
  readPort,
  readUser,
} from '../proxies/proxy-input.ts';
import { parseTargetUrl } from '../traffic/network/addresses.ts';
import { checkWellFormed, readProse } from '../words/fields.ts';
import { resourceIdOf } from '../words/ids.ts';
import type { Faults } from '../words/refusal.ts';

export interface ProxyTestForm {
  readonly proxyConnectionId?: string | null | undefined;
  readonly draft?: RouteForm | null | undefined;
  readonly environment?: string | null | undefined;
  readonly targetUrl?: string | null | undefined;
  /** In milliseconds; `DEFAULT_PROBE_MS` when left out. */
  readonly timeoutMs?: number | null | undefined;
  readonly reason?: string | null | undefined;
}

export interface Draft {
  readonly type: ProxyType;
  readonly host: string;
  readonly port: string;
  readonly authType: ProxyAuthType;
  readonly user: string | null;
  /** Undefined: the stored one of the saved proxy. */
  readonly password: string | null | undefined;
}

export interface ProxyTestRequest {
  readonly proxyConnectionId: string | undefined;
  readonly draft: Draft | undefined;
  readonly environment: string | undefined;
  /** Undefined: the server's own. */
  readonly target: URL | undefined;
  readonly timeoutMs: number;
  readonly reason: string | null;
}

/** For a whole probe whose client names no time. */
export const DEFAULT_PROBE_MS = 10_000;
const TIMEOUT = { least: 100, most: 60_000 };

export function readProxyTest(form: ProxyTestForm, faults: Faults): ProxyTestRequest {
  const proxyConnectionId =
    typeof form.proxyConnectionId === 'string' ? resourceIdOf(form.proxyConnectionId) : undefined;
  const isSaved = proxyConnectionId !== undefined;
  if (!isSaved && !form.draft) {
    faults.required(['input', 'proxyConnectionId'], 'give the id of a saved proxy connection, or a draft, or both');
  }
  const draft = form.draft ? readDraft(form.draft, isSaved, faults) : undefined;
  const target = typeof form.targetUrl === 'string' ? parseTargetUrl(form.targetUrl) : undefined;
  if (target && !target.ok) faults.invalid(['input', 'targetUrl'], target.fault);
  const timeoutMs = form.timeoutMs ?? DEFAULT_PROBE_MS;
  if (timeoutMs < TIMEOUT.least || timeoutMs > TIMEOUT.most) {
    faults.invalid(['input', 'timeoutMs'], `a probe's time is from ${TIMEOUT.least} to ${TIMEOUT.most} milliseconds`);
  }
  const reason = readProse(form.reason, ['input', 'reason'], faults);
  checkWellFormed(form, ['input'], faults);
  return {
    proxyConnectionId,
    draft,
    environment: form.environment ?? undefined,
    target: target?.ok ? target.url : undefined,
    timeoutMs,
    reason,
  };
}

function readDraft(form: RouteForm, isSaved: boolean, faults: Faults): Draft {
  const at = ['input', 'draft'];
  const { type } = form;
  const authType = form.authType ?? DEFAULT_AUTH_TYPE;
  const host = readHost(form.host, [...at, 'host'], faults);
  const port = readPort(form.port, [...at, 'port'], faults);
  const user = readUser(form, [...at, 'user'], faults);
  // Only left out, not null or empty, does a password mean the stored one.
  const isStored = isSaved && authType === 'BASIC' && form.password === undefined;
  const password = isStored ? undefined : readPassword(form, [...at, 'password'], faults);
  return { type, host, port, authType, user, password };
}
