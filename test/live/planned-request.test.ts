import fc from 'fast-check';
import type { DataSourceId, StoredHeader } from '../../src/data-sources/data-source-events.ts';
import type { DataSourceRow } from '../../src/data-sources/data-source-view.ts';
import { Table } from '../../src/event-sourcing/tables/table.ts';
import { type CallView, planRequest } from '../../src/live/planned-request.ts';
import type { TypedRequest } from '../../src/live/request-input.ts';
import type { ParameterId, StoredValue } from '../../src/parameters/parameter-events.ts';
import { type ParameterRow, parameterTable } from '../../src/parameters/parameter-view.ts';
import type { ProxyId } from '../../src/proxies/proxy-events.ts';
import { type ProxyRow, proxyTable } from '../../src/proxies/proxy-view.ts';
import { Faults } from '../../src/words/refusal.ts';

const BY = { id: 'ada', name: 'Ada', kind: 'USER', auth: 'none' } as const;
const AT = '2026-01-01T00:00:00.000Z';
const AUDITED = { createdBy: BY, createdAt: AT, editedBy: BY, editedAt: AT, version: 1, changes: 1 };
const PATHS = { source: ['source'], environment: ['environment'], request: ['request'] };

const part = fc.constantFrom('', '${a}', '${b}', 'x', '..', '${c}', '-');
const value: fc.Arbitrary<StoredValue> = fc.oneof(
  fc.constantFrom('p', 'q', '80', '81', '', '..', 'a b', '/q?r=1'),
  fc.constant({ secretRef: 's' }),
);

const setParameter = fc.record({
  kind: fc.constant('parameter' as const),
  key: fc.constantFrom('a', 'b', 'c'),
  dev: fc.option(value, { nil: undefined }),
  defaultValue: fc.option(value),
});
const setProxy = fc.record({
  kind: fc.constant('proxy' as const),
  host: fc.oneof(fc.constant('proxy.example.com'), part),
  port: fc.oneof(fc.constant('3128'), part),
  isDeleted: fc.boolean(),
});
const header: fc.Arbitrary<StoredHeader> = fc.oneof(
  fc.record({ name: fc.constantFrom('X-A', 'x-a', 'X-B'), value: part }),
  fc.record({
    name: fc.constantFrom('X-A', 'X-S'),
    secretRef: fc.constant('h'),
    parameters: fc.subarray(['a', 'b']),
  }),
);
const setSource = fc.record({
  kind: fc.constant('source' as const),
  baseUrl: fc.oneof(
    fc.constantFrom('https://api.example.com/v2', 'https://${a}', 'http://${a}:${b}/', '${c}'),
    part.map((text) => `https://api.example.com/${text}`),
  ),
  headers: fc.array(header, { maxLength: 2 }),
  isProxied: fc.boolean(),
});
const call = fc.record({
  kind: fc.constant('call' as const),
  environment: fc.constantFrom('dev', 'prod', 'none', undefined),
  method: fc.constantFrom('GET' as const, 'POST' as const),
  path: fc.oneof(fc.constantFrom('contacts', '/contacts?q=1', '', '?q', '//other', '#f'), part),
  headers: fc.array(fc.record({ name: fc.constantFrom('X-A', 'X-R'), value: part, secret: fc.boolean() }), {
    maxLength: 2,
  }),
  body: fc.option(part, { nil: undefined }),
});

test('a request below a kept plan is planned as it is from the beginning, whatever was edited meanwhile', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(setParameter, setProxy, setSource, call, call, call), { maxLength: 30 }), (steps) => {
      const parameters = Table.empty(parameterTable);
      const proxies = Table.empty(proxyTable);
      const project = { project: { fields: { environments: ['dev', 'prod'] } } };
      const view: CallView = { project, parameters, proxies };
      let source = sourceRow(newId(), { baseUrl: 'https://api.example.com/v2', headers: [], isProxied: false });
      for (const step of steps) {
        if (step.kind === 'parameter') parameters.put(parameterRow(step));
        else if (step.kind === 'proxy') proxies.put(proxyRow(step));
        else if (step.kind === 'source') source = sourceRow(source.id, step);
        for (const each of step.kind === 'call' ? [step] : [PLAIN, PLAIN]) {
          expect(planned(view, source, each)).toEqual(planned(view, { ...source, id: newId() }, each));
        }
      }
    }),
    { numRuns: 300 },
  );
});

function planned(view: CallView, row: DataSourceRow, { environment, ...request }: Call) {
  const faults = new Faults();
  const plan = planRequest(view, row, request, environment, PATHS, faults);
  return { plan: plan && { ...plan, url: plan.url.href }, faults: faults.all };
}

const PLAIN: Call = { method: 'GET', path: 'contacts', headers: [], body: undefined, environment: undefined };

type Call = TypedRequest & { readonly environment: string | undefined };

function parameterRow({
  key,
  dev,
  defaultValue,
}: {
  key: string;
  dev: StoredValue | undefined;
  defaultValue: StoredValue | null;
}): ParameterRow {
  const id = key as ParameterId;
  const secret = [dev, defaultValue].some((each) => typeof each === 'object' && each !== null);
  const values = new Map(dev === undefined ? [] : [['dev', dev]]);
  const parameter = { status: 'active', id, version: 1, key, secret, description: null, defaultValue, values } as const;
  return { ...AUDITED, id, parameter };
}

function proxyRow({ host, port, isDeleted }: { host: string; port: string; isDeleted: boolean }): ProxyRow {
  const id = 'p' as ProxyId;
  const login = { authType: 'NO_AUTH', user: null, password: null } as const;
  const fields = { name: 'p', description: null, type: 'HTTP', host, port, ...login } as const;
  const proxy = { status: isDeleted ? 'deleted' : 'active', id, version: 1, fields } as const;
  return { ...AUDITED, id, proxy, tests: new Map() };
}

let made = 0;

/** Nothing is kept of a row whose id was never seen. */
function newId(): DataSourceId {
  made += 1;
  return `s${made}` as DataSourceId;
}

function sourceRow(
  id: DataSourceId,
  {
    baseUrl,
    headers,
    isProxied,
  }: {
    baseUrl: string;
    headers: readonly StoredHeader[];
    isProxied: boolean;
  },
): DataSourceRow {
  const fields = { name: 's', description: null, type: 'RESTFUL_SYSTEM', baseUrl, headers } as const;
  const source = { status: 'active', id, version: 1, fields, proxyConnectionId: isProxied ? 'p' : null } as const;
  return { ...AUDITED, id, source };
}
