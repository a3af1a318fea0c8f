import type { Operation, OperationKind } from './operation';

/**
 * One top-level GraphQL field of a document. Most calls carry one operation; inventory and metafields of several
 * products share one call (one mutation costs 10 points whatever it carries).
 */
export interface Call {
  kind: OperationKind;
  operations: Operation[];
}

/** One document: calls run in order. */
export interface Batch {
  calls: Call[];
  points: number;
  bytes: number;
}
