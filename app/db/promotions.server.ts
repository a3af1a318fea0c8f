/** Promotions and the variants they are for. */
import { z } from 'zod';
import type { Prisma } from '#generated/prisma/client';
import { PROMOTION_STATES, fieldsOfPromotion } from '~/core/promotion';
import type { PriceChange, PromotionState, PromotionTerms } from '~/core/promotion';
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';
import { priceChangesSchema } from './price-change-schema';

const terms = z.object({
  startsAt: z.coerce.date(),
  endsAt: z.coerce.date().nullable(),
  priority: z.number(),
  showsBaseAsCompareAt: z.boolean(),
}) satisfies z.ZodType<PromotionTerms>;

/** Terms as a bulk edit keeps them until it is confirmed. */
export function storedTerms(value: unknown): PromotionTerms {
  return terms.parse(value);
}

export function termsToStore({ startsAt, endsAt, ...rest }: PromotionTerms) {
  return { ...rest, startsAt: startsAt.toISOString(), endsAt: endsAt?.toISOString() ?? null };
}

/**
 * Makes a promotion of a planned edit, of the same id. Its variants are those of which the plan changes a price, or finds
 * that it is so already: that one moves with the base too.
 */
export async function insertPromotion(
  tx: Queryable,
  promotion: {
    id: string;
    shopId: string;
    name: string;
    changes: PriceChange[];
    terms: PromotionTerms;
    createdBy: string;
    now: Date;
  },
): Promise<void> {
  const { id, shopId, name, changes, createdBy, now } = promotion;
  const { showsBaseAsCompareAt, priority, startsAt, endsAt } = promotion.terms;
  await tx.$executeRaw`
    INSERT INTO app.promotion_variant (promotion_id, shop_id, product_id, variant_id)
    SELECT DISTINCT edit_id, shop_id, product_id, variant_id::uuid FROM app.bulk_edit_field
    WHERE edit_id = ${id}::uuid AND variant_id IS NOT NULL
      AND (state = 'planned' OR (state = 'skipped' AND code = 'unchanged'))`;
  const [counts] = await tx.$queryRaw<{ products: number; variants: number }[]>`
    SELECT count(DISTINCT product_id)::int AS products, count(*)::int AS variants
    FROM app.promotion_variant WHERE promotion_id = ${id}::uuid`;
  await tx.promotion.create({
    data: {
      ...{ id, shopId, name, showsBaseAsCompareAt, priority, startsAt, endsAt, createdBy },
      changes: z.array(z.record(z.string(), z.json())).parse(changes),
      createdAt: now,
      products: counts?.products ?? 0,
      variants: counts?.variants ?? 0,
    },
  });
}

export interface TurningPromotion {
  id: string;
  name: string;
  state: PromotionState;
  startsAt: Date;
  endsAt: Date | null;
  createdBy: string;
  endedBy: string | null;
  activatedAt: Date | null;
  /** Whether all its products were asked for since it turned. */
  isCarried: boolean;
  /** The fields of its variants that it may hold. */
  fields: string[];
}

const state = z.enum(PROMOTION_STATES);
const SELECTED = {
  id: true,
  name: true,
  state: true,
  startsAt: true,
  endsAt: true,
  createdBy: true,
  endedBy: true,
  activatedAt: true,
  isCarried: true,
  changes: true,
  showsBaseAsCompareAt: true,
} as const;

type Selected = Prisma.PromotionGetPayload<{ select: typeof SELECTED }>;

function turning({ changes, showsBaseAsCompareAt, ...row }: Selected): TurningPromotion {
  return {
    ...row,
    state: state.parse(row.state),
    fields: fieldsOfPromotion(priceChangesSchema.parse(changes), { showsBaseAsCompareAt }),
  };
}

/** Promotions whose time to begin or to end has come, and those whose products were not all asked for. */
export async function duePromotions(db: Queryable, shopId: string, now: Date): Promise<TurningPromotion[]> {
  const rows = await db.promotion.findMany({
    where: { shopId, ...isDue(now) },
    select: SELECTED,
    // What ends makes room first.
    orderBy: [{ state: 'asc' }, { startsAt: 'asc' }, { id: 'asc' }],
  });
  return rows.map(turning);
}

export async function findPromotion(db: Queryable, id: string): Promise<TurningPromotion | null> {
  const row = await db.promotion.findUnique({ where: { id }, select: SELECTED });
  return row && turning(row);
}

/** Shops with promotions that are due; where the app was uninstalled they wait. */
export async function shopsWithDuePromotions(db: Queryable, now: Date): Promise<string[]> {
  const rows = await db.promotion.findMany({
    where: isDue(now),
    select: { shopId: true },
    distinct: ['shopId'],
  });
  const shops = await db.shop.findMany({
    where: { id: { in: rows.map(({ shopId }) => shopId) }, uninstalledAt: null },
    select: { id: true },
  });
  return shops.map(({ id }) => id);
}

/** Notes that all products were asked for, unless it turned again meanwhile. */
export async function endCarrying(
  db: Queryable,
  { id, state: turned }: Pick<TurningPromotion, 'id' | 'state'>,
): Promise<void> {
  await db.promotion.updateMany({
    where: { id, state: turned, isCarried: false },
    data: { isCarried: true },
  });
}

function isDue(now: Date) {
  return {
    OR: [
      { state: 'scheduled', startsAt: { lte: now } },
      { state: 'active', endsAt: { lte: now } },
      { state: { in: ['active', 'ended'] }, isCarried: false },
    ],
  };
}

/** Turns a promotion, where nobody else did and its time has come; whether it did. */
export async function turnPromotion(
  db: Queryable,
  { id, turn, now }: { id: string; turn: 'begin' | 'end' | 'miss'; now: Date },
): Promise<boolean> {
  if (turn === 'begin') {
    const { count } = await db.promotion.updateMany({
      where: {
        ...{ id, state: 'scheduled', startsAt: { lte: now } },
        OR: [{ endsAt: null }, { endsAt: { gt: now } }],
      },
      data: { state: 'active', activatedAt: now, isCarried: false },
    });
    return count > 0;
  }
  const { count } = await db.promotion.updateMany({
    where: { id, state: turn === 'end' ? 'active' : 'scheduled', endsAt: { lte: now } },
    data: { state: 'ended', endedAt: now, ...(turn === 'end' && { isCarried: false }) },
  });
  return count > 0;
}

/** The products of a promotion in ascending order, at most `limit`, from the one after `after` on. */
export async function productsOfPromotion(
  db: Queryable,
  promotionId: string,
  { after, limit }: { after: SourceId | null; limit: number },
): Promise<SourceId[]> {
  const rows = await db.$queryRaw<{ id: SourceId }[]>`
    SELECT DISTINCT product_id AS id FROM app.promotion_variant
    WHERE promotion_id = ${promotionId}::uuid AND (${after}::uuid IS NULL OR product_id > ${after}::uuid)
    ORDER BY product_id LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}

/** Notes the paths of these products that a promotion has left. */
export async function releasePromotionPaths(
  db: Queryable,
  { id: promotionId, fields }: Pick<TurningPromotion, 'id' | 'fields'>,
  productIds: SourceId[],
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO app.released_path (shop_id, product_id, variant_id, field)
    SELECT member.shop_id, member.product_id, member.variant_id, field.name
    FROM app.promotion_variant member CROSS JOIN unnest(${fields}::text[]) AS field(name)
    WHERE member.promotion_id = ${promotionId}::uuid AND member.product_id = ANY(${productIds}::uuid[])
    ON CONFLICT (shop_id, product_id, variant_id, field) DO UPDATE SET id = gen_random_uuid()`;
}
