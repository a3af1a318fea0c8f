/** What people write on conflicts: answers, snoozes, notes. The sync line opens and ends them. */
import type { Prisma } from '#generated/prisma/client';
import type { FieldValue } from '~/core/decision';
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';
import { selected } from './conflict-selection.server';
import type { ConflictScope, ConflictSelection } from './conflict-selection.server';

export interface AnsweredConflict {
  shopId: string;
  productId: SourceId;
}

/** Writes one answer on every open conflict of the selection; answers whose they are. What is not open is left alone. */
export async function answerConflicts(
  db: Queryable,
  scope: ConflictScope,
  answer: {
    selection: ConflictSelection;
    choice: 'source' | 'remote' | 'value';
    value: FieldValue;
    by: string;
    now: Date;
  },
): Promise<AnsweredConflict[]> {
  const { selection, choice, by, now } = answer;
  const value = choice === 'value' ? JSON.stringify(answer.value) : null;
  return db.$queryRaw<AnsweredConflict[]>`
    UPDATE app.conflict c SET state = 'resolving', choice = ${choice}, value = ${value}::jsonb, resolved_by = ${by},
      resolved_at = ${now}, snoozed_until = NULL
    WHERE c.state = 'open' AND ${selected(scope, selection, now)}
    RETURNING c.shop_id AS "shopId", c.product_id AS "productId"`;
}

/** Sets until when open conflicts are out of sight; null brings them back. Answers how many. */
export async function snooze(
  db: Queryable,
  scope: ConflictScope,
  { selection, until, now }: { selection: ConflictSelection; until: Date | null; now: Date },
): Promise<{ shopId: string }[]> {
  return db.$queryRaw<{ shopId: string }[]>`
    UPDATE app.conflict c SET snoozed_until = ${until}
    WHERE c.state = 'open' AND ${selected(scope, selection, now)}
    RETURNING c.shop_id AS "shopId"`;
}

/** One conflict of the account's shops, as far as they may be reached; null where it is none of theirs. */
export async function findConflict(
  db: Queryable,
  { accountId, shopId, onlyThisShop }: ConflictScope,
  id: string,
): Promise<Prisma.ConflictGetPayload<object> | null> {
  const shops = await db.shop.findMany({
    where: { accountId, uninstalledAt: null, ...(onlyThisShop === true ? { id: shopId } : {}) },
    select: { id: true },
  });
  return db.conflict.findFirst({ where: { id, shopId: { in: shops.map((shop) => shop.id) } } });
}
