import { useSearchParams } from 'wouter';
import styles from './last-editor.module.css';
import { withParameter } from './search-field.tsx';

/** Who edited a row of a list last; narrows the list to what they did, as `editedBy` in the address. */
export function LastEditor({ editor: { name, identity } }: LastEditorProps) {
  const [, setSearch] = useSearchParams();
  return (
    <button
      type="button"
      className={styles.actor}
      title={`Only what ${name} edited last`}
      onClick={() => setSearch((search) => withParameter(search, 'editedBy', identity))}
    >
      {name}
    </button>
  );
}

interface LastEditorProps {
  readonly editor: { readonly name: string; readonly identity: string };
}
