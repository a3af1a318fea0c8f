/**
 * Brings fields of a product back to what they held at an instant: a change of the catalog like any other, merged
 * against today, on record, and carried to Shopify by the same line. It can itself be restored.
 */
import { randomUUID } from 'node:crypto';
import type { FieldPath, FieldValue } from '~/core/decision';
import { historyKey } from '~/core/history';
import type { Obstacle, PastField } from '~/core/history';
import type { SourceId, SourceProduct } from '~/core/product-state';
import { pullIntoCatalog } from '~/db/catalog-write-back.server';
import { readPast } from '~/db/pages/product-history.server';
import { fingerprint } from '~/db/product-states.server';
import { recordCatalogChanges } from '~/db/catalog-changes.server';
import type { CatalogFieldChange } from '~/db/catalog-changes.server';
import { markOwnWrites } from '~/db/own-writes.server';
import { locationNames } from '~/db/shops.server';
import { inTransaction } from './record-work';
import { requestSync } from './request-sync';
import type { Resources } from './resources';
import { loadSyncScope } from './sync-scope';

export interface WantedField {
  path: FieldPath;
  /** `seenValue` of what the catalog held when whoever asks looked. */
  seen: string;
}

export interface RestoredField {
  path: FieldPath;
  /**
   * 'same': it held that value already. 'moved': it changed since it was looked at, and the newer value stays.
   * 'refused': the catalog cannot take the value; see the message.
   */
  result: 'restored' | 'same' | 'moved' | 'refused';
  message?: string;
}

export type RestoreOutcome =
  | { kind: 'done'; fields: RestoredField[] }
  /** The product is no longer in the catalog, or the app no longer on the shop. */
  | { kind: 'gone' };

const OBSTACLES: Record<Obstacle, string> = {
  existence: 'What was made or deleted as a whole is not made again or deleted here. Do it in your catalog.',
  picture: 'A picture is not brought back or taken away here. Do it in your catalog.',
  'variant-gone': 'The variant is no longer in the catalog.',
};
const MOVED = 'It has changed since the page was shown: the newer value stays.';

/** Tells one value from another without carrying it. */
export function seenValue(value: FieldValue): string {
  return fingerprint(value);
}

/** Why a field cannot be brought back; null where it can. */
export function obstacleText(obstacle: Obstacle | null): string | null {
  return obstacle === null ? null : OBSTACLES[obstacle];
}

type Attempt = { path: FieldPath; field: PastField } & (
  { write: true } | { write: false; result: 'moved' | 'refused'; message: string }
);

/** What is asked for, sorted into what to write and what cannot be; null where there is nothing to do. */
function attemptOf({ path, seen }: WantedField, field: PastField | undefined): Attempt | RestoredField {
  if (field === undefined) return { path, result: 'moved', message: MOVED };
  if (field.isSame) return { path: field.path, result: 'same' };
  const message = obstacleText(field.obstacle);
  if (message !== null) return { path: field.path, field, write: false, result: 'refused', message };
  if (seenValue(field.now) !== seen)
    return { path: field.path, field, write: false, result: 'moved', message: MOVED };
  return { path: field.path, field, write: true };
}

function skuOf(source: SourceProduct, { variant }: FieldPath): string | null {
  return source.variants.find(({ id }) => id === variant)?.fields.sku ?? null;
}

/** Restores the wanted fields of one product to an instant, all in one transaction. */
export async function restoreProduct(
  resources: Resources,
  request: {
    shopId: string;
    productId: SourceId;
    instant: Date;
    fields: WantedField[];
    causedBy: string;
  },
): Promise<RestoreOutcome> {
  const { shopId, productId, instant, causedBy } = request;
  const scope = await loadSyncScope(resources, shopId);
  if (!scope) return { kind: 'gone' };
  const { source, fields } = await readPast(resources.db, scope, productId, instant);
  if (!source) return { kind: 'gone' };
  const past = new Map(fields.map((field) => [historyKey(field.path), field]));
  // In the order of the product: options come before the option values of its variants.
  const place = new Map([...past.keys()].map((key, index) => [key, index]));
  const wanted = request.fields.toSorted(
    (a, b) => (place.get(historyKey(a.path)) ?? 0) - (place.get(historyKey(b.path)) ?? 0),
  );
  const attempts = wanted.map((each) => attemptOf(each, past.get(historyKey(each.path))));
  const asText = `${instant.toISOString().slice(0, 19).replace('T', ' ')} UTC`;

  const done = await inTransaction(resources, async (tx): Promise<RestoredField[]> => {
    const writes = attempts.flatMap((attempt) =>
      'write' in attempt && attempt.write
        ? [{ path: attempt.path, before: attempt.field.now, after: attempt.field.then }]
        : [],
    );
    await markOwnWrites(tx, shopId);
    const written = await pullIntoCatalog(
      tx,
      {
        accountId: scope.accountId,
        locationNames: locationNames(scope.locations),
        categories: scope.catalog.categories,
      },
      productId,
      writes,
    );
    const results = new Map(written.map((result) => [historyKey(result.path), result]));
    const changes: CatalogFieldChange[] = [];
    const restored = attempts.map((attempt): RestoredField => {
      if (!('write' in attempt)) return attempt;
      const { path, field } = attempt;
      const outcome = attempt.write ? outcomeOf(results.get(historyKey(path))) : attempt;
      const isApplied = outcome.result === 'restored';
      changes.push({
        productId,
        path,
        before: field.now,
        after: field.then,
        state: isApplied ? 'applied' : 'skipped',
        code: isApplied ? null : outcome.result === 'moved' ? 'moved' : 'not-possible',
        message: isApplied ? `As it was on ${asText}.` : (outcome.message ?? MOVED),
        sku: skuOf(source, path),
      });
      return {
        path,
        result: outcome.result,
        ...(outcome.message !== undefined && { message: outcome.message }),
      };
    });
    await recordCatalogChanges(
      tx,
      { shopId, direction: 'restore', causeId: randomUUID(), causedBy, now: resources.now() },
      changes,
    );
    return restored;
  });
  if (done.some(({ result }) => result === 'restored'))
    await requestSync(resources, {
      shopId,
      productIds: [productId],
      cause: 'restore',
      causedBy,
      runId: null,
    });
  return { kind: 'done', fields: done };
}

type Written = Awaited<ReturnType<typeof pullIntoCatalog>>[number];

function outcomeOf(written: Written | undefined): Omit<RestoredField, 'path'> {
  switch (written?.result) {
    case 'written':
      return { result: 'restored' };
    case 'refused':
      return { result: 'refused', ...(written.message !== undefined && { message: written.message }) };
    default:
      return { result: 'moved', message: MOVED };
  }
}
