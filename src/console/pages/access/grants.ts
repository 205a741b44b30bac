import { graphql, type ResultOf } from '../../graphql/graphql.ts';

export const GRANT = graphql(`
  fragment Grant on AccessGrant {
    principal {
      kind
      identity
      name
    }
    role
    grantedBy {
      name
      identity
    }
    grantedAt
    reason
  }
`);

export type Grant = ResultOf<typeof GRANT>;

/** Whom a role can be given to by a grant; a token has the role that it was issued with. */
export type GrantedKind = Exclude<Grant['principal']['kind'], 'TOKEN'>;

/** As they are called here, or else by their identity. */
export function nameOf({ principal }: Grant): string {
  return principal.name ?? principal.identity;
}

export const GRANT_ACCESS = graphql(`
  mutation GrantAccess($input: GrantAccessInput!) {
    grantAccess(input: $input) {
      grant {
        role
      }
      userErrors {
        code
        path
        message
      }
    }
  }
`);

export const REVOKE_ACCESS = graphql(`
  mutation RevokeAccess($input: RevokeAccessInput!) {
    revokeAccess(input: $input) {
      commit {
        position
      }
      userErrors {
        code
        path
        message
      }
    }
  }
`);
