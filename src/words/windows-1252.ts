/** What the bytes 80 to 9F mean; those that mean nothing are the control characters of that number (WHATWG Encoding). */
const UPPER = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** Every text is one in windows-1252. Node 20's own decoder takes it for Latin-1. */
export function windows1252Text(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/[\x80-\x9f]/g, (byte) => UPPER.charAt(byte.charCodeAt(0) - 0x80));
}
