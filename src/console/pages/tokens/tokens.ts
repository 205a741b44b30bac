import { graphql, type ResultOf } from '../../graphql/graphql.ts';

export const TOKEN = graphql(`
  fragment Token on ApiToken {
    id
    resourceId
    name
    role
    expiresAt
    createdBy {
      name
    }
    createdAt
    revokedAt
    revokedBy {
      name
    }
    lastUsedAt
  }
`);

export type Token = ResultOf<typeof TOKEN>;

/** The text of the token is in the payload alone, which no cache keeps. */
export const ISSUE_TOKEN = graphql(`
  mutation IssueToken($input: IssueTokenInput!) {
    issueToken(input: $input) {
      token {
        id
        name
      }
      secret
      userErrors {
        code
        path
        message
      }
    }
  }
`);

export const REVOKE_TOKEN = graphql(`
  mutation RevokeToken($input: RevokeTokenInput!) {
    revokeToken(input: $input) {
      token {
        id
        revokedAt
      }
      userErrors {
        code
        path
        message
      }
    }
  }
`);

/** Whether it is still taken. */
export function isUsable({ expiresAt, revokedAt }: Token): boolean {
  return revokedAt === null && !isExpired(expiresAt);
}

export function isExpired(expiresAt: string | null): boolean {
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now();
}
