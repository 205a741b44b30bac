import { GraphQLScalarType, Kind } from 'graphql';
import { GraphQLDateTimeISO } from 'graphql-scalars';

/** ISO 8601 in UTC with milliseconds, inside as outside. */
export const DateTimeScalar = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  description:
    'An instant, ISO 8601 in UTC with milliseconds, e.g. 2026-11-24T09:30:00.000Z. As input any RFC 3339 instant, an offset allowed.',
  serialize: (value) => instant(value),
  parseValue: (value) => instant(value),
  parseLiteral: (node) => instant(node.kind === Kind.STRING ? node.value : undefined),
});

function instant(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(NO_INSTANT);
  const date = parseInstant(value);
  if (!date) throw new TypeError(NO_INSTANT);
  // An offset may lead out of the years that have four digits, which sort as times do.
  return new Date(Math.min(Math.max(date.getTime(), FIRST_INSTANT), LAST_INSTANT)).toISOString();
}

const FIRST_INSTANT = Date.parse('0000-01-01T00:00:00.000Z');
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');
const NO_INSTANT = 'DateTime cannot represent what is not an RFC 3339 instant';

function parseInstant(text: string): Date | undefined {
  try {
    const date: unknown = GraphQLDateTimeISO.parseValue(text);
    return date instanceof Date && !Number.isNaN(date.getTime()) ? date : undefined;
  } catch {
    // Its own message quotes the text.
    return undefined;
  }
}

/** The text as typed; whether it is a port or a template is judged with the rest of the input. */
export const PortTemplateScalar = new GraphQLScalarType<string, string>({
  name: 'PortTemplate',
  description:
    'A TCP port (1-65535) as an Int or a numeric String, or a template that resolves to one, e.g. "${corp.proxy.port}". Always serialised as a String.',
  serialize: (value) => port(value),
  parseValue: (value) => port(value),
  parseLiteral: (node) => {
    if (node.kind === Kind.STRING) return node.value;
    if (node.kind === Kind.INT) return port(Number(node.value));
    throw new TypeError(NO_PORT);
  },
});

const NO_PORT = 'PortTemplate cannot represent what is neither an Int nor a String';

function port(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  throw new TypeError(NO_PORT);
}
