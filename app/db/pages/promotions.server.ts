/** Read models of promotions: the calendar, the list, and one of them. */
import { z } from 'zod';
import { PROMOTION_STATES, overlaps } from '~/core/promotion';
import type { PriceChange, PromotionState } from '~/core/promotion';
import type { Queryable } from '../client.server';
import { priceChangesSchema } from '../price-change-schema';

export interface PromotionRow {
  /** Also of the bulk edit that planned it: its fields (readBulkEditFields) are the prices as they were planned. */
  id: string;
  name: string;
  state: PromotionState;
  changes: PriceChange[];
  showsBaseAsCompareAt: boolean;
  priority: number;
  startsAt: string;
  endsAt: string | null;
  products: number;
  variants: number;
  createdBy: string;
  createdAt: string;
  /** When it did begin; null: it has not, or it was missed. */
  activatedAt: string | null;
  endedAt: string | null;
  /** Null: its time was over. */
  endedBy: string | null;
}

/** Another promotion that shares variants and time with it. */
export interface OverlappingPromotion {
  id: string;
  name: string;
  state: PromotionState;
  priority: number;
  startsAt: string;
  endsAt: string | null;
  sharedVariants: number;
  /** Whether the other one wins the prices that both change. */
  wins: boolean;
}

export interface PromotionView extends PromotionRow {
  /** Of those that are scheduled or on; the one that wins most first. */
  overlapping: OverlappingPromotion[];
  /** Products whose prices Shopify has not taken yet, of one that is on or has ended. */
  productsToFollow: number;
}

type Stored = NonNullable<Awaited<ReturnType<Queryable['promotion']['findUnique']>>>;
const state = z.enum(PROMOTION_STATES);

function rowOf(stored: Stored): PromotionRow {
  return {
    id: stored.id,
    name: stored.name,
    state: state.parse(stored.state),
    changes: priceChangesSchema.parse(stored.changes),
    showsBaseAsCompareAt: stored.showsBaseAsCompareAt,
    priority: stored.priority,
    startsAt: stored.startsAt.toISOString(),
    endsAt: stored.endsAt?.toISOString() ?? null,
    products: stored.products,
    variants: stored.variants,
    createdBy: stored.createdBy,
    createdAt: stored.createdAt.toISOString(),
    activatedAt: stored.activatedAt?.toISOString() ?? null,
    endedAt: stored.endedAt?.toISOString() ?? null,
    endedBy: stored.endedBy,
  };
}

/** Promotions that are on at some instant between the two, cancelled ones left out, by their start. */
export async function readPromotionCalendar(
  db: Queryable,
  shopId: string,
  { from, to }: { from: Date; to: Date },
): Promise<PromotionRow[]> {
  const stored = await db.promotion.findMany({
    where: {
      shopId,
      state: { not: 'cancelled' },
      startsAt: { lt: to },
      AND: [
        { OR: [{ endsAt: null }, { endsAt: { gt: from } }] },
        // Ended early.
        { OR: [{ endedAt: null }, { endedAt: { gt: from } }] },
      ],
    },
    orderBy: [{ startsAt: 'asc' }, { id: 'asc' }],
  });
  return stored.map(rowOf);
}

/** Where a list goes on: the start and the id of its last row. */
const cursorText = z.tuple([z.iso.datetime(), z.uuid()]);

/** The shop's promotions, the latest start first. No states: all. A cursor that is none shows the first. */
export async function readPromotions(
  db: Queryable,
  shopId: string,
  { states, before, limit }: { states: PromotionState[]; before: string | null; limit: number },
): Promise<{ rows: PromotionRow[]; next: string | null }> {
  const cursor = cursorText.safeParse(before?.split('_'));
  const [at, id] = cursor.success ? [new Date(cursor.data[0]), cursor.data[1]] : [null, null];
  const stored = await db.promotion.findMany({
    where: {
      shopId,
      ...(states.length > 0 && { state: { in: states } }),
      ...(at !== null && { OR: [{ startsAt: { lt: at } }, { startsAt: at, id: { lt: id } }] }),
    },
    orderBy: [{ startsAt: 'desc' }, { id: 'desc' }],
    take: limit + 1,
  });
  const rows = stored.slice(0, limit).map(rowOf);
  const last = rows.at(-1);
  return { rows, next: stored.length > limit && last ? `${last.startsAt}_${last.id}` : null };
}

/** One promotion of the shop; null where there is none of that id. */
export async function readPromotion(
  db: Queryable,
  shopId: string,
  promotionId: string,
): Promise<PromotionView | null> {
  const stored = await db.promotion.findUnique({ where: { id: promotionId, shopId } });
  if (!stored) return null;
  const [others, follow] = await Promise.all([
    readOverlapping(db, stored),
    stored.activatedAt === null ? 0 : countToFollow(db, shopId, promotionId),
  ]);
  return { ...rowOf(stored), overlapping: others, productsToFollow: follow };
}

async function readOverlapping(db: Queryable, stored: Stored): Promise<OverlappingPromotion[]> {
  if (stored.state !== 'scheduled' && stored.state !== 'active') return [];
  const shared = await db.$queryRaw<{ id: string; variants: number }[]>`
    SELECT other.promotion_id AS id, count(*)::int AS variants
    FROM app.promotion_variant own
    JOIN app.promotion_variant other ON other.shop_id = own.shop_id AND other.product_id = own.product_id
      AND other.variant_id = own.variant_id AND other.promotion_id <> own.promotion_id
    JOIN app.promotion promotion ON promotion.id = other.promotion_id AND promotion.state IN ('scheduled', 'active')
    WHERE own.promotion_id = ${stored.id}::uuid GROUP BY other.promotion_id`;
  const counts = new Map(shared.map(({ id, variants }) => [id, variants]));
  const others = await db.promotion.findMany({
    where: { id: { in: [...counts.keys()] } },
    orderBy: [{ priority: 'desc' }, { startsAt: 'desc' }, { id: 'desc' }],
  });
  return others
    .filter((other) => overlaps(stored, other))
    .map((other) => ({
      id: other.id,
      name: other.name,
      state: state.parse(other.state),
      priority: other.priority,
      startsAt: other.startsAt.toISOString(),
      endsAt: other.endsAt?.toISOString() ?? null,
      sharedVariants: counts.get(other.id) ?? 0,
      wins: isHigher(other, stored),
    }));
}

function isHigher(a: Stored, b: Stored): boolean {
  if (a.priority !== b.priority) return a.priority > b.priority;
  const [first, second] = [a.startsAt.getTime(), b.startsAt.getTime()];
  return first === second ? a.id > b.id : first > second;
}

async function countToFollow(db: Queryable, shopId: string, promotionId: string): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (
      SELECT DISTINCT product_id FROM app.promotion_variant WHERE promotion_id = ${promotionId}::uuid
    ) AS member
    JOIN app.product_link link ON link.shop_id = ${shopId}::uuid AND link.product_id = member.product_id
    JOIN app.shop shop ON shop.id = link.shop_id
    JOIN catalog.product product ON product.id = link.product_id
    LEFT JOIN app.overlay_revision overlaid ON overlaid.shop_id = link.shop_id AND overlaid.product_id = link.product_id
    LEFT JOIN app.base_product base ON base.shop_id = link.shop_id AND base.product_id = link.product_id
    WHERE base.source_revision IS DISTINCT FROM product.revision + COALESCE(overlaid.revision, 0) + shop.rules_revision`;
  return row?.count ?? 0;
}
