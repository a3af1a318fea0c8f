/** What the looks of a job found in the cache, and what was left as it is: counted here, noted once at its end. */
import { CACHE_OUTCOMES } from '~/core/cache-outcome';
import type { CacheMiss, CacheOutcome, OutcomeSum } from '~/core/cache-outcome';
import type { SourceId } from '~/core/product-state';
import { addCacheCounts } from '~/db/cache-hours.server';
import { wholeAnswerBytes } from '~/shopify/document-costs';
import type { ShopifyStore } from '~/shopify/gateway';
import type { Resources } from './resources';

interface CountedLook {
  outcome: CacheOutcome;
  /** As many as are cached. */
  variants: number;
  points: number;
}

/** One look a product and job, however many rounds it takes: the first reason to read it is the one that counts. */
export class CacheLooks {
  private readonly looks = new Map<SourceId, CountedLook>();
  private readonly skips = new Map<string, number>();

  /** The product is looked at; nothing was read so far. */
  looked(productId: SourceId, variants: number): void {
    if (!this.looks.has(productId)) this.looks.set(productId, { outcome: 'hit', variants, points: 0 });
  }

  /** It was read, which took about so many points. */
  missed(productId: SourceId, cause: CacheMiss, points: number): void {
    const look = this.looks.get(productId) ?? { outcome: 'hit' as const, variants: 0, points: 0 };
    const outcome = look.outcome === 'hit' ? cause : look.outcome;
    this.looks.set(productId, { ...look, outcome, points: look.points + points });
  }

  /** So many fields, or products, were left as they are. */
  skipped(reason: string, count: number): void {
    this.skips.set(reason, (this.skips.get(reason) ?? 0) + count);
  }

  /** By outcome; `wholePoints` says what reading a product whole takes, by its variants. */
  sums(wholePoints: (variants: number) => number): OutcomeSum[] {
    const known = new Map<number, number>();
    const pointsOf = (variants: number) => {
      const points = known.get(variants) ?? wholePoints(variants);
      known.set(variants, points);
      return points;
    };
    const byOutcome = Map.groupBy(this.looks.values(), ({ outcome }) => outcome);
    return CACHE_OUTCOMES.flatMap((outcome): OutcomeSum[] => {
      const own = byOutcome.get(outcome) ?? [];
      if (own.length === 0) return [];
      const isHit = outcome === 'hit';
      const sum = (of: (look: CountedLook) => number) => own.reduce((total, look) => total + of(look), 0);
      return [
        {
          outcome,
          looks: own.length,
          points: sum((look) => (isHit ? pointsOf(look.variants) : look.points)),
          bytes: isHit ? sum((look) => wholeAnswerBytes(look.variants)) : 0,
        },
      ];
    });
  }

  get skipCounts(): ReadonlyMap<string, number> {
    return this.skips;
  }
}

/** Notes what a job counted, in one statement. Only figures: the job's work does not depend on them. */
export async function noteCacheLooks(
  { db, now, log, metrics }: Pick<Resources, 'db' | 'now' | 'log' | 'metrics'>,
  { shopId, store }: { shopId: string; store: Pick<ShopifyStore, 'documentCosts'> },
  looks: CacheLooks,
): Promise<void> {
  const costs = store.documentCosts();
  const sums = looks.sums((variants) => costs.wholeProduct(variants).points);
  for (const sum of sums) metrics.cacheLooked(sum);
  try {
    await addCacheCounts(db, shopId, { looks: sums, skips: looks.skipCounts }, now());
  } catch (error) {
    log.warn({ err: error, shopId }, 'What the cache was worth to a job could not be noted');
  }
}
