import { TextInput } from '@mantine/core';

/** Where the API takes a reason; it need not be filled. */
export function ReasonField({ value, onChange, error }: ReasonFieldProps) {
  return (
    <TextInput
      label="Reason"
      description="For those who read the history; may be left empty."
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      error={error}
      maxLength={2000}
    />
  );
}

interface ReasonFieldProps {
  readonly value: string;
  readonly onChange: (reason: string) => void;
  readonly error?: string | undefined;
}
