import { measureSlot, readCapture, saveMeasure } from '~/db/change-capture.server';
import type { SlotMeasure } from '~/db/change-capture.server';
import type { Resources } from './resources';

/** Whether the slot is on its way to fill the disk, or to be given up by the database. */
export function isAlarming(
  { walStatus, retainedBytes, safeWalBytes }: SlotMeasure,
  { alarmBytes }: { alarmBytes: number },
): boolean {
  if (walStatus === 'lost' || walStatus === 'unreserved') return true;
  if (safeWalBytes !== null && safeWalBytes < BigInt(alarmBytes) / 4n) return true;
  return retainedBytes !== null && retainedBytes > BigInt(alarmBytes);
}

/** Measures the slot and notes it for the pages; a change to or from alarming is in the log. */
export async function measureCapture(
  { db, log, now }: Resources,
  limits: { alarmBytes: number },
): Promise<void> {
  const { slot, isAlarming: was } = await readCapture(db);
  if (slot === null) return;
  const measure = await measureSlot(db, slot);
  const alarming = measure !== null && isAlarming(measure, limits);
  await saveMeasure(db, measure, { isAlarming: alarming, now: now() });
  if (alarming === was) return;
  const facts = {
    slot,
    walStatus: measure?.walStatus,
    retainedBytes: Number(measure?.retainedBytes ?? 0n),
    safeWalBytes: measure?.safeWalBytes === undefined ? null : Number(measure.safeWalBytes),
  };
  if (alarming) log.error(facts, 'The replication slot makes the database keep too much of its log');
  else log.info(facts, 'The replication slot is in order again');
}
