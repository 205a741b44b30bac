import { LRUCache } from 'lru-cache';
import type { Identity } from '../../access/identity.ts';
import { judge } from '../../access/judge.ts';
import type { Right } from '../../access/roles.ts';
import { accessOf } from '../../project/project-access.ts';
import type { ProjectImage } from '../../project/project-model.ts';

/** Bytes of all kept answers together. */
const MOST_BYTES = 64 * 1024 * 1024;
/** About, of what is kept beside an answer's bytes. */
const BYTES_BESIDE = 500;
/** Of one question: for askers who may see more or less. */
const MOST_SIGHTS = 8;

/** What an answer was read from. */
export interface Reading {
  readonly project: string;
  readonly image: ProjectImage;
}

interface Kept {
  readonly body: Buffer;
  readonly readings: readonly { readonly project: string; readonly position: number; readonly hash: string }[];
  /** What the asker might see then, in the order of the readings. */
  readonly sight: string;
}

/** The newest image of a project, if this process has it at hand and a question would be answered from it. */
export type Peek = (project: string) => ProjectImage | undefined;

/**
 * Answers that would be given again, byte for byte, while nothing changed: what was asked, where each project stood that
 * it was read from, and what the asker may see there. All of these are looked at anew for each question; an answer whose
 * projects have moved on is forgotten.
 */
export class KeptAnswers {
  private readonly kept = new LRUCache<string, Kept[]>({
    maxSize: MOST_BYTES,
    sizeCalculation: (answers, key) =>
      answers.reduce((sum, { body }) => sum + body.length + BYTES_BESIDE, key.length * 2 + BYTES_BESIDE),
  });

  constructor(private readonly peek: Peek) {}

  /** @param leastPosition what the asker wants to be known at least */
  find(key: string, identity: Identity, leastPosition: number): Buffer | undefined {
    const answers = this.kept.get(key);
    if (!answers) return undefined;
    for (const answer of answers) {
      const readings = this.still(answer);
      if (!readings) {
        this.kept.delete(key);
        return undefined;
      }
      if (readings.some(({ image }) => image.position < leastPosition)) return undefined;
      if (sightOf(identity, readings) === answer.sight) return answer.body;
    }
    return undefined;
  }

  /** Keeps an answer, if what it was read from is the newest yet. */
  keep(key: string, identity: Identity, readings: readonly Reading[], body: Buffer): void {
    if (readings.some(({ project, image }) => this.peek(project)?.hash !== image.hash)) return;
    const sight = sightOf(identity, readings);
    const places = readings.map(({ project, image: { position, hash } }) => ({ project, position, hash }));
    const others = (this.kept.peek(key) ?? []).filter((other) => other.sight !== sight && this.still(other));
    this.kept.set(key, [{ body, readings: places, sight }, ...others].slice(0, MOST_SIGHTS));
  }

  /** What it was read from, if that is the newest yet. */
  private still({ readings }: Kept): readonly Reading[] | undefined {
    const found: Reading[] = [];
    for (const { project, position, hash } of readings) {
      const image = this.peek(project);
      if (!image || image.position !== position || image.hash !== hash) return undefined;
      found.push({ project, image });
    }
    return found;
  }
}

/** The rights that change what is answered, or whether. */
const RIGHTS: readonly Right[] = ['READ', 'READ_GRANTS', 'SEND', 'EDIT', 'OWN'];

function sightOf(identity: Identity, readings: readonly Reading[]): string {
  if (!identity.standing) return '';
  return readings.map(({ image }) => sightIn(image, identity)).join(' ');
}

/** Neither an image nor an identity ever changes, and what one may see is judged by them alone. */
const sights = new WeakMap<ProjectImage, WeakMap<Identity, string>>();

function sightIn(image: ProjectImage, identity: Identity): string {
  let known = sights.get(image);
  if (!known) {
    known = new WeakMap();
    sights.set(image, known);
  }
  let sight = known.get(identity);
  if (sight === undefined) {
    const access = accessOf(image.view);
    sight = RIGHTS.map((right) => (judge(access, identity, right).allowed ? '1' : '0')).join('');
    known.set(identity, sight);
  }
  return sight;
}
