export function RecordedTests(_: { readonly id: string }) {
  return null;
}
