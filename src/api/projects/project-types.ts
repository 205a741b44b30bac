import { Field, InputType, Int, ObjectType } from 'type-graphql';
import { DEFAULT_ENVIRONMENTS } from '../../projects/project-input.ts';
import type { ProjectRow } from '../../projects/project-view.ts';
import { EditInput, MutationInput, MutationPayload } from '../mutation-types.ts';
import { connectionType } from '../toolkit/connection.ts';
import { AuditedType, NodeType, RowObject } from '../toolkit/shared-types.ts';

@ObjectType('Project', { implements: [NodeType, AuditedType] })
export class ProjectObject extends RowObject<ProjectRow> {
  @Field(() => String, { description: 'Immutable slug, e.g. crm-integration.' })
  get key(): string {
    return this.row.project.key;
  }

  @Field(() => String)
  get name(): string {
    return this.row.project.fields.name;
  }

  @Field(() => String, { nullable: true })
  get description(): string | null {
    return this.row.project.fields.description;
  }

  @Field(() => Int, { description: 'The commit up to which this answer is true.' })
  get position(): number {
    return this.image.position;
  }

  @Field(() => [String], { description: 'In order, e.g. dev, staging, prod.' })
  get environments(): readonly string[] {
    return this.row.project.fields.environments;
  }
}

export const ProjectConnection = connectionType('Project', () => ProjectObject);

@InputType()
export class CreateProjectInput extends MutationInput {
  @Field(() => String, {
    description: 'Lower-case letters, digits and hyphens, 2-63 characters, starting with a letter.',
  })
  key!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  description?: string | null;

  @Field(() => [String], { nullable: true, defaultValue: Object.freeze([...DEFAULT_ENVIRONMENTS]) })
  environments?: readonly string[] | null;
}

@InputType()
export class RenameEnvironmentInput {
  @Field(() => String)
  from!: string;

  @Field(() => String)
  to!: string;
}

@InputType()
export class UpdateProjectInput extends EditInput {
  @Field(() => String)
  key!: string;

  @Field(() => String, { nullable: true })
  name?: string | null;

  @Field(() => String, { nullable: true })
  description?: string | null;

  @Field(() => [RenameEnvironmentInput], {
    nullable: true,
    description: 'Applied before environments; their values move along.',
  })
  renameEnvironments?: RenameEnvironmentInput[] | null;

  @Field(() => [String], { nullable: true })
  environments?: string[] | null;
}

@ObjectType()
export class ProjectPayload extends MutationPayload {
  @Field(() => ProjectObject, { nullable: true })
  readonly project!: ProjectObject | null;
}
