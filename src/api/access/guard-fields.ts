import { defaultFieldResolver, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { FIELD_RIGHTS } from '../../access/field-rights.ts';
import { NotPermittedError } from '../../access/not-permitted.ts';
import type { RequestContext } from '../context.ts';
import type { ProjectObject } from '../projects/project-types.ts';

/** Puts the right that the table names before each field of `Project` that needs more than to read it. */
export function guardFields(schema: GraphQLSchema): void {
  const fields = (schema.getType('Project') as GraphQLObjectType).getFields();
  for (const [name, right] of Object.entries(FIELD_RIGHTS.Project)) {
    const field = fields[name];
    if (right === 'READ' || !field) continue;
    const { resolve = defaultFieldResolver } = field;
    field.resolve = async (project: ProjectObject, args, context: RequestContext, info) => {
      // As of now, whatever moment is asked about.
      if (!(await context.has(project.key, right))) throw new NotPermittedError(right);
      return resolve(project, args, context, info);
    };
  }
}
