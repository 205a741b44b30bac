import { type ClipboardEvent, type KeyboardEvent, type RefObject, useEffect, useRef } from 'react';
import styles from './parameter-grid.module.css';

/** The text of a cell while it is edited. */
export function CellEditor({ label, text, isSecret, isSelected, describedBy, isInvalid, ...props }: CellEditorProps) {
  const { onType, onLeave, onPaste } = props;
  const field = useRef<HTMLTextAreaElement | HTMLInputElement>(null);
  const beginsSelected = useRef(isSelected);
  useEffect(() => {
    const { current } = field;
    current?.focus();
    // Whoever has pointed at it replaces it; whoever comes by keyboard goes on writing.
    if (beginsSelected.current) current?.select();
    else current?.setSelectionRange(current.value.length, current.value.length);
  }, []);
  const press = (event: KeyboardEvent) => {
    // The grid has keys of its own.
    event.stopPropagation();
    const { key } = event;
    if (event.nativeEvent.isComposing) return;
    if (key === 'Escape') onLeave('put back');
    else if (key === 'Enter' && !event.shiftKey && !event.altKey) onLeave('save');
    else if (key === 'Tab') onLeave(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  };
  const paste = (event: ClipboardEvent) => {
    event.stopPropagation();
    const pasted = event.clipboardData.getData('text/plain');
    if (!/[\n\t]/.test(pasted.trimEnd())) return;
    event.preventDefault();
    onPaste(pasted);
  };
  const shared = {
    className: styles.editor,
    'aria-label': label,
    'aria-invalid': isInvalid,
    'aria-describedby': describedBy,
    spellCheck: false,
    value: text,
    onChange: (event: { readonly target: { readonly value: string } }) => onType(event.target.value),
    onKeyDown: press,
    onPaste: paste,
    onBlur: () => onLeave('stay'),
  } as const;
  return isSecret ? (
    <input {...shared} ref={field as RefObject<HTMLInputElement>} type="password" autoComplete="new-password" />
  ) : (
    <textarea {...shared} ref={field as RefObject<HTMLTextAreaElement>} rows={1} autoComplete="off" />
  );
}

interface CellEditorProps {
  readonly label: string;
  readonly text: string;
  readonly isSecret: boolean;
  /** Whether all of its text is selected at first. */
  readonly isSelected: boolean;
  readonly isInvalid: boolean;
  readonly describedBy: string | undefined;
  readonly onType: (text: string) => void;
  readonly onLeave: (how: 'save' | 'put back' | 'stay' | 1 | -1) => void;
  readonly onPaste: (text: string) => void;
}
