/** What is known of a store's collections. */
import type { Gid } from '~/core/product-state';
import type { Database, Queryable } from './client.server';

export interface KnownCollection {
  id: Gid;
  title: string;
  /** What a search may call it. */
  names: string[];
  listedAt: Date;
  /** When its products were last read; null: never. */
  membersAt: Date | null;
}

/** The collections of the store as they were last listed, by title. */
export async function knownCollections(db: Queryable, shopId: string): Promise<KnownCollection[]> {
  const rows = await db.storeCollection.findMany({ where: { shopId }, orderBy: { title: 'asc' } });
  return rows.map(({ collectionId, shopId: _shop, ...row }) => ({ id: collectionId, ...row }));
}

/** Puts Shopify's list in the place of the former one; products of collections that stay are kept. */
export async function replaceCollections(
  db: Database,
  shopId: string,
  listed: { id: Gid; title: string; names: string[] }[],
  listedAt: Date,
): Promise<void> {
  const ids = listed.map(({ id }) => id);
  await db.$transaction(async (tx) => {
    const gone = { shopId, collectionId: { notIn: ids } };
    await tx.storeCollection.deleteMany({ where: gone });
    await tx.collectionProduct.deleteMany({ where: gone });
    await tx.$executeRaw`
      INSERT INTO app.store_collection (shop_id, collection_id, title, names, listed_at)
      SELECT ${shopId}::uuid, row.id, row.title, row.names, ${listedAt}
      FROM jsonb_to_recordset(${JSON.stringify(listed)}::jsonb) AS row(id text, title text, names text[])
      ON CONFLICT (shop_id, collection_id) DO UPDATE
        SET title = excluded.title, names = excluded.names, listed_at = excluded.listed_at`;
  });
}

/** Notes which products a collection holds now. */
export async function replaceMembers(
  db: Database,
  collection: { shopId: string; id: Gid },
  remoteIds: Gid[],
  membersAt: Date,
): Promise<void> {
  const { shopId, id: collectionId } = collection;
  await db.$transaction(async (tx) => {
    // Two that read the same collection at once go one after the other.
    const { count } = await tx.storeCollection.updateMany({
      where: { shopId, collectionId },
      data: { membersAt },
    });
    if (count === 0) return;
    await tx.$executeRaw`
      DELETE FROM app.collection_product
      WHERE shop_id = ${shopId}::uuid AND collection_id = ${collectionId} AND NOT remote_id = ANY(${remoteIds})`;
    await tx.$executeRaw`
      INSERT INTO app.collection_product (shop_id, collection_id, remote_id)
      SELECT ${shopId}::uuid, ${collectionId}, unnest(${remoteIds}::text[]) ON CONFLICT DO NOTHING`;
  });
}
