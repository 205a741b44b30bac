import type { SecretStore } from './secret-store.ts';

export interface SweepOptions {
  /** Only secrets written before this instant: younger ones may belong to a commit under way. ISO 8601, UTC, milliseconds. */
  readonly writtenBefore: string;
  /** To be judged by the log read to its head: a view that lags would lose a secret that is in use. */
  readonly isReferenced: (project: string, secretId: string) => Promise<boolean>;
}

/** Deletes the secrets of commits that never landed. Answers how many ciphertexts went. */
export async function sweepSecrets(store: SecretStore, { writtenBefore, isReferenced }: SweepOptions): Promise<number> {
  const old: { project: string; secretId: string; keyId: string }[] = [];
  for await (const { project, secretId, keyId, createdAt } of store.all()) {
    if (createdAt < writtenBefore) old.push({ project, secretId, keyId });
  }
  let swept = 0;
  for (const { project, secretId, keyId } of old) {
    if (await isReferenced(project, secretId)) continue;
    await store.delete(project, secretId, keyId);
    swept += 1;
  }
  return swept;
}
