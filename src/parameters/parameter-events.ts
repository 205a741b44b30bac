import { z } from 'zod';
import type { EventVersions } from '../event-sourcing/decoder.ts';
import { makeId } from '../words/ids.ts';
import { newTimeOrderedId } from '../words/time-ordered-id.ts';

export type ParameterId = string & { readonly brand: 'ParameterId' };

export function newParameterId(project: string): ParameterId {
  return makeId({ type: 'ConfigParameter', project, local: newTimeOrderedId() }) as ParameterId;
}

/** A text as typed, or where the secret is kept. */
const storedValue = z.union([z.string(), z.strictObject({ secretRef: z.string() })]);
export type StoredValue = z.infer<typeof storedValue>;

const fields = z.strictObject({
  /** Only in the event that creates the parameter. */
  key: z.string().optional(),
  /** Only in the event that creates the parameter. */
  secret: z.boolean().optional(),
  description: z.string().nullable().optional(),
  defaultValue: storedValue.nullable().optional(),
  /** Only the environments that change; null unsets. */
  values: z.array(z.strictObject({ environment: z.string(), value: storedValue.nullable() })).optional(),
});
export type ParameterFields = z.infer<typeof fields>;

/** Without `was` it creates the parameter. */
const ConfigParameterSet = z.strictObject({ set: fields, was: fields.optional() });
const ConfigParameterDeleted = z.strictObject({});

export type ParameterEvent =
  | { readonly type: 'ConfigParameterSet'; readonly data: z.infer<typeof ConfigParameterSet> }
  | { readonly type: 'ConfigParameterDeleted'; readonly data: z.infer<typeof ConfigParameterDeleted> };

export const parameterEvents = {
  ConfigParameterSet: [{ schema: ConfigParameterSet }],
  ConfigParameterDeleted: [{ schema: ConfigParameterDeleted }],
} satisfies EventVersions;
