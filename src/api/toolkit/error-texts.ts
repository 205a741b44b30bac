import { type GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';

/**
 * Messages of parsing, validation and coercion quote what was sent, which may be a password. These are told by place and
 * reason instead. Everything else stays as it is.
 */
export function withoutValues(formatted: GraphQLFormattedError, error: GraphQLError): string {
  const { code } = formatted.extensions ?? {};
  if (code === 'GRAPHQL_PARSE_FAILED') return parseFault(error);
  if (code === 'GRAPHQL_VALIDATION_FAILED' && error.nodes?.some(({ kind }) => VALUE_KINDS.has(kind))) {
    return `the value ${place(error)} is not acceptable: ${reasonOf(error.message)}`;
  }
  if (error.message === 'Validation aborted.')
    return 'the query has too many fields to be looked at; ask for less at once';
  // Argument coercion while executing: `Argument "x" has invalid value …`.
  if (code === 'BAD_USER_INPUT' && / has invalid value /.test(error.message)) {
    return `the value ${place(error)} is not acceptable: ${reasonOf(error.message)}`;
  }
  return formatted.message;
}

/** What is wrong with an argument, as graphql-js says it while it reads arguments, without the value. */
export function argumentFault(error: GraphQLError): string {
  const [fault] =
    /^Argument "\w+" of (?:non-null type "[^"]*" must not be null|required type "[^"]*" was (?:not provided|provided the variable "\$\w+" which was not provided a runtime value))/.exec(
      error.message,
    ) ?? [];
  return fault ?? `the value ${place(error)} is not acceptable: ${reasonOf(error.message)}`;
}

/** Why a value does not fit, as graphql-js says it, without the value. */
export function reasonOf(message: string): string {
  for (const pattern of REASONS) {
    const [, reason] = pattern.exec(message) ?? [];
    if (reason !== undefined) return reason.startsWith('does not') ? `it ${reason}` : reason;
  }
  return 'it does not have the expected type';
}

/** Beginnings of graphql-js's messages that hold names of the schema or of fields only. */
const REASONS = [
  /^(Expected value of type "[^"]*")/,
  /^(Expected type "[^"]*")/,
  /^(Expected non-nullable type "[^"]*")/,
  /^(Field "\w+(?:\.\w+)?" of required type "[^"]*" was not provided)\.$/,
  /^(Field "\w+" is not defined by type "\w+")/,
  /^Value ".*?(does not exist in "\w+" enum)/s,
  /^(Enum "\w+" cannot represent [a-z- ]+)/,
  /^((?:Int|Float|String|Boolean|ID) cannot represent [a-z0-9- ]+)/i,
  // Our own, which quote nothing.
  /^((?:DateTime|PortTemplate) cannot represent [a-z0-9-:+, ]+)$/i,
];

const VALUE_KINDS: ReadonlySet<string> = new Set([
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  Kind.BOOLEAN,
  Kind.NULL,
  Kind.ENUM,
  Kind.LIST,
  Kind.OBJECT,
  Kind.OBJECT_FIELD,
]);

function parseFault(error: GraphQLError): string {
  const [, expected] = /^Syntax Error: (Expected [^,]+), found /.exec(error.message) ?? [];
  const [, limit] = /^Syntax Error: (Document contains more (?:than|that) \d+ tokens)/.exec(error.message) ?? [];
  return `Syntax error ${place(error)}${expected || limit ? `: ${expected ?? limit}` : ''}`;
}

function place(error: GraphQLError): string {
  const [location] = error.locations ?? [];
  return location ? `at line ${location.line}, column ${location.column}` : 'in the query';
}
