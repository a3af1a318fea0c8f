/** The three states of one product as its page shows them: also what Shopify held when it was last read. */
import type { MergePolicy } from '~/core/decision';
import type { HeldPaths } from '~/core/held-paths';
import { policyOf } from '~/core/policy-rules';
import type {
  BaseProduct,
  Gid,
  RemoteProduct,
  RemoteVariant,
  SourceId,
  SourceProduct,
} from '~/core/product-state';
import type { ProductPlace } from '~/core/product-rules';
import type { Queryable } from '../client.server';
import { readEffectiveProducts } from '../effective-products.server';
import { loadProductStates } from '../product-states.server';
import type { RemoteRow } from '../product-states.server';
import { loadShop, locationsByName } from '../shops.server';

export interface ShownStates {
  /** As the store shall have it: the catalog's under what lies over it (readOverlaidFields says where and what). */
  source: SourceProduct | null;
  held: HeldPaths;
  place: ProductPlace;
  base: BaseProduct | null;
  remote: RemoteProduct | null;
  /** True where Shopify may hold something newer than `remote`: the next sync reads it again. */
  isRemoteOld: boolean;
  /** What of the source the shop cannot be told, in words. */
  problems: string[];
  policy: MergePolicy;
}

interface LastRead {
  remote: RemoteRow;
  variantOrder: Gid[];
  variants: Record<Gid, RemoteVariant> | null;
}

/** What Shopify held when it was last read, however long ago; null where it never was. */
async function lastRead(db: Queryable, shopId: string, remoteId: Gid): Promise<RemoteProduct | null> {
  const [row] = await db.$queryRaw<LastRead[]>`
    SELECT product.state AS remote, product.variant_order AS "variantOrder",
      (SELECT jsonb_object_agg(variant.remote_id, variant.state) FROM app.remote_variant variant
        WHERE variant.shop_id = product.shop_id AND variant.remote_product_id = product.remote_id) AS variants
    FROM app.remote_product product WHERE product.shop_id = ${shopId}::uuid AND product.remote_id = ${remoteId}`;
  if (row === undefined) return null;
  return { ...row.remote, variants: row.variantOrder.flatMap((id) => row.variants?.[id] ?? []) };
}

/** Null where the app is not installed on the shop. A product nobody knows has three states of null. */
export async function readThreeStates(
  db: Queryable,
  { shopId, productId, now }: { shopId: string; productId: SourceId; now: Date },
): Promise<ShownStates | null> {
  const [shop, categories] = await Promise.all([
    loadShop(db, shopId),
    db.taxonomyCategory.findMany({ where: { gid: { not: null } } }),
  ]);
  if (shop === null) return null;
  const scope = {
    accountId: shop.accountId,
    locations: locationsByName(shop.locations),
    categories: new Map(
      categories.flatMap(({ fullName, gid }): [string, Gid][] => (gid === null ? [] : [[fullName, gid]])),
    ),
  };
  const [sources, states] = await Promise.all([
    readEffectiveProducts(db, { ...shop, catalog: scope }, [productId]),
    loadProductStates(db, shopId, [productId], now),
  ]);
  const source = sources.get(productId);
  const known = states.get(productId);
  const isRemoteOld = known?.remote.kind === 'unread';
  const remoteId = known?.link.remoteId ?? null;
  return {
    source: source?.product ?? null,
    held: source?.held ?? new Map(),
    place: source?.place ?? 'chosen',
    problems: source?.problems.map(({ message }) => message) ?? [],
    base: known?.base ?? null,
    remote:
      known?.remote.kind === 'read'
        ? known.remote.product
        : isRemoteOld && remoteId !== null
          ? await lastRead(db, shopId, remoteId)
          : null,
    isRemoteOld,
    policy: policyOf(shop.policies, productId),
  };
}
