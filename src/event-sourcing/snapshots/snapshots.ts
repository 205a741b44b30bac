import { createHash } from 'node:crypto';
import { GENESIS_HASH } from '../event.ts';
import type { EventStore } from '../event-store.ts';
import { Image, LEAST_MARK_BYTES } from '../images/image.ts';
import type { Model } from '../images/projection.ts';
import { type Changes, changesOf } from '../tables/section.ts';
import { PartWriter, StoredSections } from '../tables/snapshot-parts.ts';
import { type Pace, rest } from './pace.ts';
import { furthestChain } from './snapshot-chain.ts';
import { bytesOf, type Manifest, openManifest, type SnapshotSeal, sealManifest } from './snapshot-manifest.ts';
import { MANIFEST, type SnapshotPlace, type SnapshotStore } from './snapshot-store.ts';

export interface StoredImage<View> {
  readonly image: Image<View>;
  /** How much there is to read in it, and in what it stands on: the length of keys and JSON. */
  readonly size: number;
  /** The image that was stored whole, on which the others stand, and what it takes in the store. */
  readonly whole: { readonly weight: number; readonly bytes: number };
}

/** So that a log that makes ever new resources still has some of its past among its snapshots. */
const LOGS_WORTH = 3;

/** What nobody has finished for an hour is given up. */
const ABANDONED_AFTER_MS = 60 * 60_000;

/** How many leaves are written before other work gets a turn. */
const LEAVES_IN_ONE_GO = 8;

/** A snapshot that is there, but no use; if it is damaged, to nobody. */
class UselessSnapshotError extends Error {
  override readonly name = 'UselessSnapshotError';

  constructor(
    readonly place: SnapshotPlace,
    why: string,
    readonly isDamaged = false,
  ) {
    super(why);
  }
}

/**
 * Images as they are stored, so that neither a start nor a look at the past folds a whole log: some of them whole, and
 * between those what has changed from one to the next. One that is missing, old, damaged, forged or of another log is
 * passed over.
 */
export class Snapshots<View> {
  /** By project and place: since when they are known to be unfinished. */
  private readonly unfinished = new Map<string, ReadonlyMap<string, number>>();

  constructor(
    private readonly store: SnapshotStore,
    private readonly events: EventStore,
    private readonly seal: SnapshotSeal,
    private readonly model: Model<View, never, unknown>,
    private readonly warn: (message: string, details: object) => void,
    /** What tells this process from others that write snapshots. */
    private readonly writer: string,
  ) {}

  /** The newest usable image that stands at this position or before it, and behind another one. */
  async newest(project: string, upTo = Number.POSITIVE_INFINITY, behind = 0): Promise<StoredImage<View> | undefined> {
    let places = await this.store.places(project, this.model.fold);
    for (;;) {
      const chain = furthestChain(places, upTo);
      if ((chain.at(-1)?.position ?? 0) <= behind) return undefined;
      try {
        return await this.open(chain);
      } catch (error) {
        if (!(error instanceof UselessSnapshotError)) throw error;
        this.warn('a snapshot is passed over', { ...error.place, why: error.message });
        if (error.isDamaged) await this.store.delete(error.place);
        places = places.filter((place) => !isSamePlace(place, error.place));
      }
    }
  }

  /**
   * Writes an image down, or only what has changed since an earlier one that was written; nothing when that is there
   * already. Answers the bytes that this takes; undefined when the two have no origin in common, and nothing is written.
   */
  async save(
    project: string,
    image: Image<View>,
    { since, pace = { rest: 0 } }: { readonly since?: Image<View> | undefined; readonly pace?: Pace } = {},
  ): Promise<number | undefined> {
    const { position } = image;
    const base = since?.position ?? 0;
    const place = { project, fold: this.model.fold, position, base, writer: this.writer };
    const there = await this.store.places(project, place.fold);
    for (const other of there.filter((each) => each.position === position && each.base === base)) {
      const found = await this.read(other);
      const isManifest = typeof found === 'object';
      if (isManifest && found.hash === image.hash && found.baseHash === (since?.hash ?? GENESIS_HASH)) {
        return bytesOf(found);
      }
      // Damaged, or of a log whose suffix was rolled back.
      if (isManifest || other.writer === this.writer) await this.store.delete(other);
    }
    const manifest = await this.write(place, image, since, pace);
    return manifest && bytesOf(manifest);
  }

  /**
   * The positions of whole ones that no others lead to, ascending, but for the first if it stands at the first mark: what
   * is before them can only be folded.
   */
  async unreached(project: string): Promise<number[]> {
    const places = await this.store.places(project, this.model.fold);
    const unreached: number[] = [];
    for (const place of places) {
      if (place.base !== 0) continue;
      const others = places.filter(({ position, base }) => position !== place.position || base !== 0);
      const lead = furthestChain(others, place.position).at(-1);
      if (lead?.position === place.position) continue;
      if (lead || (await this.isBehindMarks(place))) unreached.push(place.position);
    }
    return unreached;
  }

  /** Deletes those that stand on commits which the log does not have. */
  async dropForeign(project: string): Promise<void> {
    for (const place of await this.store.places(project, this.model.fold)) {
      const manifest = await this.read(place);
      if (typeof manifest === 'object' && !(await this.isOfLog(manifest))) await this.store.delete(place);
    }
  }

  private async isBehindMarks(place: SnapshotPlace): Promise<boolean> {
    const manifest = await this.read(place);
    return typeof manifest === 'object' && manifest.weight >= 2 * LEAST_MARK_BYTES;
  }

  /** What a manifest says, or why it is no use; undefined when there is none. */
  private async read(place: SnapshotPlace): Promise<Manifest | string | undefined> {
    const body = await this.store.get(place, MANIFEST);
    return body && openManifest(body, place, this.seal);
  }

  private async write(
    place: SnapshotPlace,
    image: Image<View>,
    since: Image<View> | undefined,
    pace: Pace,
  ): Promise<Manifest | undefined> {
    const changes = changesOf(image.sections(), since?.sections());
    if (!changes) return undefined;
    const writer = new PartWriter();
    const parts: { sha256: string; bytes: number }[] = [];
    for await (const body of partsOf(changes, writer, pace)) {
      await this.store.put({ ...place, part: parts.length, body });
      parts.push({ sha256: sha256(body), bytes: body.length });
    }
    const { log, hash, at, events, weight } = image;
    const baseHash = since?.hash ?? GENESIS_HASH;
    const sizes = Object.fromEntries(changes.map(({ section: { name, size } }) => [name, size]));
    const manifest: Manifest = { ...place, log, baseHash, hash, at, events, weight, sizes, size: writer.size, parts };
    await this.store.put({ ...place, part: MANIFEST, body: sealManifest(manifest, this.seal) });
    if (!since) await this.thin(place.project);
    return manifest;
  }

  private async open(chain: readonly SnapshotPlace[]): Promise<StoredImage<View>> {
    const manifests: Manifest[] = [];
    for (const place of chain) manifests.push(await this.manifest(place, manifests.at(-1)));
    const last = manifests.at(-1);
    if (!last) throw new Error('an empty chain makes no image');
    if (!(await this.isOfLog(last))) {
      throw new UselessSnapshotError(placeOf(last), 'the log has another commit at its position');
    }
    const stored = new StoredSections(last.sizes);
    for (const manifest of manifests) {
      for (const part of manifest.parts.keys()) {
        const body = await this.part(manifest, part);
        if (manifest.base === 0) stored.addWhole(body);
        else stored.addChanges(body);
        await new Promise(setImmediate);
      }
    }
    const size = manifests.reduce((sum, manifest) => sum + manifest.size, 0);
    const [first = last] = manifests;
    const whole = { weight: first.weight, bytes: bytesOf(first) };
    return { image: Image.restore(this.model, { ...last, size }, stored), size, whole };
  }

  private async manifest(place: SnapshotPlace, base: Manifest | undefined): Promise<Manifest> {
    const manifest = (await this.read(place)) ?? 'its manifest is missing';
    if (typeof manifest === 'string') throw new UselessSnapshotError(place, manifest);
    const fits = manifest.baseHash === (base?.hash ?? GENESIS_HASH) && (!base || manifest.log === base.log);
    if (!fits) throw new UselessSnapshotError(place, 'it stands on another log');
    return manifest;
  }

  private async isOfLog({ project, position, hash }: Manifest): Promise<boolean> {
    for await (const sealed of this.events.read(project, { after: position - 1, upTo: position })) {
      return sealed.hash === hash;
    }
    return false;
  }

  private async part(manifest: Manifest, part: number): Promise<Uint8Array> {
    const body = await this.store.get(placeOf(manifest), part);
    if (body && sha256(body) === manifest.parts[part]?.sha256) return body;
    throw new UselessSnapshotError(placeOf(manifest), 'a part of it is missing or damaged', true);
  }

  /** Whoever writes one does not take that long: one that stays unfinished was left by a process that ended. */
  private async dropAbandoned(project: string): Promise<void> {
    const now = performance.now();
    const before = this.unfinished.get(project);
    const still = new Map<string, number>();
    for (const place of await this.store.unfinished(project, this.model.fold)) {
      const key = JSON.stringify(place);
      const since = before?.get(key) ?? now;
      if (now - since >= ABANDONED_AFTER_MS) await this.store.delete(place);
      else still.set(key, since);
    }
    if (still.size > 0) this.unfinished.set(project, still);
    else this.unfinished.delete(project);
  }

  /**
   * While the whole ones take more than the budget, the one goes whose going leaves the smallest gap; never the newest,
   * nor the first, which all changes lead back to. One without a readable manifest goes before them, and so does what
   * another process has written as well, what was left unfinished, and everything of earlier folds.
   */
  private async thin(project: string): Promise<void> {
    const { fold } = this.model;
    for (let earlier = 1; earlier < fold; earlier += 1) {
      for (const place of await this.store.places(project, earlier)) await this.store.delete(place);
    }
    await this.dropAbandoned(project);
    const kept: { place: SnapshotPlace; bytes: number }[] = [];
    let budget = 0;
    let before: SnapshotPlace | undefined;
    for (const place of await this.store.places(project, fold)) {
      const isTwin = before?.position === place.position && before.base === place.base;
      before = isTwin ? before : place;
      if (isTwin) await this.store.delete(place);
      if (isTwin || place.base !== 0) continue;
      const manifest = await this.read(place);
      if (typeof manifest !== 'object') {
        await this.store.delete(place);
        continue;
      }
      kept.push({ place, bytes: bytesOf(manifest) });
      budget = Math.max(budget, manifest.weight * LOGS_WORTH);
    }
    let total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
    while (total > budget && kept.length > 2) {
      const positions = kept.map(({ place }) => place.position);
      const gaps = positions.slice(2).map((position, at) => position - (positions[at] ?? 0));
      const [gone] = kept.splice(1 + gaps.indexOf(Math.min(...gaps)), 1);
      if (!gone) return;
      total -= gone.bytes;
      await this.store.delete(gone.place);
    }
  }
}

async function* partsOf(changes: Changes, writer: PartWriter, pace: Pace): AsyncGenerator<Uint8Array> {
  let leaves = 0;
  let begun = performance.now();
  for (const { section, entries } of changes) {
    for (const entry of entries) {
      if (!writer.add(section, entry)) continue;
      leaves += 1;
      if (writer.isFull) yield* writer.take();
      if (leaves % LEAVES_IN_ONE_GO !== 0) continue;
      await rest(performance.now() - begun, pace);
      begun = performance.now();
    }
    writer.endLeaf(section.name);
  }
  yield* writer.take();
}

function placeOf({ project, fold, position, base, writer }: SnapshotPlace): SnapshotPlace {
  return { project, fold, position, base, writer };
}

/** Within one project and fold. */
function isSamePlace(one: SnapshotPlace, other: SnapshotPlace): boolean {
  return one.position === other.position && one.base === other.base && one.writer === other.writer;
}

function sha256(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}
