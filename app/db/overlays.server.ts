/** What lies over the products of a store: overrides, promotions that are on, and paths that an overlay has just left. */
import type { Overlay, PromotionOverlay, ReleasedPath, RulesOverlay } from '~/core/overlay';
import { fieldsOfPromotion } from '~/core/promotion';
import { placeOf } from '~/core/product-rules';
import type { SourceId } from '~/core/product-state';
import type { Queryable } from './client.server';
import { fieldValue } from './field-value.server';
import { priceChangesSchema } from './price-change-schema';
import { productsFound, rulesOverlay } from './store-rules.server';
import type { StandingRules } from './store-rules.server';

interface Place {
  shopId: string;
  productId: SourceId;
}

interface OverrideRow extends Place {
  id: string;
  variantId: SourceId | null;
  field: string;
  value: unknown;
  setAt: Date;
}

interface PromotionRow extends Place {
  id: string;
  variantIds: SourceId[];
  name: string;
  state: string;
  priority: number;
  startsAt: Date;
  showsBaseAsCompareAt: boolean;
  changes: unknown;
}

interface ReleasedRow extends Place {
  id: string;
  variantId: SourceId | null;
  field: string;
}

function promotionOverlays(row: PromotionRow): Overlay[] {
  const { name, priority, startsAt, showsBaseAsCompareAt } = row;
  const changes = priceChangesSchema.parse(row.changes);
  if (row.state === 'active') {
    const promotion: PromotionOverlay = {
      kind: 'promotion',
      id: row.id,
      ...{ name, priority, startsAt, showsBaseAsCompareAt },
      changes,
      variantIds: new Set(row.variantIds),
    };
    return [promotion];
  }
  // It has just ended, and not all of its paths are noted as released yet.
  return row.variantIds.flatMap((variant) =>
    fieldsOfPromotion(changes, row).map((field): ReleasedPath => ({
      kind: 'released',
      id: '',
      path: { variant, field },
    })),
  );
}

/** Of a store, as far as it says what lies over its products. */
export interface OverlayScope {
  shopId: string;
  accountId: string;
  /** ISO 4217, of the store's prices. */
  currencyCode: string;
  rules: StandingRules;
}

/** What the rules of a store lay over these products; only rules that choose by a search cost a query. */
export async function readRulesOverlays(
  db: Queryable,
  { shopId, accountId, currencyCode, rules }: OverlayScope,
  productIds: SourceId[],
): Promise<Map<SourceId, RulesOverlay>> {
  const inForce = rules.inForce?.rules ?? null;
  const found =
    inForce === null || inForce.products.by === 'all'
      ? null
      : await productsFound(db, { accountId, shopId }, inForce.products.search, productIds);
  return new Map(
    productIds.flatMap((id): [SourceId, RulesOverlay][] => {
      const place = inForce === null ? 'chosen' : placeOf(inForce, found === null || found.has(id));
      const overlay = rulesOverlay(rules, { currencyCode, place });
      return overlay === null ? [] : [[id, overlay]];
    }),
  );
}

/** By product; products over which nothing lies are absent. `id` of a released path is "" while it is not noted yet. */
export async function readOverlays(
  db: Queryable,
  scope: OverlayScope,
  productIds: SourceId[],
): Promise<Map<SourceId, Overlay[]>> {
  return (await readOverlaysOfStores(db, [scope], productIds)).get(scope.shopId) ?? new Map();
}

/** `readOverlays` for several stores at once, by shop: as many queries as for one. */
export async function readOverlaysOfStores(
  db: Queryable,
  stores: readonly OverlayScope[],
  productIds: SourceId[],
): Promise<Map<string, Map<SourceId, Overlay[]>>> {
  const shopIds = stores.map(({ shopId }) => shopId);
  const [overrides, promotions, released] = await Promise.all([
    db.$queryRaw<OverrideRow[]>`
      SELECT id, shop_id AS "shopId", product_id AS "productId", variant_id AS "variantId", field, value, set_at AS "setAt"
      FROM app.store_override
      WHERE shop_id = ANY(${shopIds}::uuid[]) AND product_id = ANY(${productIds}::uuid[])`,
    db.$queryRaw<PromotionRow[]>`
      SELECT promotion.id, promotion.shop_id AS "shopId", member.product_id AS "productId",
        array_agg(member.variant_id) AS "variantIds", promotion.name,
        promotion.state, promotion.priority, promotion.starts_at AS "startsAt",
        promotion.shows_base_as_compare_at AS "showsBaseAsCompareAt", promotion.changes
      FROM app.promotion_variant member JOIN app.promotion promotion ON promotion.id = member.promotion_id
      WHERE member.shop_id = ANY(${shopIds}::uuid[]) AND member.product_id = ANY(${productIds}::uuid[])
        AND (promotion.state = 'active' OR (promotion.state = 'ended' AND NOT promotion.is_carried))
      GROUP BY promotion.id, member.product_id`,
    db.$queryRaw<ReleasedRow[]>`
      SELECT id, shop_id AS "shopId", product_id AS "productId", variant_id AS "variantId", field FROM app.released_path
      WHERE shop_id = ANY(${shopIds}::uuid[]) AND product_id = ANY(${productIds}::uuid[])`,
  ]);
  const all = new Map(shopIds.map((shopId) => [shopId, new Map<SourceId, Overlay[]>()]));
  const add = ({ shopId, productId }: Place, overlays: Overlay[]) => {
    const ofShop = all.get(shopId);
    ofShop?.set(productId, [...(ofShop.get(productId) ?? []), ...overlays]);
  };
  for (const store of stores)
    for (const [productId, lowest] of await readRulesOverlays(db, store, productIds))
      add({ shopId: store.shopId, productId }, [lowest]);
  for (const row of overrides)
    add(row, [
      {
        kind: 'override',
        id: row.id,
        path: { variant: row.variantId, field: row.field },
        value: fieldValue.parse(row.value),
        setAt: row.setAt,
      },
    ]);
  for (const row of promotions) add(row, promotionOverlays(row));
  for (const row of released)
    add(row, [{ kind: 'released', id: row.id, path: { variant: row.variantId, field: row.field } }]);
  return all;
}

/** What lies over these products has changed: they are looked at as a whole again, whatever look is under way. */
export async function raiseOverlayRevisions(
  db: Queryable,
  shopId: string,
  productIds: SourceId[],
): Promise<void> {
  await db.$executeRaw`
    INSERT INTO app.overlay_revision AS held (shop_id, product_id)
    SELECT ${shopId}::uuid, id FROM unnest(${productIds}::uuid[]) AS id ORDER BY id
    ON CONFLICT (shop_id, product_id) DO UPDATE SET revision = held.revision + 1`;
}

/** Notes that an overlay has left these paths. */
export async function notePathsReleased(
  db: Queryable,
  shopId: string,
  paths: { productId: SourceId; variantId: SourceId | null; field: string }[],
): Promise<void> {
  if (paths.length === 0) return;
  await db.$executeRaw`
    INSERT INTO app.released_path (shop_id, product_id, variant_id, field)
    SELECT DISTINCT ${shopId}::uuid, row."productId", row."variantId", row.field
    FROM jsonb_to_recordset(${JSON.stringify(paths)}::jsonb) AS row("productId" uuid, "variantId" uuid, field text)
    ON CONFLICT (shop_id, product_id, variant_id, field) DO UPDATE SET id = gen_random_uuid()`;
}

/** Forgets released paths on which both sides agree by now. One that was released anew meanwhile has another id. */
export async function forgetReleased(db: Queryable, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await db.$executeRaw`DELETE FROM app.released_path WHERE id = ANY(${ids}::uuid[])`;
}
