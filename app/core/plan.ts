/** From decisions to the fewest operations that say exactly what changed. */
import type { Alignment } from './align';
import { carriedPoints } from './cost';
import type { FieldDecision, FieldValue } from './decision';
import { MAX_LIST, MAX_METAFIELDS, chunksOf } from './lists';
import type { Operation, OperationFor } from './operation';
import { planMedia } from './plan-media';
import { creatable, planVariants } from './plan-variants';
import type {
  Gid,
  MetafieldState,
  ProductFields,
  RemoteProduct,
  SourceId,
  SourceProduct,
} from './product-state';
import { about, changeOf, ofKind, picked, pushesOf, remoteIds } from './push';
import type { Planning, Push } from './push';

export { chunksOf } from './lists';

export interface PlanInput {
  productId: SourceId;
  /** See Operation.intent. */
  intent: string;
  source: SourceProduct | null;
  remote: RemoteProduct | null;
  alignment: Alignment;
  decisions: FieldDecision[];
  deletion: 'archive' | 'delete';
}

const PRODUCT_FIELDS = new Set<string>([
  'title',
  'descriptionHtml',
  'handle',
  'vendor',
  'productType',
  'category',
  'status',
  'seoTitle',
  'seoDescription',
  'templateSuffix',
] satisfies Exclude<keyof ProductFields, 'published'>[]);

function planFields(planning: Planning): Operation[] {
  const fields = planning.pushes.filter(
    (push) => push.path.variant === null && PRODUCT_FIELDS.has(push.kind),
  );
  if (fields.length === 0) return [];
  const { published: _published, ...values } = planning.source.fields;
  return [{ kind: 'product-update', ...about(planning, fields), fields: picked(values, fields) }];
}

function planTags(planning: Planning): Operation[] {
  const tags = ofKind(planning, 'tags');
  const added = tags.filter((push) => push.after !== null);
  const removed = tags.filter((push) => push.after === null);
  return [
    ...chunksOf(added, MAX_LIST).map((chunk): Operation => ({
      kind: 'tags-add',
      ...about(planning, chunk),
      tags: chunk.map((push) => String(push.after)),
    })),
    ...chunksOf(removed, MAX_LIST).map((chunk): Operation => ({
      kind: 'tags-remove',
      ...about(planning, chunk),
      tags: chunk.map((push) => String(push.before)),
    })),
  ];
}

function planPublishing(planning: Planning): Operation[] {
  const published = ofKind(planning, 'published');
  return published.map((push) => ({
    kind: 'publish',
    ...about(planning, published),
    published: push.after === true,
  }));
}

function planMetafields(planning: Planning): Operation[] {
  const { source, remote, alignment } = planning;
  const variantIds = remoteIds(alignment.variants);
  const rows = ofKind(planning, 'metafield').flatMap((push) => {
    const { variant: id } = push.path;
    const owner = id === null ? source : source.variants.find((variant) => variant.id === id);
    const ownerId = id === null ? remote.id : variantIds.get(id);
    return owner && ownerId ? [{ push, ownerId, metafield: owner.metafields[push.element] }] : [];
  });
  const set = rows.flatMap((row): { push: Push; metafield: MetafieldState & { ownerId: Gid } }[] =>
    row.metafield ? [{ push: row.push, metafield: { ...row.metafield, ownerId: row.ownerId } }] : [],
  );
  const gone = rows.filter((row) => !row.metafield);
  return [
    ...chunksOf(set, MAX_METAFIELDS).map((chunk): Operation => ({
      kind: 'metafields-set',
      ...about(
        planning,
        chunk.map((row) => row.push),
      ),
      metafields: chunk.map((row) => row.metafield),
    })),
    ...chunksOf(gone, MAX_LIST).map((chunk): Operation => ({
      kind: 'metafields-delete',
      ...about(
        planning,
        chunk.map((row) => row.push),
      ),
      metafields: chunk.map(({ push, ownerId }) => ({ ownerId, ...splitKey(push.element) })),
    })),
  ];
}

function planInventory(planning: Planning): Operation[] {
  const items = new Map(planning.alignment.variants.map((item) => [item.sourceId, item.remote]));
  const rows = ofKind(planning, 'inventory').flatMap((push) => {
    const remote = items.get(push.path.variant);
    if (!remote || push.path.variant === null || typeof push.after !== 'number') return [];
    return [
      {
        push,
        quantity: {
          variantId: push.path.variant,
          variantRemoteId: remote.id,
          inventoryItemId: remote.inventoryItemId,
          locationId: push.element,
          quantity: push.after,
          changeFromQuantity: remote.inventory[push.element] ?? null,
        },
      },
    ];
  });
  return chunksOf(rows, MAX_LIST).map((chunk) => ({
    kind: 'inventory-set',
    ...about(
      planning,
      chunk.map((row) => row.push),
    ),
    quantities: chunk.map((row) => row.quantity),
  }));
}

function splitKey(key: string): { namespace: string; key: string } {
  const dot = key.lastIndexOf('.');
  return { namespace: key.slice(0, dot), key: key.slice(dot + 1) };
}

/** A product Shopify does not have yet: whole, but for variants beyond what one mutation may carry; those follow. */
function planCreate(
  { productId, intent }: PlanInput,
  source: SourceProduct,
  after: FieldValue,
): OperationFor<'product-create'> {
  const own = carriedPoints({
    productFiles: source.media.length,
    productMetafields: Object.keys(source.metafields).length,
  });
  const variants = creatable(
    source.variants.map((variant) => ({ variant })),
    own,
  ).map(({ variant }) => variant);
  return {
    kind: 'product-create',
    productId,
    intent,
    product: { ...source, variants },
    changes: [{ path: { variant: null, field: 'existence' }, before: null, after }],
  };
}

function planDeletion(
  { productId, intent, deletion }: PlanInput,
  remote: RemoteProduct,
  push: Push,
): Operation {
  const about = { productId, intent, remoteId: remote.id, changes: [changeOf(push)] };
  return deletion === 'delete'
    ? { kind: 'product-delete', ...about }
    : { kind: 'product-update', ...about, fields: { status: 'ARCHIVED' } };
}

/**
 * Plans one product. Every push is carried by exactly one operation, or by none where it must wait for another to be
 * carried out first (a variant's picture that Shopify does not have yet): merging again afterwards finds it.
 */
export function planProduct(input: PlanInput): Operation[] {
  const { productId, intent, source, remote, alignment } = input;
  const pushes = pushesOf(input.decisions);
  const existence = pushes.find((push) => push.path.variant === null && push.kind === 'existence');
  if (existence && source && !remote) return [planCreate(input, source, existence.after)];
  if (existence && remote && !source) return [planDeletion(input, remote, existence)];
  if (!source || !remote || pushes.length === 0) return [];
  const planning: Planning = { productId, intent, source, remote, alignment, pushes };
  return [
    ...planFields(planning),
    ...planTags(planning),
    ...planVariants(planning),
    ...planMedia(planning),
    ...planMetafields(planning),
    ...planInventory(planning),
    ...planPublishing(planning),
  ];
}
