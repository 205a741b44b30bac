import { SecretMask } from '../../words/secret-mask.ts';

/** Characters of all secrets together: a mask takes some tens of bytes for each, in each form that it may come in. */
const MOST_KEPT = 1_000;

/** The mask of the latest secrets: most calls of one way have the same ones, and a mask takes longer to make than to use. */
export class KeptMask {
  #secrets: readonly string[] = [];
  #mask = SecretMask.NONE;

  of(secrets: readonly string[]): SecretMask {
    const isSame = secrets.length === this.#secrets.length && secrets.every((each, at) => each === this.#secrets[at]);
    if (isSame) return this.#mask;
    const mask = new SecretMask(secrets);
    if (secrets.reduce((sum, { length }) => sum + length, 0) > MOST_KEPT) return mask;
    this.#secrets = [...secrets];
    this.#mask = mask;
    return mask;
  }
}
