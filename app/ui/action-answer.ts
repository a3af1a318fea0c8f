/** What the action of a page answers, and how the page tells it: as a toast. */
import { useAppBridge } from '@shopify/app-bridge-react';
import { useEffect, useRef } from 'react';

export type ActionAnswer = { ok: true; message: string } | { ok: false; message: string };

/** What somebody asked for whose role may not: why. */
export function notAllowed(message: string): { ok: false; message: string } {
  return { ok: false, message };
}

/** Why what was asked for was refused, and what to do. */
export function refusedAnswer(problems: { reason: string; remedy: string }[]): ActionAnswer {
  const [problem] = problems;
  const message = problem === undefined ? 'It was refused' : `${problem.reason} ${problem.remedy}`;
  return { ok: false, message };
}

/** Shows each new answer of a fetcher once; `after` is called with it. */
export function useAnswerToast(
  answer: ActionAnswer | null | undefined,
  after?: (answer: ActionAnswer) => void,
): void {
  const shopify = useAppBridge();
  const shown = useRef<ActionAnswer | null>(null);
  const then = useRef(after);
  useEffect(() => {
    then.current = after;
  });
  useEffect(() => {
    if (!answer || shown.current === answer) return;
    shown.current = answer;
    shopify.toast.show(answer.message, answer.ok ? {} : { isError: true });
    then.current?.(answer);
  }, [answer, shopify]);
}
