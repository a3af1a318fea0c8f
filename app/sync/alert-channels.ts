/** Adds, changes, removes and tries the channels of a store's alerts. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Shop } from '#generated/prisma/client';
import { testMessage } from '~/core/alert-message';
import type { AddressOutcome } from '~/core/delivery-outcome';
import type { WebProblem } from '~/core/web-address';
import { addDeliveries, noteAttempt } from '~/db/alert-deliveries.server';
import { channelTarget, openTarget, sealTarget, shownTarget } from './alert-channel-target';
import type { ChannelTarget } from './alert-channel-target';
import { deliverAlert } from './deliver-alert';
import { LEASE_MS } from './send-alerts';
import type { Resources } from './resources';
import { messageShop } from './watch-alerts';

export const MOST_CHANNELS = 20;

/** A target as somebody typed it; the secret of a webhook is made here. */
export type AskedTarget = Exclude<ChannelTarget, { kind: 'webhook' }> | { kind: 'webhook'; url: string };

export type SavedChannel =
  /** `secret`: of a new webhook, shown once. */
  | { kind: 'saved'; id: string; secret: string | null }
  | ({ kind: 'refused' } & WebProblem)
  | { kind: 'gone' };

type Parts = Pick<Resources, 'db' | 'web' | 'secrets' | 'now' | 'mail'>;

/** What is wrong with a target that can be seen before anything is sent; null: nothing. */
function problemOf({ web, mail }: Parts, target: ChannelTarget): WebProblem | null {
  const wrong = channelTarget.safeParse(target).error?.issues[0]?.message;
  if (wrong !== undefined) return { reason: wrong, remedy: 'Correct it and save again.' };
  switch (target.kind) {
    case 'email':
      return mail === null
        ? {
            reason: 'This installation has no mail server.',
            remedy: 'Whoever runs Lockstep sets SMTP_URL and ALERT_FROM.',
          }
        : null;
    case 'slack':
    case 'webhook':
      return web.problemOf(target.url);
    case 'sms':
      return web.problemOf(target.origin);
  }
}

/** Adds a channel. Its address is looked at here as far as it says something by itself, and at each message in full. */
export async function addAlertChannel(
  parts: Parts,
  input: { shopId: string; name: string; onlyCritical: boolean; target: AskedTarget; createdBy: string },
): Promise<SavedChannel> {
  const { db, secrets, now } = parts;
  const { shopId, name, createdBy } = input;
  const target = withSecret(input.target);
  const problem = problemOf(parts, target);
  if (problem !== null) return { kind: 'refused', ...problem };
  const id = randomUUID();
  const at = now();
  return db.$transaction(async (tx): Promise<SavedChannel> => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`alert channels ${shopId}`}, 0))`;
    if ((await tx.alertChannel.count({ where: { shopId } })) >= MOST_CHANNELS)
      return {
        kind: 'refused',
        reason: `A store has at most ${MOST_CHANNELS} channels.`,
        remedy: 'Remove one first.',
      };
    await tx.alertChannel.create({
      data: {
        ...{ id, shopId, kind: target.kind, name, createdBy, createdAt: at, onSince: at },
        ...{ target: sealTarget(secrets, id, target), shownTarget: shownTarget(target) },
        onlyCritical: input.onlyCritical || target.kind === 'sms',
      },
    });
    return { kind: 'saved', id, secret: target.kind === 'webhook' ? target.secret : null };
  });
}

function withSecret(target: AskedTarget): ChannelTarget {
  return target.kind === 'webhook'
    ? { ...target, secret: `whsec_${randomBytes(32).toString('base64')}` }
    : target;
}

/** Changes name, severity and use of a channel, and where it leads where `target` says so. The secret of a webhook stays. */
export async function changeAlertChannel(
  parts: Parts,
  input: {
    shopId: string;
    id: string;
    name: string;
    onlyCritical: boolean;
    isOn: boolean;
    target: AskedTarget | null;
  },
): Promise<SavedChannel> {
  const { db, secrets, now } = parts;
  const { shopId, id, name, isOn } = input;
  const channel = await db.alertChannel.findFirst({ where: { id, shopId } });
  if (channel === null) return { kind: 'gone' };
  const former = openTarget(secrets, channel);
  const target = input.target === null ? former : keepingSecret(input.target, former);
  if (target.kind !== former.kind)
    return { kind: 'refused', reason: 'A channel keeps its kind.', remedy: 'Add another channel instead.' };
  const problem = input.target === null ? null : problemOf(parts, target);
  if (problem !== null) return { kind: 'refused', ...problem };
  await db.$transaction(async (tx) => {
    await tx.alertChannel.update({
      where: { id },
      data: {
        ...{ name, isOn, onlyCritical: input.onlyCritical || target.kind === 'sms' },
        ...{ target: sealTarget(secrets, id, target), shownTarget: shownTarget(target) },
        ...(isOn && !channel.isOn && { onSince: now() }),
      },
    });
    if (!isOn)
      await tx.alertDelivery.updateMany({
        where: { channelId: id, state: 'waiting' },
        data: { state: 'failed', problem: 'The channel was switched off.', endedAt: now() },
      });
  });
  return { kind: 'saved', id, secret: null };
}

function keepingSecret(target: AskedTarget, former: ChannelTarget): ChannelTarget {
  return target.kind === 'webhook' && former.kind === 'webhook'
    ? { ...target, secret: former.secret }
    : withSecret(target);
}

/** Removes a channel with what was on its way; false where it was gone already. */
export async function removeAlertChannel(
  { db }: Pick<Resources, 'db'>,
  { shopId, id }: { shopId: string; id: string },
): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const { count } = await tx.alertChannel.deleteMany({ where: { id, shopId } });
    await tx.alertNotice.deleteMany({ where: { channelId: id, shopId } });
    await tx.alertDelivery.deleteMany({ where: { channelId: id, shopId } });
    return count > 0;
  });
}

/** Sends a test at once, one attempt; null where there is no such channel. It stands in the log like any message. */
export async function testAlertChannel(
  resources: Resources,
  { shop, id }: { shop: Shop; id: string },
): Promise<AddressOutcome | null> {
  const { db, secrets, now, settings } = resources;
  const channel = await db.alertChannel.findFirst({ where: { id, shopId: shop.id } });
  if (channel === null) return null;
  const createdAt = now();
  const message = testMessage(messageShop(shop, settings), createdAt);
  const [deliveryId = ''] = await addDeliveries(db, [{ shopId: shop.id, channelId: id, message }], {
    now: createdAt,
    heldMs: LEASE_MS,
  });
  const outcome = await deliverAlert(resources, openTarget(secrets, channel), {
    ...{ id: deliveryId, message, createdAt },
  });
  await noteAttempt(
    db,
    deliveryId,
    outcome.kind === 'sent'
      ? { state: 'sent', endedAt: now() }
      : { state: 'failed', problem: `${outcome.reason} ${outcome.remedy}`, endedAt: now() },
  );
  return outcome;
}
