/**
 * A commit is streamed when it is in the log, which may be a moment before others can see it (with a synchronous standby: much
 * earlier). Whoever reads the rows then would read them as they were.
 */
import { setTimeout as sleep } from 'node:timers/promises';

const CYCLE = 1n << 32n;
const LONGEST_WAIT_MS = 250;

/** Whether a transaction's work can be seen by a statement that starts now. `xid` has 32 bits, a snapshot's have 64. */
export function isVisibleIn(snapshot: string, xid: number): boolean {
  const [, end = '0', list = ''] = snapshot.split(':');
  const last = BigInt(end);
  const ahead = (BigInt(xid) - (last % CYCLE) + CYCLE) % CYCLE;
  if (ahead < CYCLE / 2n) return false; // it began after the last one that this snapshot knows
  const whole = last + ahead - CYCLE;
  return !list.split(',').includes(String(whole));
}

/** Waits until all see what these transactions committed. `readSnapshot` answers pg_current_snapshot() as text. */
export async function untilVisible(
  readSnapshot: () => Promise<string>,
  xids: Iterable<number>,
  signal: AbortSignal,
): Promise<void> {
  let open = [...xids];
  for (let wait = 2; open.length > 0; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    const snapshot = await readSnapshot();
    open = open.filter((xid) => !isVisibleIn(snapshot, xid));
    if (open.length === 0) return;
    await sleep(wait, undefined, { signal });
  }
}
