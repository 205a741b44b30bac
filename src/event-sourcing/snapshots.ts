import { createHash } from 'node:crypto';
import { type DumpedRow, readDump } from './dump.ts';
import { canonicalBytes } from './event.ts';
import type { EventStore } from './event-store.ts';
import { Image } from './image.ts';
import type { Model } from './projection.ts';
import { MANIFEST, type SnapshotPlace, type SnapshotStore } from './snapshot-store.ts';

/** Proves that a snapshot was made by a server with one of the configured keys: the hash chain does not cover it. */
export interface SnapshotSeal {
  sign(bytes: Uint8Array): { readonly keyId: string; readonly digest: string };
  verify(bytes: Uint8Array, sealed: { readonly keyId: string; readonly digest: string }): boolean;
}

interface Manifest {
  readonly project: string;
  readonly position: number;
  readonly fold: number;
  /** Of the commit at the position. */
  readonly hash: string;
  readonly at: string;
  readonly events: number;
  readonly weight: number;
  readonly parts: readonly { readonly sha256: string; readonly bytes: number }[];
}

export interface StoredImage<View> {
  readonly image: Image<View>;
  /** What it takes in the store. */
  readonly bytes: number;
}

/** So that a log that makes ever new resources still has some of its past among its snapshots. */
const LOGS_WORTH = 4;
const PART_BYTES = 512 * 1024;

/** How fast a snapshot is written: how long it rests after each bit of work, as a multiple of what that took. */
export interface Pace {
  readonly rest: number;
}

/** How many rows are written before other work gets a turn. */
const ROWS_IN_ONE_GO = 500;

/**
 * Images as they are stored, so that neither a start nor a look at the past folds a whole log. One that is missing, old,
 * damaged, forged or of another log is passed over.
 */
export class Snapshots<View> {
  constructor(
    private readonly store: SnapshotStore,
    private readonly events: EventStore,
    private readonly seal: SnapshotSeal,
    private readonly model: Model<View, never, unknown>,
    private readonly warn: (message: string, details: object) => void,
  ) {}

  /** The newest usable image that stands at this position or before it. */
  async newest(project: string, upTo = Number.POSITIVE_INFINITY, behind = 0): Promise<StoredImage<View> | undefined> {
    const positions = await this.store.positions(project, this.model.fold);
    for (const position of positions.reverse()) {
      if (position > upTo || position <= behind) continue;
      const stored = await this.load({ project, position, fold: this.model.fold });
      if (stored) return stored;
    }
    return undefined;
  }

  /**
   * Writes an image down, then makes room: together, a project's snapshots take at most `LOGS_WORTH` times its log.
   * Answers the bytes that this one takes.
   */
  async save(project: string, image: Image<View>, pace: Pace = { rest: 0 }): Promise<number> {
    const place = { project, position: image.position, fold: this.model.fold };
    const parts: { sha256: string; bytes: number }[] = [];
    for await (const text of this.texts(image, pace)) {
      const body = Buffer.from(text, 'utf8');
      await this.store.put({ ...place, part: parts.length, body });
      parts.push({ sha256: sha256(body), bytes: body.length });
    }
    const { hash, at, events, weight } = image;
    const manifest: Manifest = { ...place, hash, at, events, weight, parts };
    const body = canonicalBytes({ manifest, seal: this.seal.sign(canonicalBytes(manifest)) });
    await this.store.put({ ...place, part: MANIFEST, body });
    await this.thin(project);
    return bytesOf(manifest);
  }

  private async load(place: SnapshotPlace): Promise<StoredImage<View> | undefined> {
    const manifest = await this.manifest(place);
    if (!manifest) return undefined;
    const dump = readDump([]);
    for (const [part, { sha256: expected }] of manifest.parts.entries()) {
      const body = await this.store.get(place, part);
      if (!body || sha256(body) !== expected) return this.passOver(place, 'a part of it is missing or damaged');
      readDump(rowsOf(body), dump);
      await new Promise(setImmediate);
    }
    return { image: Image.restore(this.model, manifest, dump), bytes: bytesOf(manifest) };
  }

  private async manifest(place: SnapshotPlace): Promise<Manifest | undefined> {
    const body = await this.store.get(place, MANIFEST);
    const read = body && parseManifest(body);
    if (!read) return this.passOver(place, 'its manifest is missing or damaged');
    const { manifest, seal } = read;
    const { project, position, fold, hash } = manifest;
    if (!this.seal.verify(canonicalBytes(manifest), seal)) return this.passOver(place, 'its seal is not one of ours');
    if (project !== place.project || position !== place.position || fold !== place.fold) {
      return this.passOver(place, 'it was moved');
    }
    for await (const sealed of this.events.read(project, { after: position - 1, upTo: position })) {
      if (sealed.hash === hash) return manifest;
    }
    return this.passOver(place, 'the log has another commit at its position');
  }

  private passOver(place: SnapshotPlace, why: string): undefined {
    this.warn('a snapshot is passed over', { ...place, why });
    return undefined;
  }

  private async *texts(image: Image<View>, pace: Pace): AsyncGenerator<string> {
    let lines: string[] = [];
    let bytes = 0;
    let rows = 0;
    let begun = performance.now();
    for (const row of image.dump()) {
      const line = row.join('\t');
      lines.push(line);
      bytes += line.length;
      rows += 1;
      if (bytes >= PART_BYTES) {
        yield lines.join('\n');
        lines = [];
        bytes = 0;
      }
      if (rows % ROWS_IN_ONE_GO !== 0) continue;
      const rest = (performance.now() - begun) * pace.rest;
      await (rest > 0 ? new Promise((resolve) => setTimeout(resolve, rest)) : new Promise(setImmediate));
      begun = performance.now();
    }
    if (lines.length > 0) yield lines.join('\n');
  }

  /**
   * While the snapshots take more than the budget, the one goes whose going leaves the smallest gap; never the newest.
   * A snapshot without a readable manifest goes first, and so do those of earlier folds.
   */
  private async thin(project: string): Promise<void> {
    const { fold } = this.model;
    for (let earlier = 1; earlier < fold; earlier += 1) {
      for (const position of await this.store.positions(project, earlier)) {
        await this.store.delete({ project, position, fold: earlier });
      }
    }
    const kept: { position: number; bytes: number }[] = [];
    let budget = 0;
    for (const position of await this.store.positions(project, fold)) {
      const body = await this.store.get({ project, position, fold }, MANIFEST);
      const manifest = body && parseManifest(body)?.manifest;
      if (!manifest) {
        await this.store.delete({ project, position, fold });
        continue;
      }
      kept.push({ position, bytes: bytesOf(manifest) });
      budget = Math.max(budget, manifest.weight * LOGS_WORTH);
    }
    let total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
    while (total > budget && kept.length > 1) {
      const gaps = kept
        .slice(0, -1)
        .map((_, index) => (kept[index + 1]?.position ?? 0) - (kept[index - 1]?.position ?? 0));
      const [gone] = kept.splice(gaps.indexOf(Math.min(...gaps)), 1);
      if (!gone) return;
      total -= gone.bytes;
      await this.store.delete({ project, position: gone.position, fold });
    }
  }
}

/** The rows of a part, a line each: JSON text has neither tabs nor line ends of its own. */
function* rowsOf(part: Uint8Array): Generator<DumpedRow> {
  for (const line of Buffer.from(part.buffer, part.byteOffset, part.length).toString('utf8').split('\n')) {
    const keyStart = line.indexOf('\t') + 1;
    const jsonStart = line.indexOf('\t', keyStart) + 1;
    yield [line.slice(0, keyStart - 1), line.slice(keyStart, jsonStart - 1), line.slice(jsonStart)];
  }
}

function bytesOf({ parts }: Manifest): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

function sha256(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex');
}

function parseManifest(body: Uint8Array) {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    const { manifest, seal } = parsed as { manifest: Manifest; seal: { keyId: string; digest: string } };
    return Array.isArray(manifest.parts) && typeof seal.digest === 'string' ? { manifest, seal } : undefined;
  } catch {
    return undefined;
  }
}
