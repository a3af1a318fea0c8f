/**
 * Prices, texts and tags have no compare-and-set in Shopify: the last write wins. So what was last seen some time ago is
 * looked at once more before it is written over, for about a point a row: an edit that no webhook told of is then merged
 * like any other, not lost. What happens between this look and the write remains Shopify's last-write-wins.
 */
import { isTrusted, trustOf } from '~/core/cache-entry';
import type { EntryTrust } from '~/core/cache-entry';
import { identical } from '~/core/canonical';
import type { FieldValue } from '~/core/decision';
import type { Operation } from '~/core/operation';
import type { Gid, RemoteProduct, VariantFields } from '~/core/product-state';
import type { FieldReads } from '~/shopify/gateway';
import type { Look, ProductWork } from './product-work';
import { spend } from './session';
import type { Session } from './session';

/** Fields that are held beside the variant. */
const ITEM_FIELDS: ReadonlySet<string> = new Set<keyof VariantFields>([
  'cost',
  'tracked',
  'requiresShipping',
  'weight',
  'harmonizedSystemCode',
  'countryCodeOfOrigin',
  'unitPriceMeasurement',
]);

interface Targets {
  products: Gid[];
  variants: Gid[];
  items: Gid[];
}

/** Whose plain fields the operations write over. */
function targetsOf(operations: Operation[]): Targets {
  const targets: Targets = { products: [], variants: [], items: [] };
  for (const operation of operations) {
    if (operation.kind === 'variants-update')
      for (const { remoteId, fields } of operation.variants) {
        const names = Object.keys(fields);
        if (names.some((name) => !ITEM_FIELDS.has(name))) targets.variants.push(remoteId);
        if (names.some((name) => ITEM_FIELDS.has(name))) targets.items.push(remoteId);
      }
    else if (
      operation.kind === 'product-update' ||
      operation.kind === 'product-delete' ||
      operation.kind === 'publish'
    )
      targets.products.push(operation.remoteId);
  }
  return targets;
}

const differs = (held: object | undefined, now: object) => {
  const known = new Map<string, FieldValue>(Object.entries(held ?? {}));
  return Object.entries(now).some(([name, value]) => !identical(known.get(name), value));
};

/** Whether a product's fields are other than we hold them. */
export function fieldsHaveMoved(
  remote: RemoteProduct | null,
  targets: Targets,
  found: Pick<Awaited<ReturnType<FieldReads['readFields']>>, 'products' | 'variants'>,
): boolean {
  const held = new Map(remote?.variants.map((variant) => [variant.id, variant]));
  return (
    targets.products.some((id) => {
      const now = found.products.get(id);
      return !now || differs(remote?.fields, now.fields) || !identical(remote?.tags, now.tags);
    }) ||
    [...targets.variants, ...targets.items].some((id) => {
      const now = found.variants.get(id);
      return !now || differs(held.get(id)?.fields, now);
    })
  );
}

/** Of the targets those that nobody has looked at lately: warming looks at all but what is held beside the variants. */
function unconfirmed(targets: Targets, { confirmedAt }: ProductWork, trust: EntryTrust, now: Date): Targets {
  return isTrusted(confirmedAt, trust, now) ? { products: [], variants: [], items: targets.items } : targets;
}

/** Those of the products whose fields stand as we hold them; the others are to be read and merged anew. */
export async function confirmRemotes<T extends { work: ProductWork; look: Look }>(
  session: Session,
  sending: T[],
): Promise<T[]> {
  const { resources, scope, context } = session;
  const now = resources.now();
  const doubtful = sending.flatMap(({ work, look }) => {
    const trust = trustOf(work.control, scope.cacheTtlSeconds, resources.settings.confirmAfterMs);
    if (isTrusted(work.seenAt, trust, now)) return [];
    const targets = unconfirmed(targetsOf(look.operations), work, trust, now);
    return Object.values(targets).every((list) => list.length === 0) ? [] : [{ work, targets }];
  });
  const ids = {
    products: [...new Set(doubtful.flatMap(({ targets }) => targets.products))],
    variants: doubtful.flatMap(({ targets }) => targets.variants),
    items: doubtful.flatMap(({ targets }) => targets.items),
  };
  if (doubtful.length === 0) return sending;
  const found = await scope.store.readFields(ids, { signal: context.signal });
  await spend(session, found.spent);
  const rows = (targets: Targets) => targets.products.length + targets.variants.length + targets.items.length;
  const read = doubtful.reduce((sum, { targets }) => sum + rows(targets), 0);
  for (const { work, targets } of doubtful)
    // What was made by this very job was never looked for in the cache.
    if (work.seenAt !== null)
      session.cacheLooks.missed(work.productId, 'expired', (found.spent.points * rows(targets)) / read);
  const moved = new Set<ProductWork>();
  for (const { work, targets } of doubtful) {
    if (!fieldsHaveMoved(work.remote, targets, found)) continue;
    work.unread = true;
    moved.add(work);
  }
  return sending.filter(({ work }) => !moved.has(work));
}
