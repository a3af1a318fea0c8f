/** What values on record name by id (variants, pictures), as a person would call it. */
import type { FieldValue } from '~/core/decision';
import type { Queryable } from '../client.server';

/** Fields whose values are ids of the catalog. */
const OF_IDS = new Set(['variantOrder', 'mediaOrder', 'variantMedia']);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function idsIn(value: FieldValue): string[] {
  const items = Array.isArray(value) ? value : [value];
  return items.flatMap((item) => (typeof item === 'string' && UUID.test(item) ? [item] : []));
}

/** A variant by its option values, else its SKU. */
export function variantName(variant: {
  sku: string | null;
  option1: string | null;
  option2: string | null;
  option3: string | null;
}): string {
  const options = [variant.option1, variant.option2, variant.option3].filter((option) => option !== null);
  return options.join(' / ') || (variant.sku ?? '');
}

function fileName(url: string): string {
  return url.split(/[?#]/, 1)[0]?.split('/').at(-1) ?? url;
}

/** Names by id of the variants and pictures of the account that these values speak of; what is gone has none. */
export async function readValueNames(
  db: Queryable,
  accountId: string,
  changes: { field: string; variantId: string | null; values: FieldValue[] }[],
): Promise<Map<string, string>> {
  const ids = new Set(
    changes.flatMap(({ field, variantId, values }) => [
      ...idsIn(variantId),
      ...(OF_IDS.has(field) ? values.flatMap(idsIn) : []),
    ]),
  );
  if (ids.size === 0) return new Map();
  const where = { accountId, id: { in: [...ids] } };
  const [variants, media] = await Promise.all([
    db.catalogVariant.findMany({
      where,
      select: { id: true, sku: true, option1: true, option2: true, option3: true },
    }),
    db.catalogMedia.findMany({ where, select: { id: true, alt: true, url: true } }),
  ]);
  return new Map([
    ...variants.map((variant): [string, string] => [variant.id, variantName(variant)]),
    ...media.map(({ id, alt, url }): [string, string] => [id, alt === '' ? fileName(url) : alt]),
  ]);
}

/** Names of the shop's locations by gid. */
export async function readLocationNames(db: Queryable, shopId: string): Promise<Record<string, string>> {
  const locations = await db.shopLocation.findMany({ where: { shopId }, select: { gid: true, name: true } });
  return Object.fromEntries(locations.map(({ gid, name }) => [gid, name]));
}
