/**
 * Read model of the price matrix: the variants of the catalog by the stores of the account, with what each store holds, what it
 * shall hold, and why. A page costs the same queries whatever the number of stores.
 */
import { Decimal } from 'decimal.js';
import { z } from 'zod';
import { Prisma } from '#generated/prisma/client';
import type { Shop } from '#generated/prisma/client';
import { placeUnder } from '~/core/overlay';
import { explainPrices } from '~/core/price-explanation';
import { sameOverridable } from '~/core/override-edit';
import { amountText } from '~/core/price-change';
import type { SourceId } from '~/core/product-state';
import type { MatrixCell, MatrixRow, MatrixStore } from '~/core/price-matrix';
import { readSourceProducts } from '../catalog-products.server';
import type { Queryable } from '../client.server';
import { readOverlaysOfStores } from '../overlays.server';
import type { OverlayScope } from '../overlays.server';
import { catalogCurrency, standingRules } from '../store-rules.server';
import { containing } from './products.server';

export interface PriceMatrix {
  stores: MatrixStore[];
  catalogCurrencyCode: string;
  rows: MatrixRow[];
  /** Where the next page begins; null at the end. */
  next: string | null;
}

export interface MatrixQuery {
  /** Part of a title, a handle or a SKU; "" for all. */
  search: string;
  onlyDifferences: boolean;
  after: string | null;
  /** Pairs of a product and a store that a page of differences looks through; default MOST_PAIRS. */
  mostPairs?: number;
}

const VARIANTS_A_PAGE = 50;
/** Pairs of a product and a store that one page of differences looks through: there may be none among very many. */
const MOST_PAIRS = 20_000;

/** The variant that a page begins after: title key, product, position, variant. */
const placeText = z.tuple([z.string(), z.uuid(), z.int(), z.uuid()]);
type Place = z.infer<typeof placeText>;

const writePlace = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

function readPlace(text: string | null): Place | null {
  if (text === null) return null;
  try {
    return placeText.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
  } catch {
    // An old or broken address shows the first page.
    return null;
  }
}

interface VariantRow {
  key: string;
  productId: SourceId;
  position: number;
  variantId: SourceId;
  title: string;
  sku: string | null;
  option1: string | null;
  option2: string | null;
  option3: string | null;
}

/** As the index product_title_order has it. */
const TITLE_KEY = Prisma.sql`(left(lower(p.title), 200) COLLATE "C")`;

/** Stores that may hold something else than they shall: by the links, the revisions and the cache, without a merge. */
const maySkew = (shopIds: string[]) => Prisma.sql`EXISTS (
  SELECT 1 FROM app.shop shop
  LEFT JOIN app.product_link link ON link.shop_id = shop.id AND link.product_id = p.id
  LEFT JOIN app.overlay_revision overlaid ON overlaid.shop_id = shop.id AND overlaid.product_id = p.id
  LEFT JOIN app.base_product base ON base.shop_id = shop.id AND base.product_id = p.id
  LEFT JOIN app.remote_product remote ON remote.shop_id = shop.id AND remote.remote_id = link.remote_id
  WHERE shop.id = ANY(${shopIds}::uuid[]) AND (
    link.sync_state IS DISTINCT FROM 'in-sync' OR remote.invalidated_at IS NOT NULL
    OR base.source_revision IS DISTINCT FROM p.revision + COALESCE(overlaid.revision, 0) + shop.rules_revision
    OR EXISTS (
      SELECT 1 FROM catalog.variant moved
      LEFT JOIN app.base_variant agreed ON agreed.shop_id = shop.id AND agreed.variant_id = moved.id
      WHERE moved.product_id = p.id AND agreed.source_revision IS DISTINCT FROM moved.revision)))`;

/** Where a search for differences that began `after` stops for now; null: at the end of the catalog. */
async function stopOf(
  db: Queryable,
  shop: Shop,
  { products, from, found }: { products: number; from: Prisma.Sql; found: Prisma.Sql },
): Promise<Place | null> {
  const [stop] = await db.$queryRaw<{ key: string; id: SourceId }[]>`
    SELECT ${TITLE_KEY} AS key, p.id FROM catalog.product p
    WHERE p.account_id = ${shop.accountId}::uuid AND ${from} AND ${found}
    ORDER BY ${TITLE_KEY}, p.id OFFSET ${products} LIMIT 1`;
  return stop === undefined ? null : [stop.key, stop.id, BEFORE_ALL, NO_VARIANT];
}

/** A place before the first variant of a product. */
const BEFORE_ALL = -1;
const NO_VARIANT = '00000000-0000-0000-0000-000000000000';

/** The next variants in order; only of so many products as could fill the page if each had one variant. */
async function nextVariants(
  db: Queryable,
  shop: Shop,
  { search, onlyDifferences, after, mostPairs = MOST_PAIRS }: MatrixQuery,
  stores: MatrixStore[],
): Promise<{ rows: VariantRow[]; next: Place | null }> {
  const pattern = containing(search);
  const found =
    search === ''
      ? Prisma.sql`TRUE`
      : Prisma.sql`(p.title ILIKE ${pattern} OR p.handle ILIKE ${pattern} OR p.id IN (
      SELECT product_id FROM catalog.variant WHERE account_id = ${shop.accountId}::uuid AND sku ILIKE ${pattern}))`;
  const place = readPlace(after);
  const [key, productId, position, variantId] = place ?? [null, null, null, null];
  const from =
    place === null ? Prisma.sql`TRUE` : Prisma.sql`(${TITLE_KEY}, p.id) >= (${key}, ${productId}::uuid)`;
  const beyond =
    place === null
      ? Prisma.sql`TRUE`
      : Prisma.sql`(product.key, product.id, v.position, v.id) > (${key}, ${productId}::uuid, ${position}::int, ${variantId}::uuid)`;
  const products = Math.ceil(mostPairs / Math.max(1, stores.length));
  const stop = onlyDifferences ? await stopOf(db, shop, { products, from, found }) : null;
  const until =
    stop === null ? Prisma.sql`TRUE` : Prisma.sql`(${TITLE_KEY}, p.id) < (${stop[0]}, ${stop[1]}::uuid)`;
  const differing = onlyDifferences ? maySkew(stores.map(({ shopId }) => shopId)) : Prisma.sql`TRUE`;
  const limit = VARIANTS_A_PAGE + 1;
  const rows = await db.$queryRaw<VariantRow[]>`
    SELECT product.key, product.id AS "productId", v.position, v.id AS "variantId", product.title, v.sku, v.option1, v.option2, v.option3
    FROM (
      SELECT p.id, p.title, ${TITLE_KEY} AS key FROM catalog.product p
      WHERE p.account_id = ${shop.accountId}::uuid AND ${from} AND ${until} AND ${found} AND ${differing}
        AND EXISTS (SELECT 1 FROM catalog.variant WHERE product_id = p.id)
      ORDER BY ${TITLE_KEY}, p.id LIMIT ${limit + 1}
    ) AS product
    JOIN catalog.variant v ON v.product_id = product.id
    WHERE ${beyond}
    ORDER BY product.key, product.id, v.position, v.id LIMIT ${limit}`;
  const kept = rows.slice(0, VARIANTS_A_PAGE);
  const last = kept.at(-1);
  const isFull = rows.length > VARIANTS_A_PAGE && last !== undefined;
  return {
    rows: kept,
    next: isFull ? [last.key, last.productId, last.position, last.variantId] : stop,
  };
}

interface HeldRow {
  shopId: string;
  variantId: SourceId;
  price: string | null;
  isOld: boolean;
}

/** What each store was last seen to hold of these products' variants, by shop and variant. */
async function readHeld(
  db: Queryable,
  shopIds: string[],
  productIds: SourceId[],
): Promise<Map<string, HeldRow>> {
  const rows = await db.$queryRaw<HeldRow[]>`
    SELECT base.shop_id AS "shopId", base.variant_id AS "variantId", variant.state->'fields'->>'price' AS price,
      product.invalidated_at IS NOT NULL AS "isOld"
    FROM app.base_variant base
    JOIN app.product_link link ON link.shop_id = base.shop_id AND link.product_id = base.product_id AND link.state = 'linked'
    JOIN app.remote_product product ON product.shop_id = base.shop_id AND product.remote_id = link.remote_id
    JOIN app.remote_variant variant ON variant.shop_id = base.shop_id AND variant.remote_product_id = link.remote_id
      AND variant.remote_id = base.remote_id
    WHERE base.shop_id = ANY(${shopIds}::uuid[]) AND base.product_id = ANY(${productIds}::uuid[])`;
  return new Map(rows.map((row) => [`${row.shopId} ${row.variantId}`, row]));
}

const PRICE = (variant: SourceId) => ({ variant, field: 'price' });

async function rowsOf(
  db: Queryable,
  shop: Shop,
  stores: (MatrixStore & OverlayScope)[],
  variants: VariantRow[],
): Promise<MatrixRow[]> {
  const productIds = [...new Set(variants.map(({ productId }) => productId))];
  const shopIds = stores.map(({ shopId }) => shopId);
  // Prices name no location: any scope of the account will do.
  const catalog = { accountId: shop.accountId, locations: new Map(), categories: new Map() };
  const overlays = await readOverlaysOfStores(db, stores, productIds);
  const [sources, held] = await Promise.all([
    readSourceProducts(db, catalog, productIds),
    readHeld(db, shopIds, productIds),
  ]);
  const explained = new Map(
    stores.flatMap((store) =>
      productIds.flatMap((productId) => {
        const product = sources.get(productId)?.product;
        if (product === undefined) return [];
        const own = overlays.get(store.shopId)?.get(productId) ?? [];
        const place = placeUnder(own);
        const overrides = new Map(
          own.flatMap((overlay) =>
            overlay.kind === 'override' && overlay.path.field === 'price'
              ? [[overlay.path.variant, overlay.id] as const]
              : [],
          ),
        );
        return explainPrices(product, own, store).map(
          ({ variantId, price }) =>
            [
              `${store.shopId} ${variantId}`,
              { price, place, overrideId: overrides.get(variantId) ?? null },
            ] as const,
        );
      }),
    ),
  );
  return variants.map((variant): MatrixRow => {
    const { productId, variantId, title, sku } = variant;
    const options = [variant.option1, variant.option2, variant.option3].filter((each) => each !== null);
    const catalogs =
      sources.get(productId)?.product.variants.find(({ id }) => id === variantId)?.fields.price ?? null;
    return {
      ...{ productId, variantId, title, sku, catalogs },
      variantTitle: options.join(' / '),
      cells: stores.map(({ shopId }): MatrixCell => {
        const why = explained.get(`${shopId} ${variantId}`);
        const seen = held.get(`${shopId} ${variantId}`);
        const shall = why?.price.effective ?? null;
        // Drafts that the store has keep their prices in step.
        const isLeftOut = why?.place === 'left-alone' || (why?.place === 'off-sale' && seen === undefined);
        const isSame =
          shall === null || (seen !== undefined && sameOverridable(PRICE(variantId), seen.price, shall));
        return {
          shopId,
          state: isLeftOut ? 'not-chosen' : seen === undefined ? 'absent' : isSame ? 'same' : 'differs',
          held: seen?.price == null ? null : amountText(new Decimal(seen.price)),
          isOld: seen?.isOld ?? false,
          shall,
          steps: why?.price.steps ?? [],
          problem: why?.price.problem ?? null,
          overrideId: why?.overrideId ?? null,
        };
      }),
    };
  });
}

/** One page of the matrix. With only differences a page may be short or empty, and still not be the last one. */
export async function readPriceMatrix(db: Queryable, shop: Shop, query: MatrixQuery): Promise<PriceMatrix> {
  const shops = await db.shop.findMany({
    where: { accountId: shop.accountId, uninstalledAt: null },
    orderBy: [{ installedAt: 'asc' }, { id: 'asc' }],
  });
  const stores = shops.map((each) => ({
    ...{ shopId: each.id, domain: each.domain, currencyCode: each.currencyCode },
    accountId: each.accountId,
    name: each.name === '' ? each.domain : each.name,
    rules: standingRules(each),
    hasRules: each.storeRules !== null,
  }));
  const { rows: variants, next } = await nextVariants(db, shop, query, stores);
  const rows = await rowsOf(db, shop, stores, variants);
  return {
    stores: stores.map(({ rules: _rules, accountId: _accountId, ...store }) => store),
    catalogCurrencyCode: (await catalogCurrency(db, shop.accountId)) ?? shop.currencyCode,
    rows: query.onlyDifferences
      ? rows.filter(({ cells }) => cells.some(({ state }) => state === 'differs' || state === 'absent'))
      : rows,
    next: next === null ? null : writePlace(next),
  };
}
