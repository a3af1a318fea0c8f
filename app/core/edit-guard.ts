/** What a bulk edit may do without being confirmed, and what a plan does beyond that. */
import type { DecimalString } from './product-state';

/** Null: no limit. */
export interface EditGuard {
  /** Share of the catalog's products that an edit may change, in percent. */
  catalogPercent: DecimalString | null;
  /** By how much a number may change, in percent of what it was. */
  changePercent: DecimalString | null;
  /** Stock that is set to zero or below. */
  zeroStock: boolean;
  /** A guarded edit must be confirmed by somebody else than whoever made it. */
  secondPerson: boolean;
}

/** A limit that a plan goes beyond, and how far. */
export type GuardFinding =
  | { limit: 'catalog-share'; percent: DecimalString; products: number; ofProducts: number }
  /** `percent`: the largest change of the plan. */
  | { limit: 'change'; percent: DecimalString; fields: number }
  | { limit: 'zero-stock'; fields: number };
