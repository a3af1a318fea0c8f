import { useEffect, useRef, useState } from 'react';
import type { ConflictItem } from './conflict-items';

/** The part of a row that is focused when the keyboard comes to it. */
function subjectOf(id: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[data-conflict="${CSS.escape(id)}"]`);
}

function show(id: string): void {
  const subject = subjectOf(id);
  subject?.focus({ preventScroll: true });
  subject?.scrollIntoView({ block: 'nearest' });
}

/**
 * Which conflict the keyboard acts on. Where it goes away, the one that takes its place is next, so that a row of answers
 * needs no moving.
 */
export function useCurrentConflict(items: ConflictItem[]): {
  current: ConflictItem | null;
  move: (by: 1 | -1) => void;
} {
  const [place, setPlace] = useState<{ id: string; index: number } | null>(null);
  const found = place === null ? -1 : items.findIndex(({ id }) => id === place.id);
  const index = place === null ? -1 : found >= 0 ? found : Math.min(place.index, items.length - 1);
  const current = items[index] ?? null;
  const currentId = current?.id ?? null;
  const former = useRef(currentId);
  useEffect(() => {
    // Focus was in the row that went away: it would be lost.
    if (currentId !== null && former.current !== currentId && document.activeElement === document.body)
      show(currentId);
    former.current = currentId;
  }, [currentId]);
  return {
    current,
    move: (by) => {
      const next = Math.max(0, Math.min(items.length - 1, index + by));
      const item = items[next];
      if (item === undefined) return;
      setPlace({ id: item.id, index: next });
      show(item.id);
    },
  };
}
