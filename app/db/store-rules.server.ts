/** The rules of stores as they are stored, with the rate in force; core/store-rules.ts says what they make of a product. */
import { z } from 'zod';
import { OUTSIDE_RULES, STATUS_RULES, RULED_TEXT_FIELDS, isOfProduct } from '~/core/product-rules';
import { NO_RULES, fieldsOfRules } from '~/core/store-rules';
import type { ProductPlace } from '~/core/product-rules';
import type { RuledField, RulesInForce, StoreRules } from '~/core/store-rules';
import type { RulesOverlay } from '~/core/overlay';
import type { DecimalString, SourceId } from '~/core/product-state';
import { parseSearchQuery } from '~/core/search-query';
import type { Queryable } from './client.server';
import { searchCondition } from './search-sql.server';
import type { SearchScope } from './search-sql.server';

/** A metafield's namespace and key. */
const text = z.string().max(400).nullable();

/** Rules whose numbers are such texts. */
function rulesSchema(number: z.ZodType<string>) {
  return z.object({
    // Rules that were stored before stores chose products and languages name none.
    products: z
      .discriminatedUnion('by', [
        z.object({ by: z.literal('all') }),
        z.object({ by: z.literal('search'), search: z.string().max(20_000), outside: z.enum(OUTSIDE_RULES) }),
      ])
      .default({ by: 'all' }),
    texts: z
      .object({ title: text, descriptionHtml: text, seoTitle: text, seoDescription: text })
      .default(NO_RULES.texts),
    conversion: z.discriminatedUnion('by', [
      z.object({ by: z.literal('none') }),
      z.object({ by: z.literal('factor'), factor: number }),
      z.object({
        by: z.literal('table'),
        rates: z.array(z.object({ from: z.string().max(40), rate: number })).max(1_000),
      }),
      z.object({ by: z.literal('feed'), address: z.string().max(8_192), maxDailyMovePercent: number }),
    ]),
    markup: z.object({ percent: number, amount: number }),
    rounding: z.discriminatedUnion('to', [
      z.object({ to: z.literal('none') }),
      z.object({ to: z.literal('ending'), ending: number }),
      z.object({ to: z.literal('step'), step: number }),
    ]),
    compareAt: z.discriminatedUnion('by', [
      z.object({ by: z.literal('catalog') }),
      z.object({ by: z.literal('none') }),
      z.object({ by: z.literal('above-price'), percent: number }),
    ]),
    status: z.enum(STATUS_RULES),
  }) satisfies z.ZodType<StoreRules>;
}

/** Rules as somebody typed them: whether they make sense is `storeRulesProblems`' to say. */
export const storeRulesInput = rulesSchema(z.string().max(200));

const number = z.string().regex(/^-?\d{1,40}(\.\d{1,40})?$/);
const storeRulesSchema = rulesSchema(number);

const inForce = z
  .object({ rules: storeRulesSchema, rate: number.nullable() })
  .nullable() satisfies z.ZodType<RulesInForce | null>;
const ruledFields = z.array(
  z.enum(['price', 'compareAtPrice', 'cost', 'status', ...RULED_TEXT_FIELDS]),
) satisfies z.ZodType<RuledField[]>;

/** The rules of a store, as a look at its products needs them. */
export interface StandingRules {
  revision: number;
  inForce: RulesInForce | null;
  /** See RulesOverlay. */
  leaving: readonly RuledField[];
}

/** Columns of app.shop. */
export interface RulesColumns {
  storeRules: unknown;
  rulesRevision: number;
  rulesLeaving: string[];
}

export function standingRules(shop: RulesColumns): StandingRules {
  return {
    revision: shop.rulesRevision,
    inForce: inForce.parse(shop.storeRules),
    leaving: ruledFields.parse(shop.rulesLeaving),
  };
}

/** The rules of a store as they stand now. */
export async function readStandingRules(db: Queryable, shopId: string): Promise<StandingRules> {
  const shop = await db.shop.findUniqueOrThrow({
    where: { id: shopId },
    select: { storeRules: true, rulesRevision: true, rulesLeaving: true },
  });
  return standingRules(shop);
}

/** What the rules lay over a product that has this place in the store; null: nothing. */
export function rulesOverlay(
  rules: StandingRules,
  { currencyCode, place }: { currencyCode: string; place: ProductPlace },
): RulesOverlay | null {
  const { inForce: held, leaving } = rules;
  if (held === null && leaving.length === 0) return null;
  return { kind: 'rules', id: 'rules', inForce: held, leaving, place, currencyCode };
}

/** Of the products, those that the search of a store's rules finds. */
export async function productsFound(
  db: Queryable,
  scope: SearchScope,
  search: string,
  productIds: SourceId[],
): Promise<Set<SourceId>> {
  const rows = await db.$queryRaw<{ id: SourceId }[]>`
    SELECT p.id FROM catalog.product p WHERE p.id = ANY(${productIds}::uuid[]) AND ${choosing(scope, search)}`;
  return new Set(rows.map(({ id }) => id));
}

/** How many products of the account's catalog the search of a store's rules finds. */
export async function countFound(db: Queryable, scope: SearchScope, search: string): Promise<number> {
  const [row] = await db.$queryRaw<[{ found: number }]>`
    SELECT count(*)::int AS found FROM catalog.product p
    WHERE p.account_id = ${scope.accountId}::uuid AND ${choosing(scope, search)}`;
  return row.found;
}

/** As a condition of SQL on a product `p`: its terms hold of whole products (store-rules-check.ts). */
function choosing(scope: SearchScope, search: string) {
  const reading = parseSearchQuery(search);
  // It was read when it was saved.
  if (reading.kind === 'problem')
    throw new Error(
      `The search of the store rules of ${scope.shopId} cannot be read: ${reading.problem.reason} Save these rules again.`,
    );
  return searchCondition(reading.query, scope);
}

export interface RulesChange {
  shopId: string;
  inForce: RulesInForce | null;
  /** When another rate may have to be put in force. */
  dueAt: Date | null;
  changedBy: string;
  now: Date;
}

/** Keeps everybody else from changing the rules of the store until the transaction ends. */
export async function lockRules(tx: Queryable, shopId: string): Promise<StandingRules> {
  await tx.$queryRaw`SELECT 1 FROM app.shop WHERE id = ${shopId}::uuid FOR NO KEY UPDATE`;
  return readStandingRules(tx, shopId);
}

/** Puts rules in force, in the caller's transaction and under `lockRules`; their products are asked for after that. */
export async function putRulesInForce(
  tx: Queryable,
  held: StandingRules,
  change: RulesChange,
): Promise<void> {
  const before = [...held.leaving, ...(held.inForce === null ? [] : fieldsOfRules(held.inForce.rules))];
  const now = new Set(change.inForce === null ? [] : fieldsOfRules(change.inForce.rules));
  const leaving = [...new Set(before)].filter((field) => !now.has(field));
  await tx.$executeRaw`
    UPDATE app.shop SET store_rules = ${change.inForce === null ? null : JSON.stringify(change.inForce)}::jsonb,
      rules_revision = rules_revision + 1, rules_leaving = ${leaving}::text[], rules_carried = false,
      rules_due_at = ${change.dueAt}, rules_rate_refused = NULL, rules_feed_problem = NULL, rules_changed_by = ${change.changedBy}, rules_changed_at = ${change.now}
    WHERE id = ${change.shopId}::uuid`;
}

/** Whether two rules make the same of every product now. */
export function sameRules(a: RulesInForce | null, b: RulesInForce | null): boolean {
  // Both are as the schema spells them.
  return JSON.stringify(inForce.parse(a)) === JSON.stringify(inForce.parse(b));
}

/** A rate that a feed told and that moved too far to be taken by itself. */
export interface RefusedRate {
  rate: DecimalString;
  toldAt: string;
  movedPercent: DecimalString;
}

export const refusedRate = z.object({ rate: number, toldAt: z.iso.datetime(), movedPercent: number });

/** Notes what a look at the feed found that leaves the rate in force as it is, and when it is looked at again. */
export async function noteRateLook(
  db: Queryable,
  look: {
    shopId: string;
    revision: number;
    dueAt: Date | null;
    refused: RefusedRate | null;
    problem: string | null;
  },
): Promise<void> {
  await db.$executeRaw`
    UPDATE app.shop SET rules_due_at = ${look.dueAt}, rules_feed_problem = ${look.problem},
      rules_rate_refused = ${look.refused === null ? null : JSON.stringify(look.refused)}::jsonb
    WHERE id = ${look.shopId}::uuid AND rules_revision = ${look.revision}`;
}

/** Notes that these products' paths were left by the rules. */
export async function releaseRulePaths(
  db: Queryable,
  shopId: string,
  leaving: readonly RuledField[],
  productIds: SourceId[],
): Promise<void> {
  const ofProduct = leaving.filter(isOfProduct);
  const ofVariants = leaving.filter((field) => !isOfProduct(field));
  await db.$executeRaw`
    INSERT INTO app.released_path (shop_id, product_id, variant_id, field)
    SELECT ${shopId}::uuid, variant.product_id, variant.id, field.name
    FROM catalog.variant variant CROSS JOIN unnest(${ofVariants}::text[]) AS field(name)
    WHERE variant.product_id = ANY(${productIds}::uuid[])
    UNION ALL
    SELECT ${shopId}::uuid, id, NULL, field.name
    FROM unnest(${productIds}::uuid[]) AS id CROSS JOIN unnest(${ofProduct}::text[]) AS field(name)
    ON CONFLICT (shop_id, product_id, variant_id, field) DO UPDATE SET id = gen_random_uuid()`;
}

/** Stores with rules to carry or rates to look at; where the app was uninstalled they wait. */
export async function shopsWithRulesDue(
  db: Queryable,
  now: Date,
): Promise<{ shopId: string; isCarried: boolean; isDue: boolean }[]> {
  return db.$queryRaw`
    SELECT id AS "shopId", rules_carried AS "isCarried", COALESCE(rules_due_at <= ${now}, false) AS "isDue" FROM app.shop
    WHERE (NOT rules_carried OR rules_due_at <= ${now}) AND uninstalled_at IS NULL ORDER BY id`;
}

/** Notes that all products were asked for, unless the rules changed again meanwhile. */
export async function endCarryingRules(db: Queryable, shopId: string, revision: number): Promise<void> {
  await db.$executeRaw`
    UPDATE app.shop SET rules_carried = true, rules_leaving = '{}'
    WHERE id = ${shopId}::uuid AND rules_revision = ${revision}`;
}

/** The currency of the catalog's prices; null where nothing is converted: each store takes them for its own. */
export async function catalogCurrency(db: Queryable, accountId: string): Promise<string | null> {
  const account = await db.account.findUnique({ where: { id: accountId }, select: { currencyCode: true } });
  return account?.currencyCode ?? null;
}
