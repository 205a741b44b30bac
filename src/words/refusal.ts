/** Why a caller's input is refused; the API answers these as `UserErrorCode`. */
export const UserErrorCode = {
  INVALID_VALUE: 'INVALID_VALUE',
  REQUIRED: 'REQUIRED',
  NAME_TAKEN: 'NAME_TAKEN',
  NOT_FOUND: 'NOT_FOUND',
  VERSION_CONFLICT: 'VERSION_CONFLICT',
  IDEMPOTENCY_KEY_REUSED: 'IDEMPOTENCY_KEY_REUSED',
  PARAMETER_UNDEFINED: 'PARAMETER_UNDEFINED',
  ENVIRONMENT_UNKNOWN: 'ENVIRONMENT_UNKNOWN',
  PROXY_CONNECTION_DELETED: 'PROXY_CONNECTION_DELETED',
  IN_USE: 'IN_USE',
  EGRESS_DENIED: 'EGRESS_DENIED',
  SECRET_UNAVAILABLE: 'SECRET_UNAVAILABLE',
  FORBIDDEN: 'FORBIDDEN',
  LAST_OWNER: 'LAST_OWNER',
} as const;
export type UserErrorCode = (typeof UserErrorCode)[keyof typeof UserErrorCode];

/** Where in the input, beginning with `input`. */
export type Path = readonly string[];

/** Something that the caller can mend. Nothing is appended when there is any. */
export interface Refusal {
  readonly code: UserErrorCode;
  readonly path: Path;
  /** One sentence or two: what is wrong, and what would be acceptable. */
  readonly message: string;
}

/** Collects what is wrong with an input, so that all of it is reported at once. */
export class Faults {
  private readonly found: Refusal[] = [];

  get all(): readonly Refusal[] {
    return this.found;
  }

  get any(): boolean {
    return this.found.length > 0;
  }

  /** Whether something is wrong at this very place. */
  at(path: Path): boolean {
    const place = JSON.stringify(path);
    return this.found.some((fault) => JSON.stringify(fault.path) === place);
  }

  add(code: UserErrorCode, path: Path, message: string): void {
    this.found.push({ code, path, message });
  }

  invalid(path: Path, message: string): void {
    this.add('INVALID_VALUE', path, message);
  }

  required(path: Path, message: string): void {
    this.add('REQUIRED', path, message);
  }
}

export function refuse(code: UserErrorCode, path: Path, message: string): { readonly refusals: readonly Refusal[] } {
  return { refusals: [{ code, path, message }] };
}

/** Undefined when the caller expects this version, or none. */
export function versionConflict(expected: number | undefined, actual: number): Refusal | undefined {
  if (expected === undefined || expected === actual) return undefined;
  const message = `expected version ${expected}, but the current version is ${actual}`;
  return { code: 'VERSION_CONFLICT', path: ['input', 'expectedVersion'], message };
}

export function secretParameterFault(key: string): string {
  return `${key} is a secret parameter: only the value of a data source's header with secret: true may name it`;
}
