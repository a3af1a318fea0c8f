import { useNavigate } from '@remix-run/react';
import { useEffect } from 'react';

/**
 * Goes to where an answer leads, once all that came with it is settled: a navigation that begins while the page's loaders
 * still run again after an action was seen to leave the frame empty.
 */
export function useFollow(
  fetcher: { state: 'idle' | 'loading' | 'submitting' },
  address: string | null,
): void {
  const navigate = useNavigate();
  const target = fetcher.state === 'idle' ? address : null;
  useEffect(() => {
    if (target !== null) navigate(target);
  }, [target, navigate]);
}
