import { z } from 'zod';
import type { EventVersions } from '../event-sourcing/decoder.ts';
import { makeId } from '../words/ids.ts';

export type ProjectId = string & { readonly brand: 'ProjectId' };

export function projectId(key: string): ProjectId {
  return makeId({ type: 'Project', project: key, local: '' }) as ProjectId;
}

const ProjectCreated = z.strictObject({
  set: z.strictObject({
    key: z.string(),
    name: z.string(),
    description: z.string().optional(),
    environments: z.array(z.string()).readonly(),
  }),
});

/** An environment that gets another name. */
const rename = z.strictObject({ from: z.string(), to: z.string() });

const fields = z.strictObject({
  name: z.string().optional(),
  description: z.string().nullable().optional(),
  environments: z.array(z.string()).readonly().optional(),
});

const ProjectUpdated = z.strictObject({
  set: fields,
  was: fields,
  /** Applied all at once, before `set.environments`; values and recorded tests move along. */
  renamed: z.array(rename).readonly().optional(),
});

export type ProjectEvent =
  | { readonly type: 'ProjectCreated'; readonly data: z.infer<typeof ProjectCreated> }
  | { readonly type: 'ProjectUpdated'; readonly data: z.infer<typeof ProjectUpdated> };

export const projectEvents = {
  ProjectCreated: [{ schema: ProjectCreated }],
  ProjectUpdated: [{ schema: ProjectUpdated }],
} satisfies EventVersions;
