import { Button, Checkbox, Textarea, TextInput } from '@mantine/core';
import { useEffect, useMemo, useRef, useState } from 'react';
import { fieldErrors } from '../../form/field-errors.ts';
import { Form, FormActions } from '../../form/form.tsx';
import { ReasonField } from '../../form/reason-field.tsx';
import { SecretField } from '../../form/secret-field.tsx';
import { useDraft } from '../../form/use-draft.ts';
import { useMutationOnce } from '../../form/use-mutation-once.ts';
import { useProject } from '../../frame/project-frame.tsx';
import { useAnnounce } from '../../parts/announcer.tsx';
import styles from './new-parameter.module.css';
import { SET_PARAMETER } from './parameter-query.ts';

const NEW = {
  key: '',
  description: '',
  secret: false,
  defaultValue: '',
  values: {} as Record<string, string>,
  reason: '',
};

/** Makes a parameter. Texts of a secret one are in this form alone, and gone with it. */
export function NewParameter({ environments, wanted, onClose }: NewParameterProps) {
  const { key: projectKey } = useProject();
  const {
    values: typed,
    change,
    settle,
  } = useDraft(`/projects/${projectKey}/parameters/new/${wanted.key ?? ''}`, { ...NEW, ...wanted });
  const [secrets, setSecrets] = useState<Readonly<Record<string, string>>>({});
  const { run, isRunning, userErrors, failure } = useMutationOnce(SET_PARAMETER);
  const announce = useAnnounce();
  const form = useRef<HTMLElement>(null);
  useEffect(() => form.current?.querySelector('input')?.focus(), []);

  const sent = typed.secret ? secrets : { ...typed.values, [DEFAULT]: typed.defaultValue };
  const given = environments.filter((name) => textOf(sent, name) !== '');
  const errors = useMemo(() => fieldErrors(userErrors, FIELDS), [userErrors]);
  /** Which the server was sent last, in their order: its errors name them by that. */
  const [sentNames, setSentNames] = useState<readonly string[]>([]);
  const errorOf = (name: string) =>
    sentNames.includes(name) ? errors.of('values', sentNames.indexOf(name)) : undefined;

  const create = async () => {
    const { key, description, secret, reason } = typed;
    setSentNames(given);
    const outcome = await run({
      ...{ projectKey, key, description, secret, reason, expectedVersion: 0 },
      defaultValue: textOf(sent, DEFAULT) || null,
      values: given.map((environment) => ({ environment, value: textOf(sent, environment) })),
    });
    if (outcome.kind !== 'done') return;
    setSecrets({});
    settle();
    announce(`Created ${key}`);
    onClose(key);
  };
  const close = () => {
    settle();
    onClose(undefined);
  };
  const turnSecret = (secret: boolean) => {
    // What was typed before is a secret from now on, and kept no longer than one.
    if (secret) setSecrets({ ...typed.values, [DEFAULT]: typed.defaultValue });
    else setSecrets({});
    change({ secret, defaultValue: '', values: {} });
  };
  const valueField = (name: string, label: string, description: string | undefined, error: string | undefined) =>
    typed.secret ? (
      <SecretField
        key={name}
        label={label}
        description={description}
        isStored={false}
        value={textOf(secrets, name)}
        onChange={(text) => setSecrets({ ...secrets, [name]: text ?? '' })}
        error={error}
      />
    ) : (
      <Textarea
        key={name}
        label={label}
        description={description}
        autosize
        spellCheck={false}
        value={textOf(sent, name)}
        onChange={({ currentTarget: { value } }) =>
          change(name === DEFAULT ? { defaultValue: value } : { values: { ...typed.values, [name]: value } })
        }
        error={error}
      />
    );
  return (
    <section ref={form} aria-label="New parameter" className={styles.section}>
      <h2 className={styles.title}>New parameter</h2>
      <Form label="New parameter" errors={errors} failure={failure} onSubmit={create}>
        <TextInput
          label="Key"
          description={
            'What ${key} names it by, and never changed: letters, digits, . _ and -, such as corp.proxy.host.'
          }
          required
          spellCheck={false}
          autoCapitalize="off"
          value={typed.key}
          onChange={(event) => change({ key: event.currentTarget.value })}
          error={errors.of('key') ?? (errors.of('expectedVersion') && 'There is a parameter with this key already.')}
        />
        <Textarea
          label="Description"
          autosize
          value={typed.description}
          onChange={(event) => change({ description: event.currentTarget.value })}
          error={errors.of('description')}
        />
        <Checkbox
          label="Secret"
          // Its label has the description in it.
          aria-label="Secret"
          description="Its values can be written, never read, and named in secret headers alone. This never changes."
          checked={typed.secret}
          onChange={(event) => turnSecret(event.currentTarget.checked)}
          error={errors.of('secret')}
        />
        {valueField(
          DEFAULT,
          'Default',
          'For each environment that has no value of its own.',
          errors.of('defaultValue'),
        )}
        <div className={styles.values}>
          {environments.map((name) => valueField(name, name, undefined, errorOf(name)))}
        </div>
        <ReasonField value={typed.reason} onChange={(reason) => change({ reason })} error={errors.of('reason')} />
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

/** Beside the names of environments, which are never empty. */
const DEFAULT = '';
const FIELDS = ['key', 'expectedVersion', 'description', 'secret', 'defaultValue', 'values', 'reason'];

/** Environments may be called as what every object has. */
function textOf(texts: Readonly<Record<string, string>>, name: string): string {
  return Object.hasOwn(texts, name) ? (texts[name] ?? '') : '';
}

interface NewParameterProps {
  readonly environments: readonly string[];
  /** What it begins with. */
  readonly wanted: Partial<Pick<typeof NEW, 'key' | 'description' | 'secret'>>;
  /** @param key of the parameter that was made; undefined: none was */
  readonly onClose: (key: string | undefined) => void;
}
