/** The audit log's entries of one product: what each intended change was, and how it ended. */
import { pathKey } from '~/core/agree';
import type { FieldPath } from '~/core/decision';
import { holderOf } from '~/core/held-paths';
import type { IntendedChange, Operation } from '~/core/operation';
import type { SourceId } from '~/core/product-state';
import type { ChangeEntry } from '~/db/product-record.server';
import type { Look, ProductWork } from './product-work';

/** A change that an operation carried, before it is known how it ended. */
export function entry(
  work: ProductWork,
  operation: Operation,
  change: IntendedChange,
  points: number,
): Omit<ChangeEntry, 'state'> {
  const { path, before, after } = change;
  return {
    ...{ path, before, after, points },
    direction: 'push',
    operation: operation.kind,
    sentAt: work.sentAt.get(operation) ?? null,
    ...overlayOf(work, path),
    ...causeOf(work, path),
  };
}

/** Whether what is pushed is an overlay's value, or is written over one; what a store shows of a shared stock is like the former. */
function overlayOf(work: ProductWork, path: FieldPath): Pick<ChangeEntry, 'overlay'> {
  if (work.pools !== null && path.field.startsWith('inventory:')) return { overlay: 'held' };
  const holder = holderOf(work.held, path);
  return holder === null ? {} : { overlay: holder.kind === 'released' ? 'released' : 'held' };
}

/** Who answered a conflict caused what follows of it. */
export function causeOf(work: ProductWork, path: FieldPath): { causedBy?: string } {
  const answer = work.terms.answers.get(pathKey(path));
  return answer ? { causedBy: answer.by } : {};
}

/** Changes of the source that Shopify already held: written before a crash, or by somebody else. */
export function foundEntries(work: ProductWork, look: Look): ChangeEntry[] {
  // Once, however many documents carry the rest of the product.
  const landed = look.landed.map(({ path, before, agreed }) => ({
    ...{ path, before, after: agreed.source },
    // Sent while an overlay lay there, as far as anybody can tell.
    ...(holderOf(work.held, path) !== null && { overlay: 'held' as const }),
  }));
  const found = [
    ...look.found.splice(0).map((change) => ({ ...change, ...overlayOf(work, change.path) })),
    ...landed,
  ];
  work.applied += found.length;
  return found.map((change) => ({
    ...change,
    direction: 'push',
    state: 'applied',
    code: 'found-in-shopify',
    message: 'Shopify already held this.',
  }));
}

/** What only a person may decide. */
export function conflictChanges(look: Look): ChangeEntry[] {
  return look.conflicts.map(({ path, decision }) => ({
    path,
    direction: 'push',
    before: decision.remote,
    after: decision.source,
    state: 'conflicted',
    code: 'conflict',
    message:
      decision.reason === 'held'
        ? 'The number moves by more than the limit you set.'
        : 'Changed in the catalog and in Shopify since they last agreed.',
  }));
}

/** SKUs by variant, as the catalog and the base know them. */
export function skusOf({ source, base }: ProductWork): Map<SourceId, string> {
  const known = Object.entries(base?.variants ?? {}).map(([id, { fields }]) => [id, fields.sku?.source]);
  const present = (source?.variants ?? []).map(({ id, fields }) => [id, fields.sku]);
  return new Map(
    [...known, ...present].flatMap(([id, sku]): [SourceId, string][] => (id && sku ? [[id, sku]] : [])),
  );
}
