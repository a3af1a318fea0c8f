/** How much of this process's time the rows it writes take: a worker works on one at a time. */

export interface OwnWork {
  /** So many rows (variants, tags, stock levels ...) were written and recorded. */
  add(rows: number): void;
  /** What was added since it was last asked for, and the seconds this process was busy meanwhile. */
  take(): { rows: number; seconds: number };
}

/** `busyMs`: milliseconds this process was busy since it started. */
export function createOwnWork(busyMs: () => number): OwnWork {
  let rows = 0;
  let takenAt = busyMs();
  return {
    add: (more) => {
      rows += more;
    },
    take: () => {
      const now = busyMs();
      const taken = { rows, seconds: (now - takenAt) / 1_000 };
      rows = 0;
      takenAt = now;
      return taken;
    },
  };
}
