import { canonicalBytes } from '../event.ts';
import type { SnapshotPlace } from './snapshot-store.ts';

/** What a snapshot says of itself. */
export interface Manifest extends SnapshotPlace {
  /** The log's identity: see `Image.log`. */
  readonly log: string;
  /** Of the commits at the base and at the position. */
  readonly baseHash: string;
  readonly hash: string;
  readonly at: string;
  readonly events: number;
  readonly weight: number;
  /** How many entries each section has at the position. */
  readonly sizes: Readonly<Record<string, number>>;
  /** The length of all keys and texts in the parts, before they were deflated. */
  readonly size: number;
  readonly parts: readonly { readonly sha256: string; readonly bytes: number }[];
}

/** Proves that a snapshot was made by a server with one of the configured keys: the hash chain does not cover it. */
export interface SnapshotSeal {
  sign(bytes: Uint8Array): Signature;
  verify(bytes: Uint8Array, signature: Signature): boolean;
}

interface Signature {
  readonly keyId: string;
  readonly digest: string;
}

export function sealManifest(manifest: Manifest, seal: SnapshotSeal): Uint8Array {
  return canonicalBytes({ manifest, seal: seal.sign(canonicalBytes(manifest)) });
}

/** Why a manifest is no use, or what it says. */
export function openManifest(body: Uint8Array, place: SnapshotPlace, seal: SnapshotSeal): Manifest | string {
  const read = parse(body);
  if (!read) return 'its manifest is damaged';
  const { manifest, signature } = read;
  if (!seal.verify(canonicalBytes(manifest), signature)) return 'its seal is not one of ours';
  const isMoved = PLACE.some((member) => manifest[member] !== place[member]);
  return isMoved ? 'it was moved' : manifest;
}

const PLACE = ['project', 'fold', 'position', 'base', 'writer'] as const satisfies (keyof SnapshotPlace)[];

/** In all its parts. */
export function bytesOf({ parts }: Manifest): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

function parse(body: Uint8Array): { readonly manifest: Manifest; readonly signature: Signature } | undefined {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    const { manifest, seal } = parsed as { manifest: Manifest; seal: Signature };
    return Array.isArray(manifest.parts) && typeof seal.digest === 'string' ? { manifest, signature: seal } : undefined;
  } catch {
    return undefined;
  }
}
