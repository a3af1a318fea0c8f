/** The catalog as the merge wants it: whole products as the source states them, and lists of what there is. */
import { z } from 'zod';
import type { CatalogProductState, CatalogVariantState } from '~/core/catalog-product';
import type {
  DecimalString,
  Gid,
  InventoryByLocation,
  MetafieldState,
  OptionState,
  SourceId,
  SourceProduct,
  SourceVariant,
} from '~/core/product-state';
import { readCatalogStates } from './catalog-states.server';
import type { Queryable } from './client.server';

/** What a shop needs to understand the catalog's names. */
export interface CatalogScope {
  accountId: string;
  /** The shop's location by the catalog's location name; '' is the default location. */
  locations: Map<string, Gid>;
  /** Taxonomy category by full name. */
  categories: Map<string, Gid>;
}

/** Something of a product that the shop cannot be told; `field` is named as in FieldPath. */
export interface SourceProblem {
  field: string;
  message: string;
}

export interface ReadSourceProduct {
  product: SourceProduct;
  problems: SourceProblem[];
}

export interface ProductOutline {
  id: SourceId;
  handle: string;
  title: string;
  /** The variants' SKUs that are not empty. */
  skus: string[];
}

const placeholder: OptionState = { name: 'Title', values: ['Default Title'] };

/** An amount with at least two decimals, as Shopify spells it: "12.5" is "12.50". */
function money(amount: DecimalString): DecimalString {
  const [whole = '0', decimals = ''] = amount.split('.');
  return `${whole}.${decimals.padEnd(2, '0')}`;
}

function nullableMoney(amount: DecimalString | null): DecimalString | null {
  return amount === null ? null : money(amount);
}

function byKey(metafields: MetafieldState[]): Record<string, MetafieldState> {
  return Object.fromEntries(
    metafields.map((metafield) => [`${metafield.namespace}.${metafield.key}`, metafield]),
  );
}

/** Values that variants use, in the option's order; values that only variants know come last. */
function optionsOf(state: CatalogProductState): OptionState[] {
  if (state.options.length === 0) return [placeholder];
  return state.options.map(({ name, values }, index) => {
    const used = new Set(state.variants.map((variant) => variant.optionValues[index] ?? ''));
    return { name, values: [...new Set([...values.filter((value) => used.has(value)), ...used])] };
  });
}

function inventoryOf(
  variant: CatalogVariantState,
  scope: CatalogScope,
  problems: Map<string, SourceProblem>,
): InventoryByLocation {
  const inventory: InventoryByLocation = {};
  if (!variant.fields.tracked) return inventory;
  for (const [location, available] of Object.entries(variant.stock)) {
    const gid = scope.locations.get(location);
    if (gid !== undefined) {
      inventory[gid] = available;
      continue;
    }
    const field = `inventory:${location}`;
    const name = location === '' ? 'default location' : `location "${location}"`;
    problems.set(field, {
      field,
      message: `Stock for the ${name} is not sent: no location of the store stands for it. Choose one in Settings.`,
    });
  }
  return inventory;
}

function sourceVariant(
  state: CatalogVariantState,
  options: OptionState[],
  scope: CatalogScope,
  problems: Map<string, SourceProblem>,
): SourceVariant {
  const {
    weightValue,
    weightUnit,
    fulfillmentService: _notSynced,
    price,
    compareAtPrice,
    cost,
    ...fields
  } = state.fields;
  return {
    id: state.id,
    fields: {
      ...fields,
      price: money(price),
      compareAtPrice: nullableMoney(compareAtPrice),
      cost: nullableMoney(cost),
      weight: weightValue === null ? null : { value: weightValue, unit: weightUnit },
    },
    optionValues:
      options[0] === placeholder && state.optionValues.length === 0
        ? [...placeholder.values]
        : options.map((_, index) => state.optionValues[index] ?? ''),
    mediaId: state.mediaId,
    metafields: byKey(state.metafields),
    inventory: inventoryOf(state, scope, problems),
  };
}

/** Rows that a merchant's own SQL may leave in a state that no product of Shopify can have. */
function shapeProblems(state: CatalogProductState): SourceProblem[] {
  const problems: SourceProblem[] = [];
  const count = state.options.length;
  if (state.variants.length === 0)
    problems.push({
      field: 'variants',
      message: 'The product has no row in catalog.variant. Add at least one.',
    });
  const odd = state.variants.find(
    ({ optionValues }) => optionValues.length !== count || optionValues.includes(''),
  );
  const name = odd === undefined ? '' : `Variant ${odd.fields.sku ?? odd.id}`;
  if (odd !== undefined)
    problems.push({
      field: 'options',
      message: `${name} has ${odd.optionValues.filter((value) => value !== '').length} option values, the product has ${count} options (catalog.product_option). Fill option1 to option3 to match.`,
    });
  const combinations = new Set(state.variants.map(({ optionValues }) => JSON.stringify(optionValues)));
  if (combinations.size < state.variants.length)
    problems.push({
      field: 'options',
      message:
        'Two variants of the product have the same option values. Change or delete one of them in catalog.variant.',
    });
  return problems;
}

/** One product's rows as the source states them. Pure. */
export function sourceProduct(state: CatalogProductState, scope: CatalogScope): ReadSourceProduct {
  const problems = new Map(shapeProblems(state).map((problem) => [problem.message, problem]));
  const { tags, giftCard, category, ...fields } = state.fields;
  const options = optionsOf(state);
  const gid = category === null || category.startsWith('gid://') ? category : scope.categories.get(category);
  if (gid === undefined)
    problems.set('category', {
      field: 'category',
      message: `Shopify's taxonomy has no category "${category ?? ''}". Write its full name ("Apparel & Accessories > Clothing") or its id.`,
    });
  const variants = state.variants.map((variant) => sourceVariant(variant, options, scope, problems));
  return {
    product: {
      id: state.id,
      fields: { ...fields, ...(gid === undefined ? {} : { category: gid }) },
      giftCard,
      tags,
      options,
      variants,
      media: state.media.map(({ id, url, alt, kind }) => ({ id, url, alt, kind })),
      metafields: byKey(state.metafields),
    },
    problems: [...problems.values()],
  };
}

/**
 * The products as the source states them, by id: six queries for up to 250. Unknown ids are absent. What the shop
 * cannot be told (an unknown category, a location nobody mapped) is left out and listed as a problem. `variantIds`
 * limits the variants to these.
 */
export async function readSourceProducts(
  db: Queryable,
  scope: CatalogScope,
  productIds: SourceId[],
  variantIds: SourceId[] | null = null,
): Promise<Map<SourceId, ReadSourceProduct>> {
  const states = await readCatalogStates(db, scope.accountId, { ids: productIds }, variantIds);
  return new Map(states.map((state) => [state.id, sourceProduct(state, scope)]));
}

/** Ids of the account's products in ascending order, at most `limit`, from the one after `after` on. */
export async function listProductIds(
  db: Queryable,
  accountId: string,
  { after, limit }: { after: SourceId | null; limit: number },
): Promise<SourceId[]> {
  const rows = await db.catalogProduct.findMany({
    where: { accountId, ...(after === null ? {} : { id: { gt: after } }) },
    orderBy: { id: 'asc' },
    take: limit,
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

/** Handles of the account's products in ascending order, at most `limit`, from the one after `after` on. */
export async function listHandles(
  db: Queryable,
  accountId: string,
  { after, limit }: { after: string | null; limit: number },
): Promise<string[]> {
  const rows = await db.catalogProduct.findMany({
    where: { accountId, ...(after === null ? {} : { handle: { gt: after } }) },
    orderBy: { handle: 'asc' },
    take: limit,
    select: { handle: true },
  });
  return rows.map(({ handle }) => handle);
}

/** Ids of the account's products with these handles, in no order; unknown handles are left out. */
export async function findProductIds(
  db: Queryable,
  accountId: string,
  handles: string[],
): Promise<SourceId[]> {
  const rows = await db.catalogProduct.findMany({
    where: { accountId, handle: { in: handles } },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

/** How many products the account's catalog has. */
export async function countProducts(db: Queryable, accountId: string): Promise<number> {
  return db.catalogProduct.count({ where: { accountId } });
}

/** The categories that the account's catalog names instead of giving their id, each once. */
export async function readCategoryNames(db: Queryable, accountId: string): Promise<string[]> {
  const rows = await db.catalogProduct.findMany({
    where: { accountId, category: { not: null }, NOT: { category: { startsWith: 'gid://' } } },
    distinct: ['category'],
    select: { category: true },
  });
  return rows.flatMap(({ category }) => category ?? []);
}

const outlineRows = z.array(
  z.object({ id: z.string(), handle: z.string(), title: z.string(), skus: z.array(z.string()) }),
);

/** What adoption matches by, of these products or (without ids) of all, in one query. */
export async function readOutlines(
  db: Queryable,
  accountId: string,
  ids?: SourceId[],
): Promise<ProductOutline[]> {
  const chosen = ids ?? null;
  const rows = await db.$queryRaw`
    SELECT p."id"::text, p."handle", p."title",
           COALESCE(array_agg(v."sku" ORDER BY v."position") FILTER (WHERE v."sku" <> ''), '{}') AS "skus"
      FROM "catalog"."product" p LEFT JOIN "catalog"."variant" v ON v."product_id" = p."id"
     WHERE p."account_id" = ${accountId}::uuid
       AND (${chosen}::uuid[] IS NULL OR p."id" = ANY(${chosen}::uuid[]))
     GROUP BY p."id" ORDER BY p."id"`;
  return outlineRows.parse(rows);
}
