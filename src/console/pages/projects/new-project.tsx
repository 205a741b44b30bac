import { Button, Textarea, TextInput } from '@mantine/core';
import { useEffect, useMemo, useRef } from 'react';
import { useLocation } from 'wouter';
import { fieldErrors } from '../../form/field-errors.ts';
import { Form, FormActions } from '../../form/form.tsx';
import { ReasonField } from '../../form/reason-field.tsx';
import { useDraft } from '../../form/use-draft.ts';
import { useMutationOnce } from '../../form/use-mutation-once.ts';
import { graphql } from '../../graphql/graphql.ts';
import { useAnnounce } from '../../parts/announcer.tsx';
import styles from './new-project.module.css';

const CREATE_PROJECT = graphql(`
  mutation CreateProject($input: CreateProjectInput!) {
    createProject(input: $input) {
      project {
        id
        key
        name
      }
      userErrors {
        code
        path
        message
      }
    }
  }
`);

const NEW = { key: '', name: '', description: '', environments: 'dev, staging, prod', reason: '' };
const FIELDS = ['key', 'name', 'description', 'environments', 'reason'];

/** Makes a project, and leads to it. */
export function NewProject({ onClose }: { readonly onClose: () => void }) {
  const draft = useDraft('/new-project', NEW);
  const { run, isRunning, userErrors, failure } = useMutationOnce(CREATE_PROJECT);
  const [, navigate] = useLocation();
  const announce = useAnnounce();
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);

  const errors = useMemo(() => fieldErrors(userErrors, FIELDS), [userErrors]);
  const { values, change, settle } = draft;
  const create = async () => {
    const environments = values.environments.split(/[\s,]+/).filter((name) => name !== '');
    const outcome = await run({ ...values, environments });
    if (outcome.kind !== 'done') return;
    const project = outcome.payload.project;
    settle();
    announce(`Created ${project?.name}`);
    navigate(`/projects/${project?.key}/proxy-connections`);
  };
  const close = () => {
    settle();
    onClose();
  };
  const field = (name: keyof typeof NEW) => ({
    value: values[name],
    error: errors.of(name),
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      change({ [name]: event.currentTarget.value }),
  });
  return (
    <section aria-label="New project" className={styles.section}>
      <h2 className={styles.title}>New project</h2>
      <Form label="New project" errors={errors} failure={failure} onSubmit={create}>
        <TextInput
          ref={first}
          label="Key"
          description="In its address, and never changed: a-z, 0-9 and hyphens, such as crm-integration."
          required
          spellCheck={false}
          autoCapitalize="off"
          {...field('key')}
        />
        <TextInput label="Name" required {...field('name')} />
        <Textarea label="Description" autosize minRows={2} {...field('description')} />
        <TextInput
          label="Environments"
          description="In order, separated by commas; the first is meant where none is named."
          spellCheck={false}
          {...field('environments')}
        />
        <ReasonField value={values.reason} onChange={(reason) => change({ reason })} error={errors.of('reason')} />
        <FormActions>
          <Button type="submit" loading={isRunning}>
            Create
          </Button>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
        </FormActions>
      </Form>
    </section>
  );
}
