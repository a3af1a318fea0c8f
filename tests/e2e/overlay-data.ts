/** Promotions in every state, some of which overlap, and overrides of one store, for their pages. */
import { randomUUID } from 'node:crypto';
import type { Database } from '~/db/client.server';
import type { PriceChange, PromotionState } from '~/core/promotion';
import { bulkChangesSchema, productSelectionSchema } from '~/sync/bulk-edit-schema';
import { priceChangesSchema } from '~/db/price-change-schema';

export type SeededPromotion =
  'planned' | 'scheduled' | 'active' | 'open' | 'rival' | 'ended' | 'missed' | 'cancelled';

const OFF: PriceChange = {
  field: 'price',
  change: { by: 'percent', percent: '-20' },
  rounding: { to: 'ending', ending: '0.99' },
  floor: { atCost: true, minimum: null },
};

const DAY_MS = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);

interface Shop {
  id: string;
  accountId: string;
}

interface Seeded {
  name: string;
  state: PromotionState | null;
  from: number;
  to: number | null;
  priority?: number;
  productIds: string[];
  showsBaseAsCompareAt?: boolean;
  isMissed?: boolean;
  endedBy?: string;
}

async function seedPromotion(db: Database, shop: Shop, seeded: Seeded): Promise<string> {
  const id = randomUUID();
  const { state, priority = 500, showsBaseAsCompareAt = false, productIds, name } = seeded;
  const startsAt = inDays(seeded.from);
  const endsAt = seeded.to === null ? null : inDays(seeded.to);
  const variants = await db.catalogVariant.findMany({
    where: { productId: { in: productIds } },
    include: { product: { select: { title: true } } },
    orderBy: [{ product: { title: 'asc' } }, { position: 'asc' }],
  });
  const fields = variants.flatMap((variant, index) => {
    const price = Number(variant.price);
    const common = {
      editId: id,
      shopId: shop.id,
      productId: variant.productId,
      title: variant.product.title,
      variantId: variant.id,
      variantTitle: variant.option1,
      sku: variant.sku,
      state: 'planned',
    };
    const isAbove = index % 5 === 2;
    return [
      {
        ...common,
        field: 'price',
        before: price.toFixed(2),
        after: (Math.round(price * 0.8) - 0.01).toFixed(2),
        warnings: index % 7 === 3 ? ['below-cost'] : [],
      },
      ...(showsBaseAsCompareAt
        ? [
            {
              ...common,
              field: 'compareAtPrice',
              after: price.toFixed(2),
              warnings: isAbove ? ['compare-at-above-lowest-price'] : [],
              lowestPrice: {
                amount: (isAbove ? price - 3 : price).toFixed(2),
                knownOnlySince: index % 2 === 0 ? inDays(-12).toISOString() : null,
              },
            },
          ]
        : []),
    ];
  });
  const warnings: Record<string, number> = {};
  for (const field of fields) for (const code of field.warnings) warnings[code] = (warnings[code] ?? 0) + 1;
  await db.bulkEdit.create({
    data: {
      id,
      shopId: shop.id,
      name,
      target: 'promotion',
      promotion: {
        startsAt: startsAt.toISOString(),
        endsAt: endsAt?.toISOString() ?? null,
        priority,
        showsBaseAsCompareAt,
      },
      selection: productSelectionSchema.parse({ kind: 'query', query: 'vendor:Nordwind' }),
      changes: bulkChangesSchema.parse([OFF]),
      causedBy: 'user 1',
      state: state === null ? 'planned' : 'finished',
      productsSelected: productIds.length,
      variantsSelected: variants.length,
      productsWalked: productIds.length,
      productsToChange: productIds.length,
      fieldsToChange: fields.length,
      warnings,
      createdAt: inDays(Math.min(seeded.from, 0) - 1),
      plannedAt: inDays(Math.min(seeded.from, 0) - 1),
    },
  });
  await db.bulkEditField.createMany({ data: fields.map((field, position) => ({ ...field, position })) });
  if (state === null) return id;
  const hasBegun = (state === 'active' || state === 'ended') && seeded.isMissed !== true;
  await db.promotion.create({
    data: {
      id,
      shopId: shop.id,
      name,
      state,
      changes: priceChangesSchema.parse([OFF]),
      showsBaseAsCompareAt,
      priority,
      startsAt,
      endsAt,
      products: productIds.length,
      variants: variants.length,
      createdBy: 'user 1',
      createdAt: inDays(Math.min(seeded.from, 0) - 1),
      ...(hasBegun && { activatedAt: startsAt }),
      ...(state === 'ended' && { endedAt: endsAt }),
      ...(state === 'cancelled' && { endedAt: inDays(-1) }),
      ...(seeded.endedBy !== undefined && { endedBy: seeded.endedBy }),
    },
  });
  await db.promotionVariant.createMany({
    data: variants.map(({ id: variantId, productId }) => ({
      promotionId: id,
      shopId: shop.id,
      productId,
      variantId,
    })),
  });
  return id;
}

/** Promotions by what is to be seen of them; the products are the catalog's. */
export async function seedPromotions(
  db: Database,
  shop: Shop,
  productIds: string[],
): Promise<Record<SeededPromotion, string>> {
  const some = productIds.slice(0, 30);
  const promotion = (seeded: Omit<Seeded, 'productIds'> & { productIds?: string[] }) =>
    seedPromotion(db, shop, { productIds: some, ...seeded });
  return {
    planned: await promotion({ name: 'Advent', state: null, from: 4, to: 28, showsBaseAsCompareAt: true }),
    scheduled: await promotion({
      name: 'Winter sale of the whole house',
      state: 'scheduled',
      from: 2,
      to: 9,
    }),
    active: await promotion({
      name: 'Black week',
      state: 'active',
      from: -3,
      to: 4,
      priority: 750,
      showsBaseAsCompareAt: true,
    }),
    open: await promotion({
      name: 'Clearance of tents',
      state: 'active',
      from: -20,
      to: null,
      priority: 250,
    }),
    rival: await promotion({
      name: 'Members’ weekend',
      state: 'scheduled',
      from: 1,
      to: 3,
      priority: 1_000,
      productIds: productIds.slice(20, 45),
    }),
    ended: await promotion({ name: 'Singles’ day', state: 'ended', from: -12, to: -10, endedBy: 'user 2' }),
    missed: await promotion({ name: 'Night sale', state: 'ended', from: -6, to: -5.8, isMissed: true }),
    cancelled: await promotion({
      name: 'Half of everything',
      state: 'cancelled',
      from: 5,
      to: 6,
      endedBy: 'user 1',
    }),
  };
}

/** Overrides of several kinds of fields: most of them of the first product, one of a product that is gone. */
export async function seedOverrides(
  db: Database,
  shop: Shop,
  productIds: string[],
  editId: string,
): Promise<void> {
  const [first = '', second = ''] = productIds;
  const variants = await db.catalogVariant.findMany({
    where: { productId: first },
    orderBy: { position: 'asc' },
  });
  const held = (productId: string, field: string, value: string | string[] | null, variantId?: string) => ({
    shopId: shop.id,
    productId,
    field,
    ...(value !== null && { value }),
    variantId: variantId ?? null,
    editId,
    setBy: 'user 1',
  });
  const rows = [
    held(first, 'vendor', 'Nordwind Schweiz'),
    held(first, 'tags', ['outdoor', 'swiss-made']),
    held(first, 'seoDescription', 'Made for long days outside. '.repeat(8).trim()),
    ...variants.map(({ id, price }) => held(first, 'price', (Number(price) + 5).toFixed(2), id)),
    held(second, 'seoTitle', null),
    held(randomUUID(), 'status', 'DRAFT'),
  ];
  await db.storeOverride.createMany({
    data: rows.map((row, index) => ({ ...row, setAt: new Date(Date.now() - index * 60_000) })),
  });
}
