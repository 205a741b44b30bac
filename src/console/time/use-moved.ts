import { useEffect, useRef, useState } from 'react';

/** Milliseconds between two moments that are gone to while a hand moves; browsers bear some ten addresses a second. */
const PACE = 120;
/** Milliseconds after which the hand rests: what it does then is another movement. */
const REST = 600;

type Timer = ReturnType<typeof setTimeout>;

/**
 * What a hand has moved to is shown at once, and gone to a few times a second: the newest alone. A movement is one step on
 * the way back, however many moments it passes.
 *
 * @param shown what counts when nothing is being moved
 * @param go is told whether it belongs to the movement before
 */
export function useMoved(
  shown: number,
  go: (value: number, isUnderWay: boolean) => void,
): readonly [number, (value: number) => void] {
  const [moved, setMoved] = useState<number>();
  const latest = useRef(go);
  useEffect(() => {
    latest.current = go;
  });
  const hand = useRef<{ at?: number; pace?: Timer | undefined; rest?: Timer | undefined }>({});
  useEffect(() => {
    const { current } = hand;
    return () => {
      clearTimeout(current.pace);
      clearTimeout(current.rest);
    };
  }, []);
  const arrive = (value: number) => {
    const { current } = hand;
    latest.current(value, current.rest !== undefined);
    clearTimeout(current.rest);
    current.rest = setTimeout(() => {
      current.rest = undefined;
    }, REST);
    current.pace = setTimeout(() => {
      current.pace = undefined;
      if (current.at !== undefined && current.at !== value) arrive(current.at);
      else setMoved(undefined);
    }, PACE);
  };
  const move = (value: number) => {
    setMoved(value);
    hand.current.at = value;
    if (hand.current.pace === undefined) arrive(value);
  };
  return [moved ?? shown, move];
}
