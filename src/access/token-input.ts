import { readName } from '../words/fields.ts';
import { resourceIdOf } from '../words/ids.ts';
import type { Faults } from '../words/refusal.ts';
import type { Role } from './roles.ts';
import type { TokenId } from './token-events.ts';
import type { IssueToken, RevokeToken, TokenTerms } from './tokens.ts';

export interface IssueTokenForm {
  /** Null or left out: an administrator's token. */
  readonly projectKey?: string | null | undefined;
  readonly name: string;
  readonly role?: Role | null | undefined;
  readonly expiresAt?: string | null | undefined;
  readonly neverExpires?: boolean | null | undefined;
}

/** A token that was made, but is not issued yet. */
export interface NewToken {
  readonly newId: TokenId;
  readonly sha256: string;
}

export function readIssueToken(form: IssueTokenForm, made: NewToken, terms: TokenTerms, faults: Faults): IssueToken {
  const { projectKey = null, role = null, expiresAt = null, neverExpires } = form;
  const name = readName(form.name, ['input', 'name'], faults);
  if (projectKey !== null && role === null) {
    faults.required(['input', 'role'], 'a token of a project has a role; without projectKey it is an administrator');
  }
  if (projectKey === null && role !== null) {
    const message =
      "without projectKey the token is an administrator's and has no role; leave it out, or give projectKey";
    faults.invalid(['input', 'role'], message);
  }
  if (neverExpires && expiresAt !== null) {
    faults.invalid(['input', 'neverExpires'], 'a token ends at expiresAt or never: give one of the two');
  }
  const end = neverExpires ? null : (expiresAt ?? undefined);
  return { type: 'IssueToken', ...made, name, role, ...(end !== undefined && { expiresAt: end }), terms };
}

export function readRevokeToken({ id }: { readonly id: string }): RevokeToken {
  return { type: 'RevokeToken', id: resourceIdOf(id) };
}
