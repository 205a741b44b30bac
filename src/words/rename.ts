/** A key that gets another name; several renames are applied all at once, so that two may swap. */
export interface Rename {
  readonly from: string;
  readonly to: string;
}
