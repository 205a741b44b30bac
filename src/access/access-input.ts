import { checkLength } from '../words/fields.ts';
import type { Faults } from '../words/refusal.ts';
import { hasControl } from '../words/text.ts';
import type { GrantAccess, GrantedKind, RevokeAccess } from './access.ts';
import type { PrincipalKind } from './principals.ts';
import type { Role } from './roles.ts';

export interface PrincipalForm {
  readonly kind: PrincipalKind;
  readonly identity: string;
}

/** In code points. */
const LONGEST_SUBJECT = 255;
const LONGEST_ISSUER = 2_000;
const LONGEST_GROUP = 1_000;

export function readGrantAccess(form: PrincipalForm & { readonly role: Role }, faults: Faults): GrantAccess {
  return { type: 'GrantAccess', ...readPrincipal(form, faults), role: form.role };
}

export function readRevokeAccess(form: PrincipalForm, faults: Faults): RevokeAccess {
  return { type: 'RevokeAccess', ...readPrincipal(form, faults) };
}

function readPrincipal({ kind, identity }: PrincipalForm, faults: Faults): { kind: GrantedKind; identity: string } {
  if (kind === 'TOKEN') {
    const message = 'a token has the role that it was issued with: issueToken and revokeToken are for those';
    faults.invalid(['input', 'kind'], message);
    return { kind: 'USER', identity };
  }
  const path = ['input', 'identity'];
  if (hasControl(identity)) faults.invalid(path, 'an identity has no control characters or line breaks');
  else if (identity.trim() !== identity) faults.invalid(path, 'an identity has no white space around it');
  else if (kind === 'GROUP') {
    if (identity === '') faults.invalid(path, "give the group's name, as the identity provider's tokens have it");
    checkLength(identity, LONGEST_GROUP, "a group's name", path, faults);
  } else readSubject(kind, identity, path, faults);
  return { kind, identity };
}

function readSubject(kind: 'USER' | 'CLIENT', identity: string, path: readonly string[], faults: Faults): void {
  const at = identity.indexOf('#');
  const [issuer, subject] = [identity.slice(0, Math.max(at, 0)), identity.slice(at + 1)];
  if (!/^https?:\/\/[^\s/]/.test(issuer) || subject === '') {
    const [form, what] = kind === 'USER' ? ['ISSUER#SUB', "the user's sub"] : ['ISSUER#ID', "the client's id"];
    const message = `must be ${form}: the issuer's text as its tokens have it, a #, and ${what}`;
    faults.invalid(path, `the identity of a ${kind} ${message}, such as https://id.example.com#42`);
    return;
  }
  checkLength(issuer, LONGEST_ISSUER, 'an issuer', path, faults);
  checkLength(subject, LONGEST_SUBJECT, 'a subject', path, faults);
}
