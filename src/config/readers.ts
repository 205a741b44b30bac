import { z } from 'zod';
import { type Cidr, parseCidrs } from '../traffic/network/cidr.ts';

export type Reading<T> = { readonly value: T } | { readonly faults: readonly string[] };

/** A variable that is read by a function of ours. Faults go behind its name. */
export function read<T>(reader: (text: string) => Reading<T>) {
  return z.string().transform((text, context): T => {
    const reading = reader(text);
    if ('value' in reading) return reading.value;
    for (const message of reading.faults) context.issues.push({ code: 'custom', message, input: undefined });
    return z.NEVER;
  });
}

export function wholeNumber(least: number, most: number) {
  return read((text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return { value };
    return { faults: [`is ${JSON.stringify(text)}, but must be a whole number from ${least} to ${most}`] };
  });
}

export function oneOf<const T extends string>(values: readonly T[]) {
  return z.enum(values, {
    error: ({ input }) => `is ${JSON.stringify(input)}, but must be one of ${values.join(', ')}`,
  });
}

/** `on` or `off`. */
export function onOrOff() {
  return oneOf(['on', 'off']).transform((text) => text === 'on');
}

export function cidrs() {
  return read<readonly Cidr[]>((text) => {
    const parsed = parseCidrs(text);
    return parsed.ok ? { value: parsed.ranges } : { faults: parsed.faults.map((fault) => `is not valid: ${fault}`) };
  });
}

/** Comma-separated, each once. White space around a member is not part of it. */
export function list<T extends string>(member: (text: string) => Reading<T>) {
  return read<readonly T[]>((text) => listOf(text.split(','), member));
}

export function listOf<T extends string>(
  texts: readonly string[],
  member: (text: string) => Reading<T>,
): Reading<readonly T[]> {
  const readings = texts.map((text) => (text.trim() === '' ? EMPTY : member(text.trim())));
  const faults = readings.flatMap((reading) => ('faults' in reading ? reading.faults : []));
  if (faults.length > 0) return { faults: [...new Set(faults)] };
  return { value: [...new Set(readings.flatMap((reading) => ('value' in reading ? [reading.value] : [])))] };
}

const EMPTY = { faults: ['has an empty member: each comma stands between two'] };
