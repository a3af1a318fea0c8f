/** Read model of what a promotion did: how far orders are read, and what was sold of its variants and of all. */
import { addDays } from '~/core/calendar-day';
import { localTime } from '~/core/local-time';
import { effectPeriods, promotionEffect } from '~/core/promotion-effect';
import type { DaySales, PromotionEffect } from '~/core/promotion-effect';
import type { Queryable } from '../client.server';

/** How far the orders of the store are read. */
export interface OrdersView {
  /** 'off': nobody wants them read (any more); 'reading': for the first time; 'problem': see there; 'followed'. */
  state: 'off' | 'reading' | 'followed' | 'problem';
  read: number;
  /** Null: not counted. */
  expected: number | null;
  problem: string | null;
  problemText: string | null;
  /** When they were last read to the end. */
  readAt: string | null;
}

export type EffectView =
  | {
      kind: 'effect';
      effect: PromotionEffect;
      currencyCode: string;
      /** Variants it was for that the store has no more. */ unknownVariants: number;
    }
  /** No day of it is over. */
  | { kind: 'not-yet' }
  /** The promotion was never on. */
  | { kind: 'never-on' }
  /** Orders are not all read that it needs: since `since` they are, `needed` is the first day it takes. */
  | { kind: 'not-read'; since: string | null; needed: string };

export interface PromotionEffectView {
  orders: OrdersView;
  effect: EffectView;
}

type ImportRow = Awaited<ReturnType<Queryable['orderImport']['findUnique']>>;

function ordersView(row: ImportRow): OrdersView {
  const isFirst = row === null || row.readUntil === null || row.walk === 'first';
  const state = !row?.wanted ? 'off' : row.problem !== null ? 'problem' : isFirst ? 'reading' : 'followed';
  return {
    state,
    read: row?.ordersRead ?? 0,
    expected: row?.ordersExpected ?? null,
    problem: row?.problem ?? null,
    problemText: row?.problemText ?? null,
    readAt: row?.finishedAt?.toISOString() ?? null,
  };
}

interface Asked {
  shopId: string;
  promotionId: string;
  now: Date;
}

/** Null where the shop has no such promotion. */
export async function readPromotionEffect(db: Queryable, asked: Asked): Promise<PromotionEffectView | null> {
  const { shopId, promotionId } = asked;
  const [promotion, shop, row] = await Promise.all([
    db.promotion.findUnique({ where: { id: promotionId, shopId } }),
    db.shop.findUnique({ where: { id: shopId } }),
    db.orderImport.findUnique({ where: { shopId } }),
  ]);
  if (!promotion || !shop) return null;
  const { timezone: timeZone, currencyCode } = shop;
  const effect = await effectOf(db, { ...asked, timeZone, currencyCode }, promotion, row);
  return { orders: ordersView(row), effect };
}

async function effectOf(
  db: Queryable,
  { shopId, timeZone, currencyCode, promotionId, now }: Asked & { timeZone: string; currencyCode: string },
  promotion: NonNullable<Awaited<ReturnType<Queryable['promotion']['findUnique']>>>,
  row: ImportRow,
): Promise<EffectView> {
  const { activatedAt, endsAt, endedAt } = promotion;
  if (activatedAt === null) return { kind: promotion.state === 'scheduled' ? 'not-yet' : 'never-on' };
  const dayOf = (instant: Date) => localTime(instant, timeZone).slice(0, 10);
  const end = endedAt ?? endsAt;
  const periods = effectPeriods(
    // An end is not part of the promotion: midnight ends the day before.
    { first: dayOf(activatedAt), last: end === null ? null : dayOf(new Date(end.getTime() - 1)) },
    dayOf(now),
  );
  if (periods === null) return { kind: 'not-yet' };
  const { first: needed } = periods.before;
  // The first day of them is there in part.
  const since =
    row === null || row.readUntil === null || row.reachesFrom === null
      ? null
      : addDays(dayOf(row.reachesFrom), 1);
  if (since === null || since > needed) return { kind: 'not-read', since, needed };
  const until = periods.after?.last ?? periods.during.last;
  const [own, store, [missing]] = await Promise.all([
    db.$queryRaw<DaySales[]>`
      SELECT sold.day::text AS day, sum(sold.units)::int AS units, sum(sold.revenue)::text AS revenue
      FROM app.variant_day sold
      WHERE sold.shop_id = ${shopId}::uuid AND sold.currency = ${currencyCode}
        AND sold.day BETWEEN ${needed}::date AND ${until}::date
        AND sold.variant_id IN (
          SELECT base.remote_id FROM app.promotion_variant member
          JOIN app.base_variant base ON base.shop_id = member.shop_id AND base.variant_id = member.variant_id
          WHERE member.promotion_id = ${promotionId}::uuid)
      GROUP BY sold.day`,
    db.$queryRaw<DaySales[]>`
      SELECT day::text AS day, units, revenue::text AS revenue FROM app.store_day
      WHERE shop_id = ${shopId}::uuid AND currency = ${currencyCode}
        AND day BETWEEN ${needed}::date AND ${until}::date`,
    db.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM app.promotion_variant member
      WHERE member.promotion_id = ${promotionId}::uuid AND NOT EXISTS (
        SELECT 1 FROM app.base_variant base
        WHERE base.shop_id = member.shop_id AND base.variant_id = member.variant_id)`,
  ]);
  return {
    kind: 'effect',
    effect: promotionEffect(periods, { own, store }),
    currencyCode,
    unknownVariants: missing?.count ?? 0,
  };
}
