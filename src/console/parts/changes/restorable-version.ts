/** A change, as far as the version that it made goes. */
interface Versioned {
  readonly type: string;
  readonly subjectId: string | null | undefined;
  readonly version: number | null | undefined;
}

/**
 * The version that a commit left a resource in, where it can be brought back: not that which there is now, nor one that was
 * only tested or deleted.
 */
export function restorableVersion(
  changes: readonly Versioned[],
  now: { readonly resourceId: string; readonly version: number; readonly deletedAt: string | null },
): number | undefined {
  const versions = changes.flatMap(({ type, subjectId, version }) => {
    const isEdit = subjectId === now.resourceId && !type.endsWith('_DELETED') && type !== 'PROXY_TESTED';
    return isEdit && version ? [version] : [];
  });
  const version = versions.length > 0 ? Math.max(...versions) : undefined;
  return version === now.version && now.deletedAt === null ? undefined : version;
}
