import { Combobox, TextInput, useCombobox } from '@mantine/core';
import { useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { typedKey, withKey } from '../words/template.ts';
import { ResolvedTemplate } from './resolved-template.tsx';
import styles from './template-field.module.css';
import { useOfferedParameters } from './use-parameters.ts';

/** A text that may name parameters as `${key}`: offers them while one types, and tells what becomes of it in each environment. */
export function TemplateField({ label, value, onChange, form, ...props }: TemplateFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const [caret, setCaret] = useState<number>();
  const combobox = useCombobox();
  const typed = caret === undefined ? undefined : typedKey(value, caret);
  const offered = useOfferedParameters(typed?.start) ?? [];
  const isOpen = typed !== undefined && offered.length > 0;
  const follow = () => setCaret(input.current?.selectionStart ?? undefined);
  const choose = (key: string) => {
    if (typed === undefined || caret === undefined) return;
    const [text, place] = withKey(value, typed, caret, key);
    // The next key is typed behind it already.
    flushSync(() => {
      onChange(text);
      setCaret(undefined);
    });
    input.current?.setSelectionRange(place, place);
  };
  return (
    <div className={styles.field}>
      <Combobox store={{ ...combobox, dropdownOpened: isOpen }} onOptionSubmit={choose} position="bottom-start">
        <Combobox.Target withAriaAttributes>
          <TextInput
            ref={input}
            label={label}
            spellCheck={false}
            autoCapitalize="off"
            autoComplete="off"
            aria-autocomplete="list"
            value={value}
            onChange={(event) => {
              onChange(event.currentTarget.value);
              setCaret(event.currentTarget.selectionStart ?? undefined);
              combobox.updateSelectedOptionIndex();
            }}
            onKeyUp={(event) => {
              if (event.key.startsWith('Arrow') && !isOpen) follow();
            }}
            onKeyDown={(event) => {
              if (event.key !== 'Escape' || !isOpen) return;
              event.preventDefault();
              event.stopPropagation();
              setCaret(undefined);
            }}
            onClick={follow}
            onBlur={() => setCaret(undefined)}
            {...props}
          />
        </Combobox.Target>
        <Combobox.Dropdown hidden={!isOpen}>
          <Combobox.Options aria-label="Parameters">
            {offered.map(({ key, description }) => (
              <Combobox.Option key={key} value={key}>
                <span className={styles.key}>{key}</span>
                {description !== null && <span className={styles.description}>{description}</span>}
              </Combobox.Option>
            ))}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
      <ResolvedTemplate text={value} form={form} />
    </div>
  );
}

interface TemplateFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  /** The address of the form, to which one comes back when a parameter was made. */
  readonly form: string;
  readonly error?: string | undefined;
  readonly description?: string | undefined;
  readonly required?: boolean;
  readonly placeholder?: string | undefined;
}
