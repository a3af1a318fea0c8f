/** Asks what an edit would do, while it is typed. */
import { useFetcher } from '@remix-run/react';
import { useEffect, useRef, useState } from 'react';
import type { BulkChange, ProductSelection } from '~/core/bulk-edit';
import type { EditTarget } from '~/core/promotion';
import type { EditorAnswer, EditorPreview, EditorRequest } from './editor-requests';

/** Typing asks only after this pause. */
const TYPING_PAUSE_MS = 400;

export interface LivePreview {
  /** The newest there is; null before the first, and where nothing can be asked. */
  preview: EditorPreview | null;
  /** It is not of what is typed now: another is on its way, or will be asked for. */
  isStale: boolean;
}

/**
 * The preview of the edit as it is typed: asked for when the typing rests, and answers come in the order of the questions:
 * one that was overtaken is never shown. No selection: nothing to ask.
 */
export function useLivePreview(
  selection: ProductSelection | null,
  changes: BulkChange[] | null,
  target: EditTarget,
): LivePreview {
  const fetcher = useFetcher<EditorAnswer>();
  const { data, submit } = fetcher;
  const wanted = selection === null ? null : JSON.stringify({ selection, changes, target });
  const asked = useRef({ number: 0, of: '' });
  const [shown, setShown] = useState<{ of: string; preview: EditorPreview } | null>(null);

  const latest = useRef({ selection, changes, target });
  useEffect(() => {
    latest.current = { selection, changes, target };
  });

  useEffect(() => {
    if (wanted === null) return;
    const timer = setTimeout(() => {
      const { selection, ...draft } = latest.current;
      if (selection === null) return;
      asked.current = { number: asked.current.number + 1, of: wanted };
      const request: EditorRequest = {
        intent: 'preview',
        asked: asked.current.number,
        selection,
        ...draft,
      };
      // A question cuts off the one before.
      submit(JSON.stringify(request), { method: 'post', encType: 'application/json' });
    }, TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [wanted, submit]);

  useEffect(() => {
    if (data?.kind === 'preview' && data.asked === asked.current.number)
      setShown({ of: asked.current.of, preview: data.preview });
  }, [data]);

  if (wanted === null || shown === null) return { preview: null, isStale: wanted !== null };
  return { preview: shown.preview, isStale: shown.of !== wanted };
}
