/** A signal that ends with another one, or when a run is cancelled. */
export interface Stopper {
  signal: AbortSignal;
  isCancelled: boolean;
  cancel(): void;
  /** Lets go of the other signal. */
  release(): void;
}

/** Not AbortSignal.any: Node may collect its signals while somebody listens to them. */
export function stopper(outer: AbortSignal): Stopper {
  const controller = new AbortController();
  const follow = () => controller.abort(outer.reason);
  if (outer.aborted) follow();
  outer.addEventListener('abort', follow);
  const stop: Stopper = {
    signal: controller.signal,
    isCancelled: false,
    cancel: () => {
      if (controller.signal.aborted) return;
      stop.isCancelled = true;
      controller.abort(new Error('The run was cancelled.'));
    },
    release: () => outer.removeEventListener('abort', follow),
  };
  return stop;
}
