import { type DestinationStream, type Level, type Logger, pino } from 'pino';
import { cutTo } from '../words/text.ts';

/** Characters of the texts in one line, and of one of them. */
const LINE_LIMIT = 32 * 1024;
const TEXT_LIMIT = 8 * 1024;
/** Members of a list or an object that are logged. */
const MEMBERS_LIMIT = 50;
const DEPTH_LIMIT = 5;
/** So many members of texts no longer than this are no more than one line may have. */
const [SHORT_LINE, SHORT_TEXT] = [16, 1024];

/** One line of JSON for each event. However long what is logged is, a line stays readable. */
export function createLogger(level: Level | 'silent', destination: DestinationStream): Logger {
  return pino(
    {
      level,
      serializers: { err: (error: Error) => bounded(pino.stdSerializers.err(error)) },
      formatters: { log: boundedLine },
    },
    destination,
  );
}

/** Errors are left to their serializer. */
function boundedLine(details: Record<string, unknown>): Record<string, unknown> {
  if (isShort(details)) return details;
  const room = { left: LINE_LIMIT };
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [name, value instanceof Error ? value : bounded(value, room)]),
  );
}

/** Most lines are; nothing is made to find out. */
function isShort(details: Readonly<Record<string, unknown>>): boolean {
  let members = 0;
  for (const name in details) {
    const value = details[name];
    members += 1;
    if (typeof value === 'object' && value !== null) return false;
    if (typeof value === 'string' && value.length > SHORT_TEXT) return false;
  }
  return members <= SHORT_LINE;
}

function bounded(value: unknown, room = { left: LINE_LIMIT }, depth = DEPTH_LIMIT): unknown {
  if (typeof value === 'string') {
    const text = cutTo(value, Math.max(1, Math.min(TEXT_LIMIT, room.left)));
    room.left -= text.length;
    return text;
  }
  if (typeof value !== 'object' || value === null || typeof Reflect.get(value, 'toJSON') === 'function') return value;
  if (depth === 0) return '…';
  if (Array.isArray(value)) return value.slice(0, MEMBERS_LIMIT).map((each) => bounded(each, room, depth - 1));
  const members = Object.entries(value).slice(0, MEMBERS_LIMIT);
  return Object.fromEntries(members.map(([name, each]) => [cutTo(name, 100), bounded(each, room, depth - 1)]));
}
