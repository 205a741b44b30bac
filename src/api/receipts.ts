import type { GraphQLFormattedError, GraphQLResolveInfo } from 'graphql';
import type { SealedCommit } from '../event-sourcing/event.ts';

/** A stored commit, as `extensions.commit` tells it. */
export interface Receipt {
  readonly projectKey: string;
  readonly position: number;
  /** Null when the commit could not be read again. */
  readonly hash: string | null;
}

/**
 * What the mutations of one request stored, kept apart from their payloads: whatever fails behind an append, the client
 * learns that it took place.
 */
export class Receipts {
  /** By the field's name in the answer. */
  private readonly byField = new Map<string, Receipt>();

  /** Notes what a mutation stored, or found to be stored by the request that it repeats; again to tell more of it. */
  note({ path }: GraphQLResolveInfo, { projectKey, position, hash }: Receipt): void {
    this.byField.set(String(path.key), { projectKey, position, hash });
  }

  noteCommit(info: GraphQLResolveInfo, { commit, hash }: SealedCommit): void {
    this.note(info, { projectKey: commit.project, position: commit.position, hash });
  }

  /**
   * Adds to errors as the client is told them what became of the change. An error of the whole answer is told once for
   * each mutation that stored something.
   */
  tell(errors: readonly GraphQLFormattedError[]): GraphQLFormattedError[] {
    return errors.flatMap((error) => {
      const [field] = error.path ?? [];
      if (field !== undefined) return [withReceipt(error, this.byField.get(String(field)))];
      if (this.byField.size === 0) return [withReceipt(error, undefined)];
      return [...this.byField].map(([name, receipt]) => withReceipt({ ...error, path: [name] }, receipt));
    });
  }
}

function withReceipt(error: GraphQLFormattedError, commit: Receipt | undefined): GraphQLFormattedError {
  const { message, extensions } = error;
  const and = (consequence: string) => `${message.replace(/\.$/, '')}; ${consequence}`;
  if (commit) {
    const stored = `the change is stored, at position ${commit.position} of project ${commit.projectKey}`;
    return { ...error, message: and(stored), extensions: { ...extensions, commit } };
  }
  return extensions?.code === 'STORE_UNAVAILABLE' ? { ...error, message: and('nothing was appended') } : error;
}
