import { useEffect, useRef, useState } from 'react';

/** Milliseconds between two moments that are asked about while a hand moves. */
const PACE = 90;

/**
 * What a hand has moved to is shown at once, and told a few times a second: the newest alone.
 *
 * @param told what counts when nothing is being moved
 */
export function useMoved(told: number, tell: (value: number) => void): readonly [number, (value: number) => void] {
  const [moved, setMoved] = useState<number>();
  const latest = useRef({ moved, tell });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    latest.current = { moved, tell };
  });
  useEffect(() => () => clearTimeout(timer.current), []);
  const move = (value: number) => {
    setMoved(value);
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      const { moved, tell } = latest.current;
      if (moved !== undefined) tell(moved);
      setMoved(undefined);
    }, PACE);
  };
  return [moved ?? told, move];
}
