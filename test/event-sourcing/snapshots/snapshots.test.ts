import { describe, expect, jest, test } from '@jest/globals';
import { furthestChain } from '../../../src/event-sourcing/snapshots/snapshot-chain.ts';
import { MANIFEST, type SnapshotPlace } from '../../../src/event-sourcing/snapshots/snapshot-store.ts';
import { Snapshots } from '../../../src/event-sourcing/snapshots/snapshots.ts';
import { type ProjectImage, projectModel } from '../../../src/project/project-model.ts';
import { MemoryDatabase, MemoryEventStore, MemorySnapshotStore } from '../../../src/stores/memory.ts';
import { CountingStore } from '../../support/counting-store.ts';
import { eventually } from '../../support/sockets.ts';
import { Node, SEAL, subjectOf, whole } from '../ledger/node.ts';

const HEAD = 21;

/** A log of 21 commits, and its images at some positions. */
async function seeded() {
  const database = new MemoryDatabase();
  const node = new Node(new MemoryEventStore(database));
  await node.createProject('crm');
  for (let count = 2; count <= HEAD; count += 1) await node.createProxy('crm', `p${count}`);
  const at = async (position: number): Promise<ProjectImage> => {
    const image = await node.ledgers.viewAsOf('crm', { position });
    if (!image) throw new Error('there is no past');
    return image;
  };
  return { database, at, expected: whole(await node.image('crm')) };
}

function snapshotsOf(database: MemoryDatabase, warnings: string[] = [], writer = 'this one') {
  const store = new MemorySnapshotStore(database);
  const warn = (_: string, { why }: { why?: string }) => void warnings.push(why ?? '');
  return new Snapshots(store, new MemoryEventStore(database), SEAL, projectModel, warn, writer);
}

async function places(database: MemoryDatabase): Promise<[base: number, position: number][]> {
  const found = await new MemorySnapshotStore(database).places('crm', projectModel.fold);
  return found.map(({ base, position }) => [base, position]);
}

/** A server's start on this data. */
async function restart(database: MemoryDatabase) {
  const store = new CountingStore(database);
  const node = new Node(store, new MemorySnapshotStore(database));
  return { text: whole(await node.image('crm')), node, commits: store.commits };
}

/** Alters a part of each snapshot, or of the one at a position. */
function change(database: MemoryDatabase, part: number, alter: (body: string) => string, position?: number): void {
  for (const [key, each] of database.snapshots) {
    if (each.part !== part || (position !== undefined && each.position !== position)) continue;
    database.snapshots.set(key, { ...each, body: Buffer.from(alter(Buffer.from(each.body).toString())) });
  }
}

describe('snapshots', () => {
  test('start a ledger where they stand', async () => {
    const { database, at, expected } = await seeded();
    await snapshotsOf(database).save('crm', await at(15));
    const { text, node, commits } = await restart(database);
    expect(text).toBe(expected);
    expect(node.warnings).toEqual([]);
    expect(commits).toBe(2 + HEAD - 15);
  });

  test('of what has changed lead on from a whole one', async () => {
    const { database, at, expected } = await seeded();
    const snapshots = snapshotsOf(database);
    await snapshots.save('crm', await at(5));
    await snapshots.save('crm', await at(9), { since: await at(5) });
    await snapshots.save('crm', await at(20), { since: await at(9) });
    const { text, node, commits } = await restart(database);
    expect(text).toBe(expected);
    expect(node.warnings).toEqual([]);
    expect(commits).toBe(2 + HEAD - 20);
    for (const position of [5, 7, 9, 19, 20]) {
      const stored = await snapshots.newest('crm', position);
      const stands = position < 9 ? 5 : position < 20 ? 9 : 20;
      expect(stored?.image.position).toBe(stands);
      expect(stored && whole(stored.image)).toBe(whole(await at(stands)));
    }
    expect(await snapshots.newest('crm', 19, 9)).toBeUndefined();
  });

  const DAMAGES: [string, (database: MemoryDatabase, position?: number) => void][] = [
    ['damaged', (database, position) => change(database, 0, (body) => body.replace('[', '{'), position)],
    ['cut', (database, position) => change(database, 0, () => '', position)],
    ['without a manifest', (database, position) => change(database, MANIFEST, () => '{}', position)],
    ['forged', (database, at) => change(database, MANIFEST, (body) => body.replace('"events":', '"events":1'), at)],
    [
      'of another log',
      (database, position) => change(database, MANIFEST, (body) => body.replace(/"hash":"./, '"hash":"z'), position),
    ],
    [
      'on another log',
      (database, at) => change(database, MANIFEST, (body) => body.replace(/"baseHash":"./, '"baseHash":"z'), at),
    ],
  ];

  test.each<[string, (database: MemoryDatabase) => void]>([
    ['deleted', (database) => database.snapshots.clear()],
    ...DAMAGES,
  ])('that are %s change no answer', async (_, damage) => {
    const { database, at, expected } = await seeded();
    await snapshotsOf(database).save('crm', await at(15));
    damage(database);
    expect((await restart(database)).text).toBe(expected);
  });

  test.each(DAMAGES)('of changes that are %s are passed over', async (_, damage) => {
    const { database, at, expected } = await seeded();
    const snapshots = snapshotsOf(database);
    await snapshots.save('crm', await at(5));
    await snapshots.save('crm', await at(9), { since: await at(5) });
    await snapshots.save('crm', await at(15), { since: await at(9) });
    damage(database, 9);
    const { text, node, commits } = await restart(database);
    expect(text).toBe(expected);
    expect(node.warnings).not.toEqual([]);
    // The chain ends before it.
    expect(commits).toBeGreaterThanOrEqual(HEAD - 5);
  });

  test('that are whole and no use are stepped over by the changes that lead past them', async () => {
    const { database, at, expected } = await seeded();
    const snapshots = snapshotsOf(database);
    await snapshots.save('crm', await at(5));
    await snapshots.save('crm', await at(10), { since: await at(5) });
    await snapshots.save('crm', await at(10));
    await snapshots.save('crm', await at(15), { since: await at(10) });
    for (const [key, each] of database.snapshots) {
      if (each.position === 10 && each.base === 0 && each.part === 0) database.snapshots.delete(key);
    }
    const { text, node, commits } = await restart(database);
    expect(text).toBe(expected);
    expect(node.warnings).toEqual(['a part of it is missing or damaged']);
    expect(commits).toBeLessThan(HEAD - 10);
  });

  test('that are damaged, or of a suffix that was rolled back, are written anew', async () => {
    const { database, at, expected } = await seeded();
    await snapshotsOf(database).save('crm', await at(15));
    change(database, MANIFEST, (body) => body.replace(/"hash":"./, '"hash":"z'));
    await snapshotsOf(database).save('crm', await at(15));
    change(database, 0, () => '');
    const first = await restart(database);
    expect([first.text, first.node.warnings, first.commits]).toEqual([
      expected,
      ['a part of it is missing or damaged'],
      HEAD + 1,
    ]);
    expect(await places(database)).toEqual([]);
    await snapshotsOf(database).save('crm', await at(15));
    const second = await restart(database);
    expect([second.text, second.node.warnings, second.commits]).toEqual([expected, [], 2 + HEAD - 15]);
  });

  test('that stand on commits which got lost are dropped when that is noticed', async () => {
    const { database, at } = await seeded();
    const open = () => new MemoryEventStore(database, { shared: true });
    const node = new Node(open(), new MemorySnapshotStore(database));
    await node.image('crm');
    for (const position of [5, 9, 15]) await snapshotsOf(database).save('crm', await at(position));
    await snapshotsOf(database).save('crm', await at(20), { since: await at(15) });
    database.commits.get('crm')?.splice(9);
    await new Node(open()).createProxy('crm', 'another');
    await node.image('crm');
    await node.ledgers.drained();
    expect(await places(database)).toEqual([
      [0, 5],
      [0, 9],
    ]);
  });

  test('are not written again', async () => {
    const { database, at } = await seeded();
    const bytes = await snapshotsOf(database).save('crm', await at(15));
    const before = new Map(database.snapshots);
    expect(await snapshotsOf(database).save('crm', await at(15))).toBe(bytes);
    expect(new Map(database.snapshots)).toEqual(before);
  });

  test('are not written again where another process did it', async () => {
    const { database, at } = await seeded();
    await snapshotsOf(database).save('crm', await at(15));
    const before = new Map(database.snapshots);
    await snapshotsOf(database, [], 'another').save('crm', await at(15));
    expect(new Map(database.snapshots)).toEqual(before);
  });

  test('of two processes that write at once are both whole, and one of them goes', async () => {
    const { database, at } = await seeded();
    await snapshotsOf(database, [], 'one').save('crm', await at(5));
    // What a process appended itself may differ, in the order of its members, from what another one read.
    const other = new Node(new MemoryEventStore(database));
    const read = await Promise.all([5, 15].map((position) => other.ledgers.viewAsOf('crm', { position })));
    const [since, image] = read as [ProjectImage, ProjectImage];
    await Promise.all([
      snapshotsOf(database, [], 'one').save('crm', await at(15), { since: await at(5) }),
      snapshotsOf(database, [], 'other').save('crm', image, { since }),
    ]);
    const store = new MemorySnapshotStore(database);
    const places = await store.places('crm', projectModel.fold);
    expect(places.map(({ position, writer }) => [position, writer])).toEqual([
      [5, 'one'],
      [15, 'one'],
      [15, 'other'],
    ]);
    for (const writer of ['one', 'other']) {
      const alone = new MemoryDatabase();
      for (const [key, part] of database.snapshots) {
        if (part.position === 5 || part.writer === writer) alone.snapshots.set(key, part);
      }
      for (const [project, log] of database.commits) alone.commits.set(project, log);
      const { node, commits } = await restart(alone);
      expect([node.warnings, commits]).toEqual([[], 2 + HEAD - 15]);
    }
    await snapshotsOf(database, [], 'a third').save('crm', await at(18));
    expect((await store.places('crm', projectModel.fold)).map(({ position }) => position)).toEqual([5, 15, 18]);
  });

  test('that a process left unfinished go when an hour has passed', async () => {
    const { database, at } = await seeded();
    await snapshotsOf(database, [], 'one that ended').save('crm', await at(15));
    for (const [key, { part }] of database.snapshots) if (part === MANIFEST) database.snapshots.delete(key);
    const left = () => [...database.snapshots.values()].filter(({ writer }) => writer === 'one that ended').length;
    const snapshots = snapshotsOf(database);
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
    await snapshots.save('crm', await at(16));
    clock.mockReturnValue(3_599_999);
    await snapshots.save('crm', await at(18));
    expect(left()).toBeGreaterThan(0);
    clock.mockReturnValue(3_600_000);
    await snapshots.save('crm', await at(20));
    clock.mockRestore();
    expect(left()).toBe(0);
    expect((await new MemorySnapshotStore(database).places('crm', projectModel.fold)).length).toBeGreaterThan(1);
  });

  test('name the log that they are of by the id of its first commit', async () => {
    const { database, at } = await seeded();
    const image = await at(15);
    await snapshotsOf(database).save('crm', image);
    expect(image.log).toBe((await at(1)).log);
    expect(image.log).not.toBe('');
    const stored = await snapshotsOf(database).newest('crm');
    expect(stored?.image.log).toBe(image.log);
  });

  test('of an earlier fold are removed', async () => {
    const { database, at } = await seeded();
    const store = new MemorySnapshotStore(database);
    const earlier = { project: 'crm', fold: projectModel.fold - 1, position: 15, base: 10, writer: 'w' };
    await store.put({ ...earlier, part: MANIFEST, body: Buffer.from('{}') });
    await snapshotsOf(database).save('crm', await at(15));
    await snapshotsOf(database).save('crm', await at(21));
    expect(await store.places('crm', earlier.fold)).toEqual([]);
    expect(await places(database)).toEqual([
      [0, 15],
      [0, 21],
    ]);
  });

  test('that are whole are thinned; the first, the newest and the changes stay', async () => {
    const { database, at } = await seeded();
    const snapshots = snapshotsOf(database);
    for (let position = 2; position <= HEAD; position += 1) {
      await snapshots.save('crm', await at(position), position > 2 ? { since: await at(position - 1) } : {});
      await snapshots.save('crm', await at(position));
    }
    const kept = await places(database);
    const wholes = kept.filter(([base]) => base === 0).map(([, position]) => position);
    expect(wholes.length).toBeLessThan(20);
    expect(wholes[0]).toBe(2);
    expect(wholes.at(-1)).toBe(HEAD);
    expect(kept.length - wholes.length).toBe(HEAD - 2);
    for (let position = 2; position <= HEAD; position += 1) {
      const stored = await snapshots.newest('crm', position);
      expect(stored && whole(stored.image)).toBe(whole(await at(position)));
    }
  });
});

describe('the snapshots of a growing log', () => {
  const grow = async (node: Node, id: string, from: number, to: number, live: Map<number, string>) => {
    for (let count = from; count < to; count += 1) {
      const set = { description: `${count} `.padEnd(1_000, 'x') };
      const answer = await node.execute('crm', { type: 'UpdateProxy', id, set });
      if (answer.kind === 'appended' && count % 200 === 0) live.set(answer.image.position, whole(answer.image));
    }
  };
  const written = async (database: MemoryDatabase, count: number) => {
    await eventually(async () => (await places(database)).length >= count);
    expect((await places(database)).length).toBeGreaterThanOrEqual(count);
  };
  const reached = async (database: MemoryDatabase) => {
    const unreached = () => snapshotsOf(database).unreached('crm');
    await eventually(async () => (await unreached()).length === 0);
    expect(await unreached()).toEqual([]);
  };
  const looksBegin = async (database: MemoryDatabase, live: ReadonlyMap<number, string>, within: number) => {
    const store = new CountingStore(database);
    const node = new Node(store, new MemorySnapshotStore(database));
    await node.image('crm');
    store.commits = 0;
    for (const [position, text] of live) {
      const then = await node.ledgers.viewAsOf('crm', { position });
      expect(then && whole(then)).toBe(text);
    }
    expect(node.warnings).toEqual([]);
    expect(store.commits).toBeLessThan(within * live.size);
  };

  test('are written at its marks, live and by a replay, and looks at the past begin at them', async () => {
    const database = new MemoryDatabase();
    const node = new Node(new MemoryEventStore(database), new MemorySnapshotStore(database));
    await node.createProject('crm');
    const id = subjectOf(await node.createProxy('crm', 'p'));
    const live = new Map<number, string>();
    await grow(node, id, 0, 2_000, live);
    await node.ledgers.drained();
    await written(database, 10);
    await looksBegin(database, live, 300);

    const marks = (await places(database)).map(([, position]) => position);
    database.snapshots.clear();
    const replaying = new Node(new MemoryEventStore(database), new MemorySnapshotStore(database));
    await replaying.image('crm');
    await written(database, marks.length);
    const again = (await places(database)).map(([, position]) => position);
    expect(again).toEqual(expect.arrayContaining(marks));
    await reached(database);
    await looksBegin(database, live, 300);
  }, 60_000);

  test('lead to all of it again after a process that ended before it had written them', async () => {
    const database = new MemoryDatabase();
    const node = new Node(new MemoryEventStore(database));
    await node.createProject('crm');
    const id = subjectOf(await node.createProxy('crm', 'p'));
    const live = new Map<number, string>();
    await grow(node, id, 0, 2_000, live);
    const image = await node.image('crm');
    await snapshotsOf(database).save('crm', image);
    expect(await places(database)).toEqual([[0, image.position]]);

    const after = new Node(new MemoryEventStore(database), new MemorySnapshotStore(database));
    await after.image('crm');
    await written(database, 15);
    await reached(database);
    await looksBegin(database, live, 300);
  }, 60_000);

  test('are the same on every node', async () => {
    const database = new MemoryDatabase();
    const open = () => new Node(new MemoryEventStore(database, { shared: true }), new MemorySnapshotStore(database));
    const nodes = [open(), open()] as const;
    await nodes[0].createProject('crm');
    const id = subjectOf(await nodes[0].createProxy('crm', 'p'));
    const live = new Map<number, string>();
    for (let turn = 0; turn < 4; turn += 1) {
      await grow(turn % 2 === 0 ? nodes[0] : nodes[1], id, turn * 300, (turn + 1) * 300, live);
      await Promise.all(nodes.map((node) => node.image('crm')));
    }
    for (const node of nodes) await node.ledgers.drained();
    const found = await places(database);
    const changes = found.filter(([base]) => base > 0);
    expect(changes.length).toBeGreaterThan(3);
    // One chain: each stands on the end of the one before it.
    for (const [at, [base]] of changes.entries()) if (at > 0) expect(base).toBe(changes[at - 1]?.[1]);
    await looksBegin(database, live, 300);
  }, 60_000);

  test('begin anew behind a suffix that was rolled back', async () => {
    const database = new MemoryDatabase();
    const open = () => new Node(new MemoryEventStore(database, { shared: true }), new MemorySnapshotStore(database));
    const node = open();
    await node.createProject('crm');
    const id = subjectOf(await node.createProxy('crm', 'p'));
    await grow(node, id, 0, 800, new Map());
    await node.ledgers.drained();
    const log = database.commits.get('crm');
    log?.splice(500);
    const other = open();
    const live = new Map<number, string>();
    await grow(other, id, 2_000, 2_600, live);
    await node.image('crm');
    for (const each of [node, other]) await each.ledgers.drained();
    const after = open();
    await after.image('crm');
    for (const [position, text] of live) {
      const then = await after.ledgers.viewAsOf('crm', { position });
      expect(then && whole(then)).toBe(text);
    }
  }, 60_000);
});

describe('the chain that leads to a position', () => {
  const place = (base: number, position: number): SnapshotPlace => ({
    project: 'p',
    fold: 1,
    position,
    base,
    writer: 'w',
  });
  const chain = (places: readonly [number, number][], upTo = 100) =>
    furthestChain(
      places.map(([base, position]) => place(base, position)),
      upTo,
    ).map(({ base, position }) => [base, position]);

  test.each<[string, [number, number][], number, [number, number][]]>([
    ['nothing', [], 9, []],
    ['a whole one', [[0, 5]], 9, [[0, 5]]],
    [
      'not beyond',
      [
        [0, 5],
        [5, 10],
      ],
      9,
      [[0, 5]],
    ],
    [
      'changes',
      [
        [0, 5],
        [5, 7],
        [7, 9],
      ],
      9,
      [
        [0, 5],
        [5, 7],
        [7, 9],
      ],
    ],
    [
      'a later whole one',
      [
        [0, 5],
        [0, 7],
        [5, 7],
        [7, 9],
      ],
      9,
      [
        [0, 7],
        [7, 9],
      ],
    ],
    [
      'the only way',
      [
        [0, 5],
        [5, 9],
        [6, 9],
      ],
      9,
      [
        [0, 5],
        [5, 9],
      ],
    ],
    [
      'the way from further on',
      [
        [0, 5],
        [0, 7],
        [5, 9],
        [7, 9],
      ],
      9,
      [
        [0, 7],
        [7, 9],
      ],
    ],
    [
      'no way',
      [
        [4, 9],
        [5, 10],
      ],
      10,
      [],
    ],
  ])('%s', (_, places, upTo, expected) => {
    expect(chain(places, upTo)).toEqual(expected);
  });
});
