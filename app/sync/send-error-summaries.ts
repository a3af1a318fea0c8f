/** The daily summary of what failed: made once a store and day, however many workers run and whenever one is killed. */
import { countFailures, summaryMessage } from '~/core/error-summary';
import { dueSummary } from '~/core/summary-time';
import { addDeliveries } from '~/db/alert-deliveries.server';
import { readAlertSettings, shopsWithSummary } from '~/db/alert-settings.server';
import { claimSummary, hasSummary, readFailures } from '~/db/error-summary.server';
import type { Resources } from './resources';
import { messageShop } from './watch-alerts';

/** The claim of the day and the messages are one transaction: there are both, or neither and the next turn makes them. */
async function makeSummary(resources: Resources, shopId: string): Promise<void> {
  const { db, now, settings: of } = resources;
  const [shop, { summary }] = await Promise.all([
    db.shop.findUniqueOrThrow({ where: { id: shopId } }),
    readAlertSettings(db, shopId),
  ]);
  if (summary === null) return;
  const at = now();
  const due = dueSummary(summary.at, at, shop.timezone);
  if (due === null || (await hasSummary(db, shopId, due.day))) return;
  const failures = await readFailures(db, shopId, due);
  const count = countFailures(failures);
  const message = summaryMessage(failures, messageShop(shop, of), due);
  await db.$transaction(async (tx) => {
    if (!(await claimSummary(tx, { shopId, day: due.day, failures: count, now: at }))) return;
    if (count === 0 && !summary.isAlways) return;
    const channels = await tx.alertChannel.findMany({ where: { shopId, kind: 'email', isOn: true } });
    await addDeliveries(
      tx,
      channels.map(({ id: channelId }) => ({ shopId, channelId, message })),
      { now: at },
    );
  });
}

/** Makes the summaries that are due. The trouble of one store does not keep the others without. */
export async function sendErrorSummaries(resources: Resources, signal: AbortSignal): Promise<void> {
  for (const shopId of await shopsWithSummary(resources.db)) {
    signal.throwIfAborted();
    try {
      await makeSummary(resources, shopId);
    } catch (error) {
      resources.log.error({ err: error, shopId }, 'The daily summary of a shop could not be made');
    }
  }
}
