import type { SecretStore } from './secret-store.ts';

/** What the log says of a secret that it refers to. */
export interface SecretLifetime {
  /** Since when nothing has used it: replaced, forgotten, or of a deleted resource. Absent while it is in use. */
  readonly forgottenAt?: string;
}

export interface SweepOptions {
  /** Those of one project, by secret id, from its log read to the head. */
  readonly lifetimes: (project: string) => Promise<ReadonlyMap<string, SecretLifetime>>;
  /** Secrets that no commit refers to go when they were written before: younger ones may belong to one under way. */
  readonly unreferencedBefore: string;
  /** Secrets that nothing uses any more go when that began before. Both are ISO 8601, UTC, milliseconds. */
  readonly forgottenBefore: string;
}

/** Deletes the ciphertexts that are no use any more. Answers how many went. */
export async function sweepSecrets(store: SecretStore, options: SweepOptions): Promise<number> {
  const byProject = new Map<string, { secretId: string; keyId: string; createdAt: string }[]>();
  for await (const { project, secretId, keyId, createdAt } of store.all()) {
    const ofProject = byProject.get(project) ?? [];
    byProject.set(project, ofProject);
    ofProject.push({ secretId, keyId, createdAt });
  }
  let swept = 0;
  for (const [project, secrets] of byProject) {
    const lifetimes = await options.lifetimes(project);
    for (const { secretId, keyId, createdAt } of secrets) {
      const lifetime = lifetimes.get(secretId);
      const isOver = lifetime
        ? lifetime.forgottenAt !== undefined && lifetime.forgottenAt < options.forgottenBefore
        : createdAt < options.unreferencedBefore;
      if (!isOver) continue;
      await store.delete(project, secretId, keyId);
      swept += 1;
    }
  }
  return swept;
}
