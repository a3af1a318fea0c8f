/** Submits one after another: a quick second answer must not cut off the first. */
import { useFetcher } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import type { ActionAnswer } from './action-answer';

type Json = Parameters<ReturnType<typeof useFetcher>['submit']>[0];

/** `answer` is the newest; `busy` while one is on its way. */
export function useQueuedSubmit(): {
  submit: (body: Json) => void;
  busy: boolean;
  answer: ActionAnswer | undefined;
} {
  const fetcher = useFetcher<ActionAnswer>();
  const { state, data, submit } = fetcher;
  const waiting = useRef<Json[]>([]);
  const isUnderWay = useRef(false);
  const send = (body: Json) => {
    isUnderWay.current = true;
    submit(body, { method: 'post', encType: 'application/json' });
  };
  const sendNext = useRef(send);
  useEffect(() => {
    sendNext.current = send;
  });
  useEffect(() => {
    if (state !== 'idle') return;
    isUnderWay.current = false;
    const next = waiting.current.shift();
    if (next !== undefined) sendNext.current(next);
  }, [state, data]);
  return {
    submit: (body) => {
      if (isUnderWay.current) waiting.current.push(body);
      else send(body);
    },
    busy: state !== 'idle',
    answer: data,
  };
}
