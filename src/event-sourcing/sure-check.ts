import type { z } from 'zod';

/** True: the value has the form, and parsing it would change nothing. False: ask the schema, which also says why not. */
export type SureCheck = (value: unknown) => boolean;

type Schema = z.core.$ZodTypes;

/**
 * A check of JSON values that is made of their schema, and much faster: it copies nothing and tells no reasons. Where a
 * schema holds what is not known here, it is never sure; so the schema stays the one source of the form.
 */
export function sureCheck(schema: z.core.$ZodType): SureCheck {
  return compile(schema) ?? (() => false);
}

/** Undefined where the schema may ask for more than is known here, or change the value. */
function compile(schema: z.core.$ZodType): SureCheck | undefined {
  const { def } = (schema as Schema)._zod;
  if (def.type === 'string') return 'format' in def || 'coerce' in def ? undefined : textCheck(def.checks);
  if (def.checks && def.checks.length > 0) return undefined;
  switch (def.type) {
    case 'number':
      return isPlainInteger(def) ? Number.isSafeInteger : undefined;
    case 'boolean':
      return 'coerce' in def ? undefined : (value) => typeof value === 'boolean';
    case 'enum':
      return oneOf(Object.values(def.entries));
    case 'object':
      return isStrict(def) ? objectCheck(def.shape) : undefined;
    case 'array':
      return arrayCheck(compile(def.element));
    case 'union':
      return anyOf(def.options.map(compile));
    case 'nullable':
      return anyOf([(value) => value === null, compile(def.innerType)]);
    // A member that is absent is not checked.
    case 'optional':
    case 'readonly':
      return compile(def.innerType);
    default:
      return undefined;
  }
}

function textCheck(checks: readonly z.core.$ZodCheck<never>[] = []): SureCheck | undefined {
  const patterns: RegExp[] = [];
  for (const { _zod } of checks) {
    const def: { readonly check: string; readonly format?: string; readonly pattern?: RegExp } = _zod.def;
    // One with a memory of where it was would answer by turns.
    if (def.check !== 'string_format' || def.format !== 'regex' || !def.pattern || /[gy]/.test(def.pattern.flags))
      return undefined;
    patterns.push(def.pattern);
  }
  const [pattern] = patterns;
  if (!pattern) return (value) => typeof value === 'string';
  return (value) => typeof value === 'string' && patterns.every((each) => each.test(value));
}

function isPlainInteger(def: object): boolean {
  return 'format' in def && def.format === 'safeint' && !('coerce' in def);
}

function isStrict({ catchall }: z.core.$ZodObjectDef): boolean {
  return catchall?._zod.def.type === 'never';
}

function oneOf(values: readonly unknown[]): SureCheck | undefined {
  if (!values.every((value) => typeof value === 'string')) return undefined;
  const known = new Set<unknown>(values);
  return (value) => known.has(value);
}

function anyOf(options: readonly (SureCheck | undefined)[]): SureCheck | undefined {
  const checks = options.filter((check) => check !== undefined);
  return checks.length < options.length ? undefined : (value) => checks.some((check) => check(value));
}

function arrayCheck(element: SureCheck | undefined): SureCheck | undefined {
  return element && ((value) => Array.isArray(value) && value.every(element));
}

function objectCheck(shape: z.core.$ZodShape): SureCheck | undefined {
  const members: CheckedMember[] = [];
  for (const [name, schema] of Object.entries(shape)) {
    const check = compile(schema);
    // What every object inherits can't be told from what it has.
    if (!check || name in Object.prototype) return undefined;
    members.push({ name, isRequired: schema._zod.optin !== 'optional', check });
  }
  return strictObject(members);
}

/** A member whose name no object inherits. */
export interface CheckedMember {
  readonly name: string;
  readonly isRequired: boolean;
  readonly check: SureCheck;
}

/** Sure of objects that have these members and no others; soonest where those are in the order of their names. */
export function strictObject(members: readonly CheckedMember[]): SureCheck {
  const inOrder = members.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const places = new Map(inOrder.map(({ name }, place) => [name, place]));
  const required = members.filter(({ isRequired }) => isRequired).length;
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    let missing = required;
    let place = 0;
    for (const name in value) {
      if (inOrder[place]?.name !== name) place = places.get(name) ?? inOrder.length;
      const member = inOrder[place];
      if (!member?.check((value as Readonly<Record<string, unknown>>)[name])) return false;
      if (member.isRequired) missing -= 1;
      place += 1;
    }
    return missing === 0;
  };
}
