/**
 * A word that a POSIX shell hands on as this text, quoted only when it needs it. Also one that is typed: within single
 * quotes no shell expands its history (`!`). The text holds no NUL, which no argument can.
 */
export function shellWord(text: string): string {
  if (!needsQuotes(text)) return text;
  // An interactive bash takes ^ for a history substitution wherever a line begins with it, quotes or not.
  return `'${text.replaceAll("'", "'\\''").replaceAll('\n^', "\n''^")}'`;
}

/** A command that prints this text, whatever is in it and however long it is: printf is part of every shell. */
export function printfCommand(text: string): string {
  const format = text
    .replaceAll('\\', '\\\\')
    .replaceAll('%', '%%')
    // A dash that comes first would begin an option.
    .replace(/^-|[^\P{Cc}\n\t]/gu, octal);
  return `printf ${shellWord(format)}`;
}

/** True when it holds what neither an argument nor a terminal takes as it is: controls but tab and line feed. */
export function hasRawControl(text: string): boolean {
  return /[^\P{Cc}\n\t]/u.test(text);
}

/** False for characters that mean nothing to any shell; zsh reads a leading `=` as a command's path. */
function needsQuotes(text: string): boolean {
  return !/^(?!=)[A-Za-z0-9@%+=:,./_-]+$/.test(text);
}

function octal(character: string): string {
  return [...Buffer.from(character, 'utf8')].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
