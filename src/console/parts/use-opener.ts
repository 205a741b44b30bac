import { useRef } from 'react';

/** Brings the focus back to where it was before something was opened over the page. */
export function useOpener() {
  const opener = useRef<Element>(null);
  return {
    note(): void {
      opener.current = document.activeElement;
    },
    /** Once what was opened is gone. */
    back(): void {
      requestAnimationFrame(() => {
        if (opener.current instanceof HTMLElement) opener.current.focus();
      });
    },
  };
}
