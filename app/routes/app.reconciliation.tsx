import type { LoaderFunctionArgs } from '@remix-run/node';
import { json } from '@remix-run/node';
import { z } from 'zod';
import { readDrift } from '~/db/pages/drift.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { cancelReconciliation } from '~/sync/cancel-reconciliation';
import { startReconciliation } from '~/sync/start-reconciliation';
import { notAllowed } from '~/ui/action-answer';
import type { ActionAnswer } from '~/ui/action-answer';

/** What the drift card asks again and again while a check is under way. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  return json(await readDrift(resources.db, shop), { headers: { 'Cache-Control': 'no-store' } });
}

const intent = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('check') }),
  z.object({ intent: z.literal('cancel'), reconciliationId: z.uuid() }),
]);

export const action = actionOf('edit', notAllowed, act);

async function act({ request, resources, shop, actor }: Acting): Promise<ActionAnswer> {
  const asked = intent.parse(Object.fromEntries(await request.formData()));
  const shopId = shop.id;
  if (asked.intent === 'cancel') {
    const { reconciliationId } = asked;
    const isCancelled = await cancelReconciliation(resources, { shopId, reconciliationId });
    return { ok: true, message: isCancelled ? 'Check cancelled' : 'The check had already ended' };
  }
  const started = await startReconciliation(resources, { shopId, causedBy: actor });
  switch (started.kind) {
    case 'refused':
      return { ok: false, message: started.message };
    case 'under way':
      return { ok: true, message: 'A check is under way already' };
    case 'started':
      return { ok: true, message: 'Check started' };
  }
}
