import { setTimeout as sleep } from 'node:timers/promises';
import type { BulkChange, EditProblem, ProductSelection } from '~/core/bulk-edit';
import type { EditTarget } from '~/core/promotion';
import type { PlanRow } from '~/db/bulk-edits.server';
import { countSelection, missingSkus, UnreadableSelection } from '~/db/product-selection.server';
import type { SearchScope } from '~/db/search-sql.server';
import { ShopifyUnreadable } from '~/shopify/ask';
import { ShopNotConnected } from '~/shopify/gateway';
import { previewBulkEdit } from './preview-bulk-edit';
import { collectionsOf, refreshCollections } from './refresh-collections';
import type { Resources } from './resources';
import { loadSyncScope } from './sync-scope';

export interface DraftPreview {
  /** Null where the selection cannot be read. */
  selected: { products: number; variants: number } | null;
  /** SKUs of the list that no variant of the catalog has: how many, and the first of them. */
  missing: { count: number; first: string[] };
  /** Null: the changes say nothing yet, or nothing that can be done. */
  rows: PlanRow[] | null;
  problems: EditProblem[];
}

/** Missing SKUs that are named. */
const NAMED = 100;

/**
 * What an edit that is still being made selects, and what it would do to the first products. The products are counted also
 * while the changes are not finished (null).
 */
export async function previewDraft(
  resources: Resources,
  draft: {
    shopId: string;
    accountId: string;
    selection: ProductSelection;
    changes: BulkChange[] | null;
    /** Default: the catalog. */
    target?: EditTarget;
  },
): Promise<DraftPreview> {
  const { shopId, accountId, selection, changes, target = { kind: 'catalog' } } = draft;
  const unknown = await refreshForPreview(resources, shopId, selection);
  const [missing, preview] = await Promise.all([
    selection.kind === 'skus' ? missingSkus(resources.db, { accountId }, selection.skus) : [],
    changes === null ? null : previewBulkEdit(resources, { shopId, selection, changes, target }),
  ]);
  const named = { count: missing.length, first: missing.slice(0, NAMED) };
  if (preview?.kind === 'preview') {
    const { rows, ...selected } = preview;
    return { selected, missing: named, rows, problems: unknown };
  }
  return {
    selected: await countReadable(resources, { accountId, shopId }, selection),
    missing: named,
    rows: null,
    problems: [...unknown, ...(preview === null ? [] : preview.problems)],
  };
}

/** What a collection holds may be so old while an edit is being made; and so long a preview waits for Shopify to say it. */
const COLLECTIONS = { maxAgeMs: 10 * 60_000, patienceMs: 5_000, longestMs: 60_000 };

/** Reads what the collections of the selection hold; where Shopify does not say it in time, the preview may be wrong. */
async function refreshForPreview(
  resources: Resources,
  shopId: string,
  selection: ProductSelection,
): Promise<EditProblem[]> {
  if (collectionsOf(selection) === null || selection.kind !== 'query') return [];
  const scope = await loadSyncScope(resources, shopId);
  if (scope === null) return [];
  const signal = AbortSignal.timeout(COLLECTIONS.longestMs);
  const reading = refreshCollections(resources, scope, selection, {
    ...{ maxAgeMs: COLLECTIONS.maxAgeMs, signal },
  }).then(
    () => 'known' as const,
    (error: unknown) => {
      if (!(error instanceof ShopifyUnreadable || error instanceof ShopNotConnected || signal.aborted))
        throw error;
      resources.log.warn({ err: error, shopId }, 'What is in a collection could not be read');
      return 'unknown' as const;
    },
  );
  // What comes later is there for the next preview.
  if ((await Promise.race([reading, sleep(COLLECTIONS.patienceMs, 'late' as const)])) === 'known') return [];
  return [
    {
      field: 'query',
      value: selection.query.slice(0, 200),
      reason: 'Shopify has not said yet what is in the collection: this may not be all of it.',
      remedy: 'Look again in a moment. The plan itself asks once more.',
    },
  ];
}

async function countReadable({ db }: Resources, scope: SearchScope, selection: ProductSelection) {
  try {
    return await countSelection(db, scope, selection);
  } catch (error) {
    if (error instanceof UnreadableSelection) return null;
    throw error;
  }
}
