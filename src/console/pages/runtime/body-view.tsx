import { useEffect, useMemo, useState } from 'react';
import { CopyButton } from '../../parts/copy-button.tsx';
import { inBytes } from '../../words/sizes.ts';
import { type AnswerBody, readBody, sizeOf, type ToldBody } from './answer-body.ts';
import styles from './call-outcome.module.css';
import { JsonTree } from './json-tree.tsx';

/** The body of an answer: JSON to be folded, pictures, and all else as text; of what is neither its size. */
export function BodyView({ response }: { readonly response: ToldBody & { readonly bodyTruncated: boolean } }) {
  const body = useMemo(() => readBody(response), [response]);
  const size = inBytes(sizeOf(response));
  return (
    <section className={styles.section}>
      <div className={styles.head}>
        <h2 className={styles.title}>
          Body <span className={styles.note}>{body.kind === 'none' ? 'none' : size}</span>
        </h2>
        {response.body !== null && (body.kind === 'json' || body.kind === 'text') && (
          <CopyButton text={response.body} what="the body" />
        )}
      </div>
      {response.bodyTruncated && <p className={styles.warning}>There was more: this is the beginning of it.</p>}
      <ShownBody body={body} size={size} />
    </section>
  );
}

function ShownBody({ body, size }: { readonly body: AnswerBody; readonly size: string }) {
  if (body.kind === 'none') return null;
  if (body.kind === 'image') return <Picture type={body.type} bytes={body.bytes} size={size} />;
  if (body.kind === 'binary') return <p className={styles.words}>Binary, {size}: not shown.</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be scrolled by keyboard.
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is filled in.
    <div className={styles.body} role="group" aria-label="Body of the answer" tabIndex={0}>
      {body.kind === 'json' ? <JsonTree tree={body.tree} /> : <pre className={styles.text}>{body.text}</pre>}
    </div>
  );
}

function Picture({ type, bytes, size }: PictureProps) {
  const [url, setUrl] = useState<string>();
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([bytes], { type }));
    setUrl(made);
    setBroken(false);
    return () => URL.revokeObjectURL(made);
  }, [bytes, type]);
  if (isBroken)
    return (
      <p className={styles.words}>
        Binary, {size}: it calls itself {type}, and is none.
      </p>
    );
  if (url === undefined) return null;
  return <img className={styles.picture} src={url} alt={`The body, ${type}`} onError={() => setBroken(true)} />;
}

interface PictureProps {
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly size: string;
}
