import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { accessEvents } from '../../src/access/access-events.ts';
import { tokenEvents } from '../../src/access/token-events.ts';
import { dataSourceEvents } from '../../src/data-sources/data-source-events.ts';
import { UndecodableEventError } from '../../src/event-sourcing/decoder.ts';
import {
  type Commit,
  canonicalBytes,
  type Event,
  GENESIS_HASH,
  openCommit,
  sealCommit,
} from '../../src/event-sourcing/event.ts';
import { parameterEvents } from '../../src/parameters/parameter-events.ts';
import { decodeEvents, projectModel } from '../../src/project/project-model.ts';
import { projectEvents } from '../../src/projects/project-events.ts';
import { proxyEvents } from '../../src/proxies/proxy-events.ts';
import { entriesOf, storedSections } from '../support/stored-sections.ts';

/** Of the commits that events are stored in. */
const ENVELOPES = 'commit.v1.json';
/** One file for each type and version: examples as they are stored. Files are added, and never edited. */
const files = readdirSync('schema/events')
  .filter((file) => file !== ENVELOPES)
  .sort();
const golden = new Map(
  files.map((file) => [file, JSON.parse(readFileSync(`schema/events/${file}`, 'utf8')) as Event[]] as const),
);
const envelopes = JSON.parse(readFileSync(`schema/events/${ENVELOPES}`, 'utf8')) as Commit[];
const known = Object.entries({
  ...accessEvents,
  ...tokenEvents,
  ...projectEvents,
  ...parameterEvents,
  ...proxyEvents,
  ...dataSourceEvents,
});

function commitOf(event: Event): Commit {
  const actor = { kind: 'USER', id: 'local', name: 'local', auth: 'none' } as const;
  const at = '2026-11-25T00:00:00.000Z';
  return {
    project: 'crm-integration',
    position: 7,
    commitId: 'c',
    at,
    actor,
    events: [event],
    previousHash: GENESIS_HASH,
    format: 1,
  };
}

/** Every object in a JSON value, the value included. */
function objectsIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [...(Array.isArray(value) ? [] : [value]), ...Object.values(value).flatMap(objectsIn)];
}

/** What older versions are read as, said once more. */
function upcast(event: Event): Event {
  if (event.type !== 'ProxyTested' || event.v !== 1) return event;
  const newest = structuredClone(event) as {
    v: number;
    data: { test: Record<string, { issuers: object[] } | undefined> };
  };
  newest.v = 2;
  for (const report of [newest.data.test.proxyTls, newest.data.test.targetTls]) if (report) report.issuers = [];
  return newest as unknown as Event;
}

const examples = [...golden].flatMap(([file, events]) =>
  events.map((event, index) => [`${file} ${index}`, event] as const),
);

describe('the storage format', () => {
  test('has a golden file for each version of each event type, and for nothing else', () => {
    const wanted = known.flatMap(([type, versions]) => versions.map((_, index) => `${type}.v${index + 1}.json`));
    expect(files).toEqual(wanted.sort());
  });

  test.each(examples)('%s is read whole, and comes out as it went in, or as its newest version', (_, event) => {
    const [decoded] = decodeEvents(commitOf(event));
    const newest = upcast(event);
    expect(Buffer.from(canonicalBytes(decoded)).toString()).toBe(Buffer.from(canonicalBytes(newest)).toString());
  });

  test.each(examples)('%s with a member that nobody knows stops its project', (_, event) => {
    const altered = { ...event, data: { ...event.data, surprise: 1 } };
    expect(() => decodeEvents(commitOf(altered))).toThrow(UndecodableEventError);
  });

  test.each(examples)('%s with a member that nobody knows, anywhere, is not folded either', (_, event) => {
    const view = projectModel.empty();
    for (const holder of objectsIn(event.data)) {
      Object.defineProperty(holder, 'surprise', { value: 1, enumerable: true, configurable: true });
      const commit = JSON.parse(JSON.stringify(commitOf(event))) as Commit;
      expect(() => projectModel.apply(view, commit)).toThrow(/does not have its form/);
      Reflect.deleteProperty(holder, 'surprise');
    }
    expect(() => projectModel.apply(view, commitOf(event))).not.toThrow();
  });

  test.each([
    ['an unknown type', { type: 'ProxyPainted', v: 1, data: {} }],
    ['an unknown version', { type: 'ProxyConnectionDeleted', v: 2, data: {} }],
    ['version 0', { type: 'ProxyConnectionDeleted', v: 0, data: {} }],
    ['a name of JavaScript', { type: 'constructor', v: 1, data: {} }],
  ])('%s stops its project, with its position', (_, event) => {
    expect(() => decodeEvents(commitOf(event))).toThrow(/position 7/);
  });

  test.each(envelopes)(
    'has a commit at position $position, which is read whole, and comes out as it went in',
    (commit) => {
      const sealed = sealCommit(commit);
      expect(JSON.parse(Buffer.from(sealed.body).toString())).toEqual(commit);
      expect(decodeEvents(openCommit(sealed.body, sealed.hash).commit)).toEqual(commit.events);
    },
  );

  test('has an example of each kind of actor, each way to know one, and each right', () => {
    const kinds = new Set(envelopes.map(({ actor }) => actor.kind));
    expect(kinds).toEqual(new Set(['USER', 'CLIENT', 'TOKEN', 'SYSTEM']));
    const ways = new Set(envelopes.map(({ actor }) => actor.auth));
    expect(ways).toEqual(new Set(['none', 'header', 'oidc', 'token', 'local']));
    const rights = new Set(envelopes.map(({ authority }) => authority?.role));
    expect(rights).toEqual(new Set([undefined, 'OPERATOR', 'EDITOR', 'OWNER', 'ADMINISTRATOR']));
    const sources = new Set(envelopes.map(({ authority }) => authority?.via.split(':')[0]));
    expect(sources).toEqual(new Set([undefined, 'own', 'token', 'administrator', 'group']));
  });

  test('keeps the hash of its envelopes', () => {
    const hashes = envelopes.map((commit) => sealCommit(commit).hash);
    expect(createHash('sha256').update(hashes.join()).digest('hex')).toBe(
      'cfd049af6b2f1baa48c91dd346a3a44ca519f0d40be14291628f61cf74effd64',
    );
  });

  const whole = envelopes.find(({ authority, reason }) => authority ?? reason) as Commit;
  test.each<[string, object]>([
    ['onBehalfOf', { onBehalfOf: 'somebody' }],
    ['actor.tenant', { actor: { ...whole.actor, tenant: 'other' } }],
    ['authority.until', { authority: { role: 'EDITOR', via: 'own', until: '2027' } }],
    ['idempotency.scope', { idempotency: { key: 'k', keyId: 'k1', digest: 'd', scope: 'all' } }],
    ['events.0.undoes', { events: whole.events.map((event) => ({ ...event, undoes: 7 })) }],
    [
      'events.0.subject.tenant',
      { events: whole.events.map((event) => ({ ...event, subject: { ...event.subject, tenant: 1 } })) },
    ],
  ])('with the member %s, which nobody knows, stops its project', (path, more) => {
    const message = messageOf(() => decodeEvents({ ...whole, ...more } as Commit));
    expect(message).toContain(`stopped at position ${whole.position}`);
    expect(message).toMatch(new RegExp(`form of format 1 at ${path}$`));
  });

  test.each<[string, object]>([
    ['format', { format: 2 }],
    ['format', { format: undefined }],
    ['actor.kind', { actor: { ...whole.actor, kind: 'ROBOT' } }],
    ['actor.auth', { actor: { ...whole.actor, auth: 'guessed' } }],
    ['authority.role', { authority: { role: 'EMPEROR', via: 'own' } }],
    ['authority.via', { authority: { role: 'OWNER', via: 'group:' } }],
    ['at', { at: '2026-11-25T00:00:00Z' }],
    ['previousHash', { previousHash: 'AB' }],
    ['events', { events: [] }],
    ['events.0.subject.version', { events: [{ ...whole.events[0], subject: { id: 'a', name: 'a', version: 0 } }] }],
  ])('with another form of %s stops its project', (path, more) => {
    const commit = { ...whole, ...more } as Commit;
    expect(messageOf(() => decodeEvents(commit))).toMatch(new RegExp(`form of format 1 at .*${path}`));
  });

  test('folds to the same view as ever; where it does not, the fold must get another number', () => {
    const order = ['Project', 'ConfigParameter', 'ProxyConnectionC', 'DataSourceC', 'DataSourceProxyA', ''];
    const sorted = order.flatMap((prefix, place) =>
      examples.filter(
        ([file]) => order.findIndex((other) => file.startsWith(other)) === place && file.startsWith(prefix),
      ),
    );
    const view = projectModel.empty();
    for (const [, event] of sorted) projectModel.apply(view, commitOf(event));
    const rows = [...projectModel.sections(view)].map((section) => [section.name, entriesOf(section)]);
    const digest = createHash('sha256').update(canonicalBytes(rows)).digest('hex');
    expect({ fold: projectModel.fold, digest }).toEqual({
      fold: 7,
      digest: 'b79c53d034a9106e5a62e90f878c2f147bc7ea896323acb7643981011d93dfde',
    });
    const again = projectModel.restore(storedSections(projectModel.sections(view)));
    expect([...again.proxies.all()]).toEqual([...view.proxies.all()]);
    expect([...again.grants.all()]).toEqual([...view.grants.all()]);
    expect([...again.tokens.all()]).toEqual([...view.tokens.all()]);
    expect([...again.parameters.all()]).toEqual([...view.parameters.all()]);
    expect([...again.dataSources.all()]).toEqual([...view.dataSources.all()]);
    expect(again.project).toEqual(view.project);
    expect([...projectModel.sections(again)].map(entriesOf)).toEqual([...projectModel.sections(view)].map(entriesOf));
  });
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return error instanceof UndecodableEventError ? error.message : '';
  }
  return '';
}
