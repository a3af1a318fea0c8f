/** What a call of any kind is prepared into. */
import { MUTATION_POINTS } from '~/core/cost';
import type { Gid } from '~/core/product-state';
import type { CallText } from './compose';

/** What the composer needs besides the call: facts of the shop. */
export interface ShopContext {
  publicationId: Gid | null;
  /** How many locations a new variant's stock may be at. */
  locations: number;
}

export interface PreparedCall extends CallText {
  /** Points of the mutation itself, its payload apart. */
  ownPoints: number;
}

const none: ReadonlySet<string> = new Set();
/** Paths to leave out where only these are kept. */
export const allBut = (all: readonly string[], kept: ReadonlySet<string>) =>
  new Set(all.filter((path) => !kept.has(path)));

/** Where the payload holds the fields that are named. */
export function pathsOf(paths: Readonly<Record<string, string>>, fields: object): string[] {
  return Object.keys(fields).flatMap((field) => paths[field] ?? []);
}

/** A mutation of 10 points whose payload is asked for whole, unless told otherwise. */
export function mutation(
  document: string,
  variables: Record<string, unknown>,
  rest: Partial<PreparedCall> = {},
): PreparedCall {
  return { document, variables, omit: none, ownPoints: MUTATION_POINTS, ...rest };
}

/** MetafieldInput. */
export const metafieldInput = ({
  namespace,
  key,
  type,
  value,
}: {
  namespace: string;
  key: string;
  type: string;
  value: string;
}) => ({
  namespace,
  key,
  type,
  value,
});
