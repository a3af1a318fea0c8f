/** Read model of the shadow report: what would have been written where nothing may be. */
import { Prisma } from '#generated/prisma/client';
import type { Shop } from '#generated/prisma/client';
import { fieldGroupOf } from '~/core/field-group';
import type { FieldValue } from '~/core/decision';
import type { Queryable } from '../client.server';
import { fieldValue } from '../field-value.server';

export const SHADOW_KINDS = ['push', 'pull', 'conflict'] as const;
export type ShadowKind = (typeof SHADOW_KINDS)[number];

export interface ShadowRow {
  id: string;
  productId: string;
  productTitle: string;
  variant: string | null;
  field: string;
  kind: string;
  before: FieldValue;
  after: FieldValue;
  at: string;
}

export interface ShadowReport {
  /** Oldest and newest look that the report rests on; null where there is none. */
  since: string | null;
  until: string | null;
  products: number;
  decisions: number;
  /** One line a field, the parts of tags, stock and metafields together. */
  summary: { field: string; push: number; pull: number; conflict: number }[];
  rows: ShadowRow[];
  /** Ids of the row a page starts after, or ends before. */
  previous: string | null;
  next: string | null;
}

const ROWS_A_PAGE = 50;

interface StoredDecision {
  id: bigint;
  productId: string;
  productTitle: string | null;
  variantId: string | null;
  variantName: string | null;
  sku: string | null;
  field: string;
  kind: string;
  before: FieldValue;
  after: FieldValue;
  at: Date;
}

export interface ShadowQuery {
  kind: ShadowKind | null;
  /** Those that are not written while the store is tried out, or those whose changes wait for an approval. */
  products: 'shadowed' | 'held';
  cursor: { direction: 'after' | 'before'; id: bigint } | null;
}

export async function readShadowReport(db: Queryable, shop: Shop, query: ShadowQuery): Promise<ShadowReport> {
  const { kind, cursor, products } = query;
  const isHeld = Prisma.sql`EXISTS (SELECT 1 FROM app.held_product held WHERE held.shop_id = ${shop.id}::uuid AND held.product_id = d.product_id)`;
  const isMeant = products === 'held' ? isHeld : Prisma.sql`NOT ${isHeld}`;
  const backwards = cursor?.direction === 'before';
  const order = backwards ? Prisma.sql`d.id DESC` : Prisma.sql`d.id ASC`;
  const beyond =
    cursor === null
      ? Prisma.sql`TRUE`
      : backwards
        ? Prisma.sql`d.id < ${cursor.id}`
        : Prisma.sql`d.id > ${cursor.id}`;
  const [totals, counts, found] = await Promise.all([
    db.$queryRaw<{ since: Date | null; until: Date | null; products: bigint }[]>`
      SELECT min(at) AS since, max(at) AS until, count(DISTINCT product_id) AS products
      FROM app.shadow_decision d WHERE d.shop_id = ${shop.id}::uuid AND ${isMeant}`,
    db.$queryRaw<{ field: string; kind: string; decisions: bigint }[]>`
      SELECT split_part(field, ':', 1) AS field, kind, count(*) AS decisions
      FROM app.shadow_decision d WHERE d.shop_id = ${shop.id}::uuid AND ${isMeant} GROUP BY 1, 2`,
    db.$queryRaw<StoredDecision[]>`
      SELECT page.id, page.product_id AS "productId", l.title AS "productTitle", page.variant_id AS "variantId",
        concat_ws(' / ', v.option1, v.option2, v.option3) AS "variantName", v.sku,
        page.field, page.kind, page.before, page.after, page.at
      FROM (
        SELECT * FROM app.shadow_decision d
        WHERE d.shop_id = ${shop.id}::uuid AND (${kind}::text IS NULL OR d.kind = ${kind}) AND ${beyond}
          AND ${isMeant}
        ORDER BY ${order} LIMIT ${ROWS_A_PAGE + 1}
      ) page
      LEFT JOIN app.product_link l ON l.shop_id = ${shop.id}::uuid AND l.product_id = page.product_id
      LEFT JOIN catalog.variant v ON v.id = page.variant_id AND v.account_id = ${shop.accountId}::uuid
      ORDER BY page.id`,
  ]);
  const more = found.length > ROWS_A_PAGE;
  // Both directions come in ascending order; what is too much stands at the far end.
  const kept = more ? (backwards ? found.slice(1) : found.slice(0, ROWS_A_PAGE)) : found;
  const [first, last] = [kept[0], kept.at(-1)];
  const [total] = totals;
  return {
    since: total?.since?.toISOString() ?? null,
    until: total?.until?.toISOString() ?? null,
    products: Number(total?.products ?? 0),
    decisions: counts.reduce((sum, one) => sum + Number(one.decisions), 0),
    summary: summarise(counts),
    previous: first !== undefined && (backwards ? more : cursor !== null) ? String(first.id) : null,
    next: last !== undefined && (backwards || more) ? String(last.id) : null,
    rows: kept.map((row) => ({
      id: String(row.id),
      productId: row.productId,
      productTitle: row.productTitle ?? 'A product that is gone',
      variant:
        row.variantId === null
          ? null
          : row.variantName !== null && row.variantName !== ''
            ? row.variantName
            : (row.sku ?? 'A variant of Shopify'),
      field: row.field,
      kind: row.kind,
      before: fieldValue.parse(row.before),
      after: fieldValue.parse(row.after),
      at: row.at.toISOString(),
    })),
  };
}

function summarise(counts: { field: string; kind: string; decisions: bigint }[]): ShadowReport['summary'] {
  return [...Map.groupBy(counts, (one) => one.field)]
    .map(([field, own]) => {
      const of = (kind: ShadowKind) => Number(own.find((one) => one.kind === kind)?.decisions ?? 0);
      return { field, push: of('push'), pull: of('pull'), conflict: of('conflict') };
    })
    .sort(
      (a, b) =>
        fieldGroupOf(a.field).localeCompare(fieldGroupOf(b.field)) ||
        b.push + b.pull + b.conflict - (a.push + a.pull + a.conflict),
    );
}
