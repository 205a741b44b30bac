import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dataSourceEvents } from '../../src/data-sources/data-source-events.ts';
import { UndecodableEventError } from '../../src/event-sourcing/decoder.ts';
import { type Commit, canonicalBytes, type Event, GENESIS_HASH } from '../../src/event-sourcing/event.ts';
import { parameterEvents } from '../../src/parameters/parameter-events.ts';
import { decodeEvents, projectModel } from '../../src/project/project-model.ts';
import { projectEvents } from '../../src/projects/project-events.ts';
import { proxyEvents } from '../../src/proxies/proxy-events.ts';
import { entriesOf, storedSections } from '../support/stored-sections.ts';

/** One file for each type and version: examples as they are stored. Files are added, and never edited. */
const files = readdirSync('schema/events').sort();
const golden = new Map(
  files.map((file) => [file, JSON.parse(readFileSync(`schema/events/${file}`, 'utf8')) as Event[]] as const),
);
const known = Object.entries({ ...projectEvents, ...parameterEvents, ...proxyEvents, ...dataSourceEvents });

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

const examples = [...golden].flatMap(([file, events]) =>
  events.map((event, index) => [`${file} ${index}`, event] as const),
);

describe('the storage format', () => {
  test('has a golden file for each version of each event type, and for nothing else', () => {
    const wanted = known.flatMap(([type, versions]) => versions.map((_, index) => `${type}.v${index + 1}.json`));
    expect(files).toEqual(wanted.sort());
  });

  test.each(examples)('%s is read whole, and comes out as it went in', (_, event) => {
    const [decoded] = decodeEvents(commitOf(event));
    expect(Buffer.from(canonicalBytes(decoded)).toString()).toBe(Buffer.from(canonicalBytes(event)).toString());
  });

  test.each(examples)('%s with a member that nobody knows stops its project', (_, event) => {
    const altered = { ...event, data: { ...event.data, surprise: 1 } };
    expect(() => decodeEvents(commitOf(altered))).toThrow(UndecodableEventError);
  });

  test.each([
    ['an unknown type', { type: 'ProxyPainted', v: 1, data: {} }],
    ['an unknown version', { type: 'ProxyConnectionDeleted', v: 2, data: {} }],
    ['version 0', { type: 'ProxyConnectionDeleted', v: 0, data: {} }],
    ['a name of JavaScript', { type: 'constructor', v: 1, data: {} }],
  ])('%s stops its project, with its position', (_, event) => {
    expect(() => decodeEvents(commitOf(event))).toThrow(/position 7/);
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
      fold: 4,
      digest: '20009de0fbad166e4098c8707c1a8227bfbf24ade4e381776c9232b4cbceef2e',
    });
    const again = projectModel.restore(storedSections(projectModel.sections(view)));
    expect([...again.proxies.all()]).toEqual([...view.proxies.all()]);
    expect([...again.parameters.all()]).toEqual([...view.parameters.all()]);
    expect([...again.dataSources.all()]).toEqual([...view.dataSources.all()]);
    expect(again.project).toEqual(view.project);
    expect([...projectModel.sections(again)].map(entriesOf)).toEqual([...projectModel.sections(view)].map(entriesOf));
  });
});
