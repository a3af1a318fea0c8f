/** What a catalog holds beyond the usual columns: an export must know it before its first row. */
import { z } from 'zod';
import type { Queryable } from './client.server';

export interface CatalogShape {
  productMetafields: { namespace: string; key: string }[];
  variantMetafields: { namespace: string; key: string }[];
  extraColumns: string[];
  /** Location names with stock, the default ("") left out. */
  locations: string[];
}

const names = z.array(z.object({ name: z.string() }));
const metafieldKeys = z.array(z.object({ namespace: z.string(), key: z.string(), of_variant: z.boolean() }));

/** Reads the shape of the account's catalog; names come sorted. */
export async function readCatalogShape(db: Queryable, accountId: string): Promise<CatalogShape> {
  const metafields = metafieldKeys.parse(
    await db.$queryRaw`
      SELECT DISTINCT "namespace", "key", "variant_id" IS NOT NULL AS "of_variant"
        FROM "catalog"."metafield" WHERE "account_id" = ${accountId}::uuid ORDER BY "namespace", "key"`,
  );
  const extras = names.parse(
    await db.$queryRaw`
      SELECT jsonb_object_keys("extra") AS "name" FROM "catalog"."product"
        WHERE "account_id" = ${accountId}::uuid AND jsonb_typeof("extra") = 'object'
      UNION
      SELECT jsonb_object_keys("extra") FROM "catalog"."variant"
        WHERE "account_id" = ${accountId}::uuid AND jsonb_typeof("extra") = 'object'
      ORDER BY "name"`,
  );
  const locations = names.parse(
    await db.$queryRaw`
      SELECT DISTINCT "location" AS "name" FROM "catalog"."inventory_level"
        WHERE "account_id" = ${accountId}::uuid AND "location" <> '' ORDER BY "name"`,
  );
  return {
    productMetafields: metafields
      .filter((row) => !row.of_variant)
      .map(({ namespace, key }) => ({ namespace, key })),
    variantMetafields: metafields
      .filter((row) => row.of_variant)
      .map(({ namespace, key }) => ({ namespace, key })),
    extraColumns: extras.map(({ name }) => name),
    locations: locations.map(({ name }) => name),
  };
}
