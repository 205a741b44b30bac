import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { GraphQLDateTimeISO } from 'graphql-scalars';

/** ISO 8601 in UTC with milliseconds, inside as outside. */
export const DateTimeScalar = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  description:
    'An instant, ISO 8601 in UTC with milliseconds, e.g. 2026-11-24T09:30:00.000Z. As input any RFC 3339 instant: Z or an offset is needed, digits beyond the third of a second are cut off, and a leap second (23:59:60Z) is the last millisecond before it.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  // What the server holds is in that form already.
  serialize: (value) => (typeof value === 'string' && CANONICAL.test(value) ? value : instant(value)),
  parseValue: (value) => instant(value),
  parseLiteral: (node) => instant(node.kind === Kind.STRING ? node.value : undefined, node),
});

/** Of days that every month has, and hours that every day has; others are looked at. */
const CANONICAL = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

function instant(value: unknown, nodes: ValueNode | null = null): string {
  if (typeof value !== 'string') throw new GraphQLError(NO_INSTANT, { nodes });
  const date = parseInstant(value);
  if (!date) throw new GraphQLError(WITHOUT_OFFSET.test(value) ? NO_OFFSET : NO_INSTANT, { nodes });
  // An offset may lead out of the years that have four digits, which sort as times do.
  return new Date(Math.min(Math.max(date.getTime(), FIRST_INSTANT), LAST_INSTANT)).toISOString();
}

const FIRST_INSTANT = Date.parse('0000-01-01T00:00:00.000Z');
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');
// As errors of GraphQL they reach the client as they are, and they quote nothing.
const NO_INSTANT = 'DateTime cannot represent what is not an RFC 3339 instant, such as 2026-11-24T09:30:00Z';
const NO_OFFSET = 'DateTime cannot represent a time without an offset: end it in Z, or in one such as +02:00';
const WITHOUT_OFFSET = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/;

/** RFC 3339 §5.6, and §5.7 for seconds that leap. */
function parseInstant(text: string): Date | undefined {
  const cut = text.replace(/(\.\d{3})\d+/, '$1');
  const leap = /^(\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}):60(?:\.\d+)?(.*)$/s.exec(cut);
  if (!leap) return parseIso(cut);
  const last = parseIso(`${leap[1]}:59.999${leap[2]}`);
  // A second leaps at the end of a day of UTC, whatever the offset shows.
  return last?.toISOString().endsWith('T23:59:59.999Z') ? last : undefined;
}

function parseIso(text: string): Date | undefined {
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
    'A TCP port (1-65535) as an Int or a numeric String, or a template that resolves to one, e.g. "${corp.proxy.port}". Always serialised as a String. Takes every Int and String; range and form are judged with the rest of the input, as INVALID_VALUE.',
  serialize: (value) => port(value),
  parseValue: (value) => port(value),
  parseLiteral: (node) => {
    if (node.kind === Kind.STRING) return node.value;
    if (node.kind === Kind.INT) return port(Number(node.value), node);
    throw new GraphQLError(NO_PORT, { nodes: node });
  },
});

const NO_PORT = 'PortTemplate cannot represent what is neither an Int nor a String';

function port(value: unknown, nodes: ValueNode | null = null): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  throw new GraphQLError(NO_PORT, { nodes });
}
