import { type NextTurn, SecretMask } from './secret-mask.ts';
import { cutTo, isPlain, withoutControls, withoutRawControls } from './text.ts';

/**
 * Makes text from a peer fit to be shown, logged and recorded: well-formed, without control and bidirectional
 * characters, with each secret that it repeats masked, and cut.
 *
 * @param limit in code points; a text that was cut ends in `…`, which counts.
 * @param mask of what was in use. Credentials are sent as Base64 of `user:password`, so that pair is one as well.
 * @param wasCut the text is the beginning of a longer one.
 */
export function cleanPeerText(text: string, limit = 500, mask = SecretMask.NONE, wasCut = false): string {
  // Most texts are short, plain and without secrets: little is to be done for them.
  const clean = isPlain(text) ? text : withoutControls(text);
  // Masking comes behind it: a secret that a control character splits would be whole again after it.
  return cutTo(mask.text(clean, wasCut), limit);
}

/**
 * Makes a whole body from a peer fit to be shown: without control characters (but tabs and line ends) and bidirectional
 * ones, and with each secret that it repeats masked. In slices: `nextTurn` waits for the next one, and may throw.
 */
export function cleanBodyText(text: string, mask: SecretMask, wasCut: boolean, nextTurn: NextTurn): Promise<string> {
  return mask.largeText(withoutRawControls(text), wasCut, nextTurn);
}
