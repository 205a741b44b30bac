import { Button } from '@mantine/core';
import { useState } from 'react';
import { useAnnounce } from './announcer.tsx';

/** Puts a text on the clipboard. */
export function CopyButton({ text, what }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false);
  const announce = useAnnounce();
  const copyIt = async () => {
    const done = await copy(text);
    setCopied(done);
    announce(done ? `Copied ${what}` : `The browser did not let ${what} be copied`);
  };
  return (
    <Button variant="default" onClick={copyIt} onBlur={() => setCopied(false)} aria-description={what}>
      {isCopied ? 'Copied' : 'Copy'}
    </Button>
  );
}

interface CopyButtonProps {
  readonly text: string;
  /** Such as `the curl line`. */
  readonly what: string;
}

async function copy(text: string): Promise<boolean> {
  // It is there on secure origins alone.
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const area = document.createElement('textarea');
  area.value = text;
  const focused = document.activeElement;
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}
