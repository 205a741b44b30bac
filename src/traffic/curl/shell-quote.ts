/**
 * A word that a POSIX shell hands on as this text, quoted only when it needs it. Also one that is typed: within single
 * quotes no shell expands its history (`!`). The text holds no NUL, which no argument can.
 */
export function shellWord(text: string): string {
  if (!needsQuotes(text)) return text;
  // An interactive bash takes ^ for a history substitution wherever a line begins with it, quotes or not.
  return `'${text.split("'").join("'\\''").split('\n^').join("\n''^")}'`;
}

/** A command that prints this text, whatever is in it and however long it is: printf is part of every shell. */
export function printfCommand(text: string): string {
  if (!/^-|[\\%]/.test(text) && !hasRawControl(text)) return `printf ${shellWord(text)}`;
  const bytes = Buffer.from(text, 'utf8');
  const format = Buffer.allocUnsafe(4 * bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (isPrinted(bytes, at)) {
      if (byte === BACKSLASH || byte === PERCENT) format[length++] = byte;
      format[length++] = byte;
    } else {
      format[length++] = BACKSLASH;
      for (const shift of [6, 3, 0]) format[length++] = 0x30 | ((byte >> shift) & 7);
    }
  }
  return `printf ${shellWord(format.toString('utf8', 0, length))}`;
}

/** True when it holds what neither an argument nor a terminal takes as it is: controls but tab and line feed. */
export function hasRawControl(text: string): boolean {
  return /[^\P{Cc}\n\t]/u.test(text);
}

/** False for characters that mean nothing to any shell; zsh reads a leading `=` as a command's path. */
function needsQuotes(text: string): boolean {
  return !/^(?!=)[A-Za-z0-9@%+=:,./_-]+$/.test(text);
}

const [TAB, LF, DASH, BACKSLASH, PERCENT, DEL] = [0x09, 0x0a, 0x2d, 0x5c, 0x25, 0x7f];
/** In UTF-8 the controls 80 to 9F are this byte and that of their number. */
const C1 = 0xc2;

/** False for the bytes of controls but tab and line feed, and for a dash that comes first: it would begin an option. */
function isPrinted(bytes: Buffer, at: number): boolean {
  const byte = bytes[at] ?? 0;
  if (byte < 0x80) return byte === TAB || byte === LF || (byte >= 0x20 && byte !== DEL && !(byte === DASH && at === 0));
  if (byte === C1) return (bytes[at + 1] ?? 0) >= 0xa0;
  return bytes[at - 1] !== C1 || byte >= 0xa0;
}
