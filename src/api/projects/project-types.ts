import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { DEFAULT_ENVIRONMENTS } from '../../projects/project-input.ts';
import type { ProjectRow } from '../../projects/project-view.ts';
import { EditInput, MutationInput, MutationPayload } from '../mutation-types.ts';
import { connectionType } from '../toolkit/connection.ts';
import { AuditedType, NodeType, RowObject } from '../toolkit/shared-types.ts';

@ObjectType('Project', {
  implements: [NodeType, AuditedType],
  description: 'The tenant: names are unique in it, references stay in it, and its log has one order.',
})
export class ProjectObject extends RowObject<ProjectRow> {
  @Field(() => String, { description: 'Immutable slug, unique on this server, e.g. crm-integration.' })
  get key(): string {
    return this.row.project.key;
  }

  @Field(() => String, { description: 'At most 100 characters.' })
  get name(): string {
    return this.row.project.fields.name;
  }

  @Field(() => String, { nullable: true, description: 'At most 2,000 characters; null if there is none.' })
  get description(): string | null {
    return this.row.project.fields.description;
  }

  @Field(() => Int, { description: 'The commit up to which this answer is true, from 1.' })
  get position(): number {
    return this.image.position;
  }

  @Field(() => [String], {
    description:
      'At least one and at most 50, in order, e.g. dev, staging, prod. The first is meant where none is named.',
  })
  get environments(): readonly string[] {
    return this.row.project.fields.environments;
  }
}

export const ProjectConnection = connectionType('Project', () => ProjectObject);

@InputType({ description: 'Which projects are wanted.' })
export class ProjectFilter {
  @Field(() => String, {
    nullable: true,
    description: 'A part of the name, upper and lower case alike, at most 1,000 characters. Null: every name.',
  })
  nameContains?: string | null;
}

@InputType({ description: 'A new project.' })
export class CreateProjectInput extends MutationInput {
  @Field(() => String, {
    description:
      'Lower-case letters, digits and hyphens, 2-63 characters, starting with a letter. It can not be changed; NAME_TAKEN if another project has it.',
  })
  key!: string;

  @Field(() => String, { description: 'At most 100 characters, at least one of them visible.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'At most 2,000 characters. Null or empty: none.' })
  description?: string | null;

  @Field(() => [String], {
    nullable: true,
    defaultValue: Object.freeze([...DEFAULT_ENVIRONMENTS]),
    description:
      '1-50 different ones in order, each of a-z, 0-9 and hyphens, 1-63 characters. Null: dev, staging, prod.',
  })
  environments?: readonly string[] | null;
}

@InputType({
  description: 'Another name for an environment. All of one input are applied at once, so two may be swapped.',
})
export class RenameEnvironmentInput {
  @Field(() => String, { description: 'As it is called now; another name is ENVIRONMENT_UNKNOWN.' })
  from!: string;

  @Field(() => String, { description: 'As it shall be called: a-z, 0-9 and hyphens, 1-63 characters.' })
  to!: string;
}

@InputType({ description: 'Changes to a project; a field that is left out stays.' })
export class UpdateProjectInput extends EditInput {
  @Field(() => String, { description: 'Which project; its key itself does not change.' })
  key!: string;

  @Field(() => String, {
    nullable: true,
    description: 'At most 100 characters, at least one of them visible. Left out: stays; null: REQUIRED.',
  })
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'At most 2,000 characters. Left out: stays; null or empty: none.',
  })
  description?: string | null;

  @Field(() => [RenameEnvironmentInput], {
    nullable: true,
    description: 'Applied before environments; their values and recorded tests move along. Null: none.',
  })
  renameEnvironments?: RenameEnvironmentInput[] | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'All that there shall be, in order, 1-50. One that still has values can not be left away. Left out: stays; null: REQUIRED.',
  })
  environments?: string[] | null;
}

@ObjectType({ description: 'What came of creating or updating a project.' })
export class ProjectPayload extends MutationPayload {
  @Field(() => ProjectObject, {
    nullable: true,
    description: 'As of the commit, or now when nothing had to change; null when userErrors says why.',
  })
  readonly project!: ProjectObject | null;
}
