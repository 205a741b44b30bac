import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { MANIFEST, type SnapshotPlace, type SnapshotStore } from '../../src/event-sourcing/snapshots/snapshot-store.ts';

// Some of the servers are slow, and so are some machines.
jest.setTimeout(60_000);

export interface SnapshotStoreBench {
  readonly store: SnapshotStore;
  close(): Promise<void>;
}

/** What every snapshot store promises. */
export function snapshotStoreContract({
  name,
  skipped,
  open,
}: {
  readonly name: string;
  readonly skipped?: string;
  open(): Promise<SnapshotStoreBench>;
}): void {
  const title = skipped === undefined ? name : `${name} (skipped: ${skipped})`;
  (skipped === undefined ? describe : describe.skip)(`${title} as a snapshot store`, () => {
    let bench: SnapshotStoreBench;
    let store: SnapshotStore;
    beforeAll(async () => {
      bench = await open();
      store = bench.store;
    });
    afterAll(() => bench?.close());

    const text = async (place: SnapshotPlace, part: number) => {
      const body = await store.get(place, part);
      return body && Buffer.from(body).toString();
    };
    const write = async (place: SnapshotPlace, texts: readonly string[]) => {
      for (const [part, body] of texts.entries()) await store.put({ ...place, part, body: Buffer.from(body) });
      await store.put({ ...place, part: MANIFEST, body: Buffer.from('manifest') });
    };
    const placeOf = (more: Partial<SnapshotPlace> = {}): SnapshotPlace => ({
      project: `p-${randomUUID()}`,
      fold: 1,
      position: 10,
      base: 0,
      writer: 'one',
      ...more,
    });

    test('gives back what was put, to the byte, and nothing else', async () => {
      const place = placeOf();
      const body = Uint8Array.from({ length: 1024 * 1024 }, (_, at) => at % 256);
      await store.put({ ...place, part: 3, body });
      expect(Buffer.from((await store.get(place, 3)) ?? []).equals(body)).toBe(true);
      for (const other of [{ project: 'other' }, { fold: 2 }, { position: 11 }, { base: 1 }, { writer: 'two' }]) {
        expect(await store.get({ ...place, ...other }, 3)).toBeUndefined();
      }
      expect(await store.get(place, 2)).toBeUndefined();
    });

    test('changes nothing when a part is put again', async () => {
      const place = placeOf();
      await write(place, ['first']);
      await write(place, ['second']);
      expect(await text(place, 0)).toBe('first');
    });

    test('tells the places of those that have a manifest, in order', async () => {
      const { project } = placeOf();
      const places = [
        placeOf({ project, position: 9, base: 0 }),
        placeOf({ project, position: 10, base: 0 }),
        placeOf({ project, position: 10, base: 2 }),
        placeOf({ project, position: 10, base: 9 }),
        placeOf({ project, position: 10, base: 9, writer: 'other' }),
        placeOf({ project, position: 100, base: 10 }),
      ];
      for (const place of [...places].reverse()) await write(place, ['a', 'b']);
      await store.put({ ...placeOf({ project, position: 50 }), part: 0, body: Buffer.from('unfinished') });
      await write(placeOf({ project, fold: 2 }), ['of another fold']);
      await write(placeOf({ project: `${project}-2` }), ['of another project']);
      expect(await store.places(project, 1)).toEqual(places);
      expect(await store.places(project, 3)).toEqual([]);
    });

    test('tells the places of those that have no manifest yet', async () => {
      const { project } = placeOf();
      const begun = placeOf({ project, position: 11, writer: 'other' });
      await write(placeOf({ project }), ['a']);
      await write(placeOf({ project, position: 11 }), ['a']);
      expect(await store.unfinished(project, 1)).toEqual([]);
      for (const part of [0, 1]) await store.put({ ...begun, part, body: Buffer.from('a') });
      expect(await store.unfinished(project, 1)).toEqual([begun]);
      expect(await store.unfinished(project, 2)).toEqual([]);
      await store.delete(begun);
      expect(await store.unfinished(project, 1)).toEqual([]);
    });

    test('deletes one alone, and does not mind when it is gone', async () => {
      const place = placeOf();
      const neighbours = [
        { ...place, base: 5 },
        { ...place, position: 11 },
        { ...place, fold: 2 },
        { ...place, writer: 'two' },
      ];
      for (const each of [place, ...neighbours]) await write(each, ['a', 'b']);
      await store.delete(place);
      await store.delete(place);
      expect(await store.places(place.project, 1)).toEqual([neighbours[3], neighbours[0], neighbours[1]]);
      for (const part of [0, 1, MANIFEST]) expect(await store.get(place, part)).toBeUndefined();
      for (const each of neighbours) expect(await text(each, 1)).toBe('b');
    });
  });
}
