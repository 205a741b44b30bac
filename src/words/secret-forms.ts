import { isPlain, withoutControls, withoutRawControls } from './text.ts';
import { windows1252Text } from './windows-1252.ts';

/** A form with fewer characters than that is in many a text by chance, unless the secret itself is as short. */
const SHORTEST_FORM = 6;

/**
 * The bytes that secrets are told by, when what a peer encoded has been decoded: in UTF-8; in UTF-8 that was taken for
 * Latin-1 (as Node reads header lines) or for windows-1252 (as the decoders of bodies do); in Latin-1; without the
 * characters that are taken out of a peer's text; with a plus for each blank, as forms have it.
 */
export function secretForms(secrets: readonly string[]): Buffer[] {
  const forms = new Map<string, Buffer>();
  for (const secret of secrets) {
    for (const form of formsOf(secret)) if (form.length > 0) forms.set(form.toString('latin1'), form);
  }
  return [...forms.values()];
}

function formsOf(secret: string): Buffer[] {
  const utf8 = Buffer.from(secret, 'utf8');
  if (isPlain(secret)) return secret.includes(' ') ? [utf8, Buffer.from(withPluses(secret))] : [utf8];
  const spelt = [secret, utf8.toString('latin1'), windows1252Text(utf8)]
    .flatMap((text) => [text, withoutControls(text), withoutRawControls(text)])
    .filter((text) => text.length >= Math.min(SHORTEST_FORM, secret.length));
  const forms = spelt.flatMap((text) => [text, withPluses(text)]).map((text) => Buffer.from(text, 'utf8'));
  return /^[\0-\xff]*$/.test(secret) ? [...forms, Buffer.from(secret, 'latin1')] : forms;
}

function withPluses(text: string): string {
  return text.replaceAll(' ', '+');
}
