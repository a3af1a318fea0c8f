/** The steps of a change, from where it began to where it is confirmed, and how long each took. */

/** ISO 8601; null: it has not come to that, or nobody knows when it did. */
export interface FeedInstants {
  /** The source changed: the commit in the catalog, or the change in Shopify. */
  changedAt: string | null;
  /** Somebody asked for the product: where it begins if nobody knows when the source changed. */
  askedAt: string | null;
  decidedAt: string | null;
  sentAt: string | null;
  confirmedAt: string | null;
}

export type StepKind = 'changed' | 'asked' | 'decided' | 'sent' | 'confirmed';

export interface Step {
  kind: StepKind;
  /** Milliseconds since the step before; null: it is the first. */
  afterMs: number | null;
}

/** Where a change begins: its source's own instant, else when it was asked for. */
export function beginningOf({
  changedAt,
  askedAt,
}: Pick<FeedInstants, 'changedAt' | 'askedAt'>): string | null {
  return changedAt ?? askedAt;
}

/**
 * The steps that are known. The instants are of up to three clocks (the database server's, Shopify's, the worker's), which
 * need not agree: no step takes less than nothing, and one that seems to be before its former counts as at the same time,
 * so that the steps add up to what the whole took.
 */
export function stepsOf(instants: FeedInstants): Step[] {
  const { changedAt, askedAt, decidedAt, sentAt, confirmedAt } = instants;
  const known: [StepKind, string | null][] = [
    changedAt === null ? ['asked', askedAt] : ['changed', changedAt],
    ['decided', decidedAt],
    ['sent', sentAt],
    ['confirmed', confirmedAt],
  ];
  const steps: Step[] = [];
  let last: number | null = null;
  for (const [kind, at] of known) {
    if (at === null) continue;
    const instant = Date.parse(at);
    steps.push({ kind, afterMs: last === null ? null : Math.max(0, instant - last) });
    last = last === null ? instant : Math.max(last, instant);
  }
  return steps;
}

/** Milliseconds from the beginning to the confirmation; null where one of them is not known. */
export function wholeMs(instants: FeedInstants): number | null {
  const from = beginningOf(instants);
  if (from === null || instants.confirmedAt === null) return null;
  return Math.max(0, Date.parse(instants.confirmedAt) - Date.parse(from));
}

/** Those of `now` that were not there before, newest first as they come; a first look finds nothing new. */
export function newOnes<T extends { id: string }>(before: readonly T[] | null, now: readonly T[]): T[] {
  if (before === null) return [];
  const known = new Set(before.map(({ id }) => id));
  return now.filter(({ id }) => !known.has(id));
}
