/** Read models of what one store holds otherwise than the catalog says. */
import { z } from 'zod';
import type { FieldValue } from '~/core/decision';
import { holderOf } from '~/core/held-paths';
import type { Holder } from '~/core/held-paths';
import { overridableValue } from '~/core/override-edit';
import { fieldsOf } from '~/core/history';
import type { FieldPath } from '~/core/decision';
import type { SourceId } from '~/core/product-state';
import type { Queryable } from '../client.server';
import { readEffectiveProducts } from '../effective-products.server';
import type { EffectiveScope } from '../effective-products.server';
import { fieldValue } from '../field-value.server';

export interface OverrideRow {
  id: string;
  productId: string;
  /** Title of the product; "" where nobody knows it any more. */
  title: string;
  variantId: string | null;
  sku: string | null;
  /** "tags" is all tags of the product, as a list. */
  field: string;
  value: FieldValue;
  /** The bulk edit that set it, where it is still on record. */
  edit: { id: string; name: string } | null;
  setBy: string;
  setAt: string;
}

/** Where a list goes on: the instant and the id of its last row. */
const cursorText = z.tuple([z.iso.datetime(), z.uuid()]);

/** Overrides of the shop, or of one product of it, the newest first. A cursor that is none shows the newest. */
export async function readOverrides(
  db: Queryable,
  shopId: string,
  { productId, before, limit }: { productId: SourceId | null; before: string | null; limit: number },
): Promise<{ rows: OverrideRow[]; next: string | null; total: number }> {
  const cursor = cursorText.safeParse(before?.split('_'));
  const [at, id] = cursor.success ? [new Date(cursor.data[0]), cursor.data[1]] : [null, null];
  const where = { shopId, ...(productId !== null && { productId }) };
  const [stored, total] = await Promise.all([
    db.storeOverride.findMany({
      where: {
        ...where,
        ...(at !== null && { OR: [{ setAt: { lt: at } }, { setAt: at, id: { lt: id } }] }),
      },
      orderBy: [{ setAt: 'desc' }, { id: 'desc' }],
      take: limit + 1,
    }),
    db.storeOverride.count({ where }),
  ]);
  const page = stored.slice(0, limit);
  const [links, variants, edits] = await Promise.all([
    db.productLink.findMany({
      where: { shopId, productId: { in: page.map((row) => row.productId) } },
      select: { productId: true, title: true },
    }),
    db.catalogVariant.findMany({
      where: { id: { in: page.flatMap((row) => row.variantId ?? []) } },
      select: { id: true, sku: true },
    }),
    db.bulkEdit.findMany({
      where: { shopId, id: { in: page.flatMap((row) => row.editId ?? []) } },
      select: { id: true, name: true },
    }),
  ]);
  const titles = new Map(links.map((link) => [link.productId, link.title]));
  const skus = new Map(variants.map((variant) => [variant.id, variant.sku]));
  const names = new Map(edits.map((edit) => [edit.id, edit]));
  const rows = page.map((row) => ({
    id: row.id,
    productId: row.productId,
    title: titles.get(row.productId) ?? '',
    variantId: row.variantId,
    sku: row.variantId === null ? null : (skus.get(row.variantId) ?? null),
    field: row.field,
    value: fieldValue.parse(row.value),
    edit: row.editId === null ? null : (names.get(row.editId) ?? null),
    setBy: row.setBy,
    setAt: row.setAt.toISOString(),
  }));
  const last = rows.at(-1);
  return { rows, next: stored.length > limit && last ? `${last.setAt}_${last.id}` : null, total };
}

/** A field of a product that an overlay holds in the store. */
export interface OverlaidField {
  path: FieldPath;
  /** What the catalog says, and what the store shall have. */
  catalogs: FieldValue;
  effective: FieldValue;
  holder: Holder;
}

/** What lies over one product in the store, field by field; empty where nothing does. */
export async function readOverlaidFields(
  db: Queryable,
  scope: EffectiveScope,
  productId: SourceId,
): Promise<OverlaidField[]> {
  const found = (await readEffectiveProducts(db, scope, [productId])).get(productId);
  if (found === undefined) return [];
  const paths = [
    ...fieldsOf(found.product).map(({ path }) => path),
    ...fieldsOf(found.catalogs).map(({ path }) => path),
  ];
  const tags: FieldPath = { variant: null, field: 'tags' };
  const unique = new Map(
    [tags, ...paths.filter(({ field }) => !field.startsWith('tags:'))].map((path) => [
      `${path.variant ?? ''}|${path.field}`,
      path,
    ]),
  );
  return [...unique.values()].flatMap((path): OverlaidField[] => {
    const holder = holderOf(found.held, path);
    if (holder === null || holder.kind === 'released') return [];
    return [
      {
        path,
        catalogs: overridableValue(found.catalogs, path),
        effective: overridableValue(found.product, path),
        holder,
      },
    ];
  });
}
