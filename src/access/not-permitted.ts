import type { Right } from './roles.ts';

/** The asker may see what is asked for, but has not the right. */
export class NotPermittedError extends Error {
  override readonly name = 'NotPermittedError';

  constructor(readonly right: Right) {
    super(`this needs the right ${right}`);
  }
}
