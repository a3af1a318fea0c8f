/** How fast something goes and how long it will still take, from counters alone. */

/** How many were done at an instant (milliseconds since the epoch). */
export interface Sample {
  at: number;
  done: number;
}

export interface Progress {
  /** Between 0 and 1; 0 while the total is not known. */
  fraction: number;
  /** Per second, over the last samples; null while nothing was done or no time has passed. */
  perSecond: number | null;
  /** Seconds until all is done at that rate; null while it cannot be said. */
  secondsLeft: number | null;
}

/** Rates are taken over this long: shorter jumps about, longer answers late. */
const WINDOW_MS = 15_000;

/** Adds a sample and forgets those that no rate needs any more. A counter that went back starts anew. */
export function withSample(samples: readonly Sample[], next: Sample): Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && (next.done < last.done || next.at < last.at)) return [next];
  if (last !== undefined && next.at === last.at) return [...samples.slice(0, -1), next];
  const recent = samples.filter((sample) => next.at - sample.at <= WINDOW_MS);
  return [...recent, next];
}

/** Progress towards `total` from samples in order of time; the first may be the start of the work with 0 done. */
export function progressOf(total: number, samples: readonly Sample[]): Progress {
  const first = samples[0];
  const last = samples.at(-1);
  const done = last?.done ?? 0;
  const fraction = total > 0 ? Math.min(1, done / total) : 0;
  if (first === undefined || last === undefined || last.at <= first.at || last.done <= first.done)
    return { fraction, perSecond: null, secondsLeft: total > 0 && done >= total ? 0 : null };
  const perSecond = ((last.done - first.done) * 1000) / (last.at - first.at);
  return { fraction, perSecond, secondsLeft: total > 0 ? Math.max(0, total - done) / perSecond : null };
}
