/** The words of the API's roles. */
export type Role = 'VIEWER' | 'AUDITOR' | 'OPERATOR' | 'EDITOR' | 'OWNER';

/** What somebody may do in a project: read grants and tokens, test and call, change resources, own. */
export type Right = 'READ_GRANTS' | 'SEND' | 'EDIT' | 'OWN';

const SUFFICES: Readonly<Record<Right, readonly Role[]>> = {
  READ_GRANTS: ['AUDITOR', 'OWNER'],
  SEND: ['OPERATOR', 'EDITOR', 'OWNER'],
  EDIT: ['EDITOR', 'OWNER'],
  OWN: ['OWNER'],
};

/** An administrator may do everything; where there are no identities, everybody is one. */
export function hasRight(right: Right, viewer: Viewer): boolean {
  return viewer.isAdministrator || viewer.roles.some((role) => SUFFICES[right].includes(role));
}

interface Viewer {
  readonly isAdministrator: boolean;
  readonly roles: readonly Role[];
}
