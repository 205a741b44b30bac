/** Leads to the past of a project, and back. */
export function TimeControl() {
  return null;
}
