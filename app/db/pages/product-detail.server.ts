/** Read model of the page of one product, the three states aside. */
import type { Shop } from '#generated/prisma/client';
import type { FieldValue } from '~/core/decision';
import type { Queryable } from '../client.server';
import { fieldValue } from '../field-value.server';

export interface ChangeRow {
  id: string;
  at: string;
  field: string;
  /** Name of the variant; null for the product's own fields. */
  variant: string | null;
  direction: string;
  before: FieldValue;
  after: FieldValue;
  state: string;
  message: string | null;
  causedBy: string;
  points: number;
  runId: string | null;
}

export interface ProductDetail {
  id: string;
  title: string;
  handle: string;
  /** Status in the catalog; null where the product was deleted there. */
  status: string | null;
  remoteId: string | null;
  syncState: string;
  lastDecision: string | null;
  lastReason: string | null;
  lastSyncedAt: string | null;
  lastRunId: string | null;
  /** Waits in the queue to be looked at. */
  requested: boolean;
  ambiguous: boolean;
  changes: ChangeRow[];
  /** Names of the shop's locations by gid. */
  locations: Record<string, string>;
}

const CHANGES_SHOWN = 50;

/** Null where neither the catalog nor the shop knows the product. */
export async function readProductDetail(
  db: Queryable,
  shop: Shop,
  productId: string,
): Promise<ProductDetail | null> {
  const shopId = shop.id;
  const [product, link, request, match, changes, variants, locations] = await Promise.all([
    db.catalogProduct.findFirst({
      where: { accountId: shop.accountId, id: productId },
      select: { title: true, handle: true, status: true },
    }),
    db.productLink.findUnique({ where: { shopId_productId: { shopId, productId } } }),
    db.syncRequest.findUnique({
      where: { shopId_productId: { shopId, productId } },
      select: { cause: true },
    }),
    db.ambiguousMatch.findUnique({
      where: { shopId_productId: { shopId, productId } },
      select: { foundAt: true },
    }),
    db.change.findMany({
      where: { shopId, productId },
      orderBy: [{ at: 'desc' }, { id: 'desc' }],
      take: CHANGES_SHOWN,
    }),
    db.catalogVariant.findMany({
      where: { accountId: shop.accountId, productId },
      select: { id: true, sku: true, option1: true, option2: true, option3: true },
    }),
    db.shopLocation.findMany({ where: { shopId }, select: { gid: true, name: true } }),
  ]);
  if (product === null && link === null) return null;
  const variantNames = new Map(
    variants.map(({ id, sku, option1, option2, option3 }) => [
      id,
      [option1, option2, option3].filter((option) => option !== null).join(' / ') || (sku ?? ''),
    ]),
  );
  return {
    id: productId,
    title: product?.title ?? link?.title ?? '',
    handle: product?.handle ?? '',
    status: product?.status ?? null,
    remoteId: link?.remoteId ?? null,
    syncState: link?.syncState ?? 'pending',
    lastDecision: link?.lastDecision ?? null,
    lastReason: link?.lastReason ?? null,
    lastSyncedAt: link?.lastSyncedAt?.toISOString() ?? null,
    lastRunId: link?.lastRunId ?? null,
    requested: request !== null,
    ambiguous: match !== null,
    changes: changes.map((change) => ({
      id: String(change.id),
      at: change.at.toISOString(),
      field: change.field,
      variant:
        change.variantId === null ? null : (variantNames.get(change.variantId) ?? 'A variant that is gone'),
      direction: change.direction,
      before: fieldValue.parse(change.before),
      after: fieldValue.parse(change.after),
      state: change.state,
      message: change.message,
      causedBy: change.causedBy,
      points: change.points,
      runId: change.runId,
    })),
    locations: Object.fromEntries(locations.map(({ gid, name }) => [gid, name])),
  };
}
