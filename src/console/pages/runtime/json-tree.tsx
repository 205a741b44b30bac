import { type ReactNode, useMemo, useState } from 'react';
import { countNodes, type JsonNode } from './json-text.ts';
import styles from './json-tree.module.css';

/** What is shown of a list before somebody asks for more. */
const PAGE = 200;
/** Levels that are open at first, if they are not long; of a large document it is the first alone. */
const OPEN_LEVELS = 3;
const LONG = 50;
const LARGE = 500;

/** JSON, formatted, to be folded and unfolded. */
export function JsonTree({ tree }: { readonly tree: JsonNode }) {
  const levels = useMemo(() => (countNodes(tree) > LARGE ? 1 : OPEN_LEVELS), [tree]);
  return (
    <div className={styles.tree}>
      <JsonValue node={tree} levels={levels} />
    </div>
  );
}

function JsonValue({ name, node, levels }: JsonValueProps) {
  const key = name === undefined ? null : <span className={styles.key}>{name}: </span>;
  if (node.kind === 'object' || node.kind === 'array') return <JsonList label={key} node={node} levels={levels} />;
  return (
    <>
      {key}
      <span className={styles[node.kind]}>{node.text}</span>
    </>
  );
}

interface JsonValueProps {
  /** With its quotes; of what stands in an object. */
  readonly name?: string;
  readonly node: JsonNode;
  /** That are open at first, from here. */
  readonly levels: number;
}

function JsonList({ label, node, levels }: JsonListProps) {
  const children: readonly Child[] =
    node.kind === 'object'
      ? node.entries.map(({ key, value }) => ({ name: key, node: value }))
      : node.items.map((item) => ({ node: item }));
  const [isOpen, setOpen] = useState(levels > 0 && children.length <= LONG);
  const [count, setCount] = useState(PAGE);
  const [open, close] = node.kind === 'object' ? ['{', '}'] : ['[', ']'];
  if (children.length === 0) {
    return (
      <>
        {label}
        {`${open}${close}`}
      </>
    );
  }
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        {label}
        {isOpen ? open : `${open} … ${close}`} <span className={styles.count}>{children.length}</span>
      </summary>
      {isOpen && (
        <>
          <ul className={styles.list}>
            {children.slice(0, count).map((child, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: what was answered stays as it is.
              <li key={index}>
                <JsonValue {...child} levels={levels - 1} />
              </li>
            ))}
          </ul>
          {count < children.length && (
            <button type="button" className={styles.more} onClick={() => setCount(count + PAGE)}>
              {children.length - count} more
            </button>
          )}
          {close}
        </>
      )}
    </details>
  );
}

interface Child {
  readonly name?: string;
  readonly node: JsonNode;
}

interface JsonListProps {
  readonly label: ReactNode;
  readonly node: Extract<JsonNode, { kind: 'object' | 'array' }>;
  readonly levels: number;
}
