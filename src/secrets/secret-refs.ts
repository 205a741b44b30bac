/** Every reference to a secret in an event's data: whatever is stored as `{secretRef}`, at any depth. */
export function secretRefsIn(data: unknown): string[] {
  if (typeof data !== 'object' || data === null) return [];
  const own = 'secretRef' in data && typeof data.secretRef === 'string' ? [data.secretRef] : [];
  return [...own, ...Object.values(data).flatMap(secretRefsIn)];
}
