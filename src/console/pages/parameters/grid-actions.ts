import type { Column } from './cells.ts';
import type { Parameter } from './parameter-query.ts';

/** What somebody does in a row of the grid. */
export interface GridActions {
  readonly type: (parameter: Parameter, column: Column, text: string) => void;
  /** Ends the editing: saved, put back, or kept unsaved while one goes on (1) or back (-1) by so many cells. */
  readonly leave: (how: 'save' | 'put back' | 'stay' | 1 | -1) => void;
  readonly paste: (parameter: Parameter, column: Column, text: string) => void;
  readonly takeMine: (parameter: Parameter, column: Column) => void;
  readonly takeTheirs: (parameter: Parameter, column: Column) => void;
  readonly remove: (parameter: Parameter) => void;
  readonly restore: (parameter: Parameter) => void;
}
