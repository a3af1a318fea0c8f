/** A promotion: prices of one store for a time, laid over the source. What it makes of a product is in overlay.ts. */
import type { BulkChange, EditProblem } from './bulk-edit';

/** What a promotion may change. It is reckoned anew from the current base price at each look. */
export type PriceChange = Extract<BulkChange, { field: 'price' | 'compareAtPrice' }>;

export interface PromotionTerms {
  startsAt: Date;
  /** Null: until somebody ends it. */
  endsAt: Date | null;
  /** Where promotions overlap the higher number wins, field by field; then the later start, then the greater id. */
  priority: number;
  /** The base price is shown as the compare-at price. */
  showsBaseAsCompareAt: boolean;
}

/**
 * Where a bulk edit goes: into the catalog, from where every store follows; into overrides of one store, which stand until
 * they are revoked; or into a promotion of one store.
 */
export type EditTarget =
  { kind: 'catalog' } | { kind: 'store' } | { kind: 'promotion'; terms: PromotionTerms };

export const EDIT_TARGETS = ['catalog', 'store', 'promotion'] as const satisfies EditTarget['kind'][];

/** 'scheduled' -> 'active' -> 'ended'; or 'cancelled', before it began. */
export const PROMOTION_STATES = ['scheduled', 'active', 'ended', 'cancelled'] as const;
export type PromotionState = (typeof PROMOTION_STATES)[number];

export const PRIORITIES = { least: 0, usual: 500, most: 1_000 } as const;

export function isPriceChange(change: BulkChange): change is PriceChange {
  return change.field === 'price' || change.field === 'compareAtPrice';
}

/** All changes of a promotion, in order: the base price is taken as the compare-at price before the price is changed. */
export function promotionChanges(
  changes: PriceChange[],
  { showsBaseAsCompareAt }: Pick<PromotionTerms, 'showsBaseAsCompareAt'>,
): PriceChange[] {
  if (!showsBaseAsCompareAt) return changes;
  const shown: PriceChange = {
    field: 'compareAtPrice',
    change: { by: 'other-price', percent: '0' },
    rounding: { to: 'none' },
  };
  return [shown, ...changes];
}

/** The fields of its variants that a promotion may hold. */
export function fieldsOfPromotion(
  changes: PriceChange[],
  shown: Pick<PromotionTerms, 'showsBaseAsCompareAt'>,
): PriceChange['field'][] {
  return [...new Set(promotionChanges(changes, shown).map(({ field }) => field))];
}

/** What is wrong with when and how a promotion shall hold. */
export function termsProblems(terms: PromotionTerms, now: Date): EditProblem[] {
  const { startsAt, endsAt, priority } = terms;
  const problems: EditProblem[] = [];
  if (endsAt !== null && endsAt.getTime() <= startsAt.getTime())
    problems.push({
      field: 'endsAt',
      value: endsAt.toISOString(),
      reason: 'The promotion would end before it begins.',
      remedy: 'Choose an end after the start, or none.',
    });
  else if (endsAt !== null && endsAt.getTime() <= now.getTime())
    problems.push({
      field: 'endsAt',
      value: endsAt.toISOString(),
      reason: 'The end is over already.',
      remedy: 'Choose an end in the future, or none.',
    });
  if (!Number.isInteger(priority) || priority < PRIORITIES.least || priority > PRIORITIES.most)
    problems.push({
      field: 'priority',
      value: String(priority),
      reason: 'This is no priority.',
      remedy: `Use a whole number from ${PRIORITIES.least} to ${PRIORITIES.most}.`,
    });
  return problems;
}

/** What a target cannot take of an edit's changes. */
export function targetProblems(target: EditTarget, changes: BulkChange[]): EditProblem[] {
  return changes.flatMap((change, index): EditProblem[] => {
    const field = `changes.${index}.field`;
    if (target.kind === 'promotion' && !isPriceChange(change))
      return [
        {
          field,
          value: change.field,
          reason: 'A promotion changes prices and compare-at prices only.',
          remedy: 'Take this change out, and make it in an edit of its own.',
        },
      ];
    if (target.kind === 'store' && (change.field === 'inventory' || change.field === 'media'))
      return [
        {
          field,
          value: change.field,
          reason: 'Stock and pictures cannot be set for one store only.',
          remedy: 'Take this change out, or make it in the catalog.',
        },
      ];
    return [];
  });
}

/** A stretch of time; a null end is open. */
interface Span {
  startsAt: Date;
  endsAt: Date | null;
}

/** Whether two stretches share an instant; an end is not part of its stretch. */
export function overlaps(a: Span, b: Span): boolean {
  return (
    (b.endsAt === null || a.startsAt.getTime() < b.endsAt.getTime()) &&
    (a.endsAt === null || b.startsAt.getTime() < a.endsAt.getTime())
  );
}

/** Which way a promotion is to turn at an instant; null: it stays as it is. */
export function turnOf(
  promotion: Span & { state: PromotionState },
  now: Date,
): 'begin' | 'end' | 'miss' | null {
  const { state, startsAt, endsAt } = promotion;
  const isOver = endsAt !== null && endsAt.getTime() <= now.getTime();
  if (state === 'active') return isOver ? 'end' : null;
  if (state !== 'scheduled') return null;
  // It ended while nobody was there to begin it: it is not begun any more.
  if (isOver) return 'miss';
  return startsAt.getTime() <= now.getTime() ? 'begin' : null;
}
