import { flushSync } from 'react-dom';

const FOCUSABLE = '[tabindex], a[href], :is(button, input, select, textarea):enabled';

/**
 * Notes what has the focus. What it answers brings the focus back, if it was lost meanwhile: to the same element, or to
 * the nearest of what is left around it.
 */
export function heldFocus(): () => void {
  const held = document.activeElement;
  const around: Element[] = [];
  for (let each = held; each && each !== document.body; each = each.parentElement) around.push(each);
  return () => {
    if (isHeld()) return;
    for (const each of around.filter(({ isConnected }) => isConnected)) {
      const candidates = each === held ? [each] : [...each.querySelectorAll(FOCUSABLE)];
      if (candidates.some(takesFocus)) return;
    }
  };
}

/** Does something that may take away what has the focus, such as the button that was pressed. */
export function keepingFocus(act: () => void): void {
  const bringBack = heldFocus();
  flushSync(act);
  bringBack();
}

function isHeld(): boolean {
  const { activeElement } = document;
  return activeElement !== null && activeElement !== document.body && !activeElement.matches(':disabled');
}

function takesFocus(element: Element): boolean {
  if (!(element instanceof HTMLElement) || !element.matches(FOCUSABLE)) return false;
  element.focus();
  return document.activeElement === element;
}
