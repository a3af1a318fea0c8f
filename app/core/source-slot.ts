/** When what a merchant's server keeps for us becomes a danger: to its disk, or to us. */

/** Bytes of log from which a slot is worth a look: more than a bad hour leaves behind. */
const GROWN_BYTES = 1_000_000_000;

export type SlotAlarm =
  /** The log grows and nobody reads it. */
  | 'growing'
  /** The server is about to give the slot up. */
  | 'ending';

/** Null where all is well. `state` is wal_status of pg_replication_slots. */
export function slotAlarm(lagBytes: number | null, state: string | null): SlotAlarm | null {
  if (state === 'unreserved' || state === 'lost') return 'ending';
  return state === 'extended' || (lagBytes !== null && lagBytes > GROWN_BYTES) ? 'growing' : null;
}
