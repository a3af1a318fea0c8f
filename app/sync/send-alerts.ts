/** Sends what channels are to be told; what is not taken is sent again, more and more seldom. */
import pLimit from 'p-limit';
import { MOST_ATTEMPTS, deliveryWait } from '~/core/delivery-retry';
import type { AddressOutcome } from '~/core/delivery-outcome';
import { noteAttempt, takeDeliveries } from '~/db/alert-deliveries.server';
import type { AttemptEnd, TakenDelivery } from '~/db/alert-deliveries.server';
import { openTarget } from './alert-channel-target';
import { storedMessage } from './alert-message-schema';
import { deliverAlert } from './deliver-alert';
import type { Resources } from './resources';

const AT_A_TIME = 4;
/** Longer than an attempt takes. */
export const LEASE_MS = 120_000;
/** A turn ends some time: what is left is sent in the next one. */
const MOST_ROUNDS = 20;

/** Such as an address that none of the keys opens any more. */
const UNSENDABLE: AddressOutcome = {
  kind: 'failed',
  reason: 'Lockstep could not send it; its log says why.',
  remedy: 'Write the address of the channel anew, and tell whoever runs Lockstep where this stays.',
};

function endOf(
  outcome: AddressOutcome,
  attempts: number,
  { now, random }: Pick<Resources, 'now' | 'random'>,
): AttemptEnd {
  const at = now();
  if (outcome.kind === 'sent') return { state: 'sent', endedAt: at };
  const problem = `${outcome.reason} ${outcome.remedy}`;
  if (outcome.kind === 'refused' || attempts >= MOST_ATTEMPTS)
    return { state: 'failed', problem, endedAt: at };
  return { state: 'waiting', problem, nextAt: new Date(at.getTime() + deliveryWait(attempts, random())) };
}

async function sendOne(resources: Resources, taken: TakenDelivery, signal: AbortSignal): Promise<void> {
  const { db, log, secrets } = resources;
  const { id, shopId, channelId, attempts, createdAt } = taken;
  try {
    const target = openTarget(secrets, { id: channelId, target: taken.target });
    const delivery = { id, message: storedMessage.parse(taken.message), createdAt };
    const outcome = await deliverAlert(resources, target, delivery, signal);
    await noteAttempt(db, id, endOf(outcome, attempts, resources));
    if (outcome.kind !== 'sent')
      log.warn(
        { shopId, channelId, deliveryId: id, attempts, outcome: outcome.kind },
        'An alert was not taken',
      );
  } catch (error) {
    if (signal.aborted) return; // Its time comes again when the lease ends.
    log.error({ err: error, shopId, deliveryId: id }, 'An alert could not be sent');
    await noteAttempt(db, id, endOf(UNSENDABLE, attempts, resources));
  }
}

/** Sends everything that is due. One channel that fails holds up no other. */
export async function sendAlerts(resources: Resources, signal: AbortSignal): Promise<void> {
  const { db, now } = resources;
  const lane = pLimit(AT_A_TIME);
  for (let round = 0; round < MOST_ROUNDS && !signal.aborted; round += 1) {
    const due = await takeDeliveries(db, { now: now(), leaseMs: LEASE_MS, limit: 4 * AT_A_TIME });
    if (due.length === 0) return;
    await Promise.all(due.map((taken) => lane(() => sendOne(resources, taken, signal))));
  }
}
