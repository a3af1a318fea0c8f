/** Connections: sorting, cursors and pages over a list. */
import type { GraphQLResolveInfo } from 'graphql';
import { legacyId } from '../state/gid';
import type { Gid } from '../state/gid';
import { apiError } from './call';
import type { Call } from './call';

export interface PageArgs {
  first?: number | null;
  last?: number | null;
  after?: string | null;
  before?: string | null;
  reverse?: boolean | null;
}

interface Identified {
  id: Gid;
}

/** What a list is sorted by; ties are broken by id. */
export type SortValue = string | number;

export interface Connection<T> {
  edges: { cursor: string; node: T }[];
  nodes: T[];
  pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

/** Most objects a page may ask for; the variants of a single root product may be asked for at once. */
const MAX_PAGE = 250;
const MAX_ROOT_PRODUCT_VARIANTS = 2048;

interface Position {
  value: SortValue;
  id: string;
}

function comparePositions(left: Position, right: Position): number {
  if (left.value !== right.value) {
    if (typeof left.value === 'number' && typeof right.value === 'number') return left.value - right.value;
    return String(left.value) < String(right.value) ? -1 : 1;
  }
  if (left.id === right.id) return 0;
  if (left.id.length !== right.id.length) return left.id.length - right.id.length;
  return left.id < right.id ? -1 : 1;
}

function writeCursor(position: Position): string {
  return Buffer.from(JSON.stringify({ last_id: position.id, last_value: position.value })).toString('base64');
}

function readCursor(cursor: string): Position {
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, 'base64').toString('utf8'));
    if (typeof read === 'object' && read !== null && 'last_id' in read && 'last_value' in read) {
      const { last_id: id, last_value: value } = read;
      if (typeof id === 'string' && (typeof value === 'string' || typeof value === 'number'))
        return { id, value };
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw apiError(`invalid cursor '${cursor}'`, 'BAD_REQUEST');
}

function pageLimit(info: GraphQLResolveInfo): number {
  const parent = info.path.prev;
  const rootProduct = info.parentType.name === 'Product' && info.fieldName === 'variants' && !parent?.prev;
  return rootProduct ? MAX_ROOT_PRODUCT_VARIANTS : MAX_PAGE;
}

function checkPage(args: PageArgs, info: GraphQLResolveInfo): void {
  const sizes: [string, number | null | undefined][] = [
    ['first', args.first],
    ['last', args.last],
  ];
  if (args.first == null && args.last == null)
    throw apiError('you must provide one of first or last', 'BAD_REQUEST');
  if (args.first != null && args.last != null) {
    throw apiError('providing both first and last is not supported', 'BAD_REQUEST');
  }
  const limit = pageLimit(info);
  for (const [name, size] of sizes) {
    if (size == null) continue;
    if (size < 0) throw apiError(`${name} must be 0 or more, not ${size}`, 'BAD_REQUEST');
    if (size > limit) throw apiError(`${name} must be at most ${limit}, not ${size}`, 'BAD_REQUEST');
  }
}

/**
 * Cuts the asked-for page out of a list. `sortBy` gives each item's place (default: its index, so the list's own
 * order). In bulk operations the whole list is the page. Throws API errors for impossible pages and cursors.
 */
export function paginate<T extends Identified>(
  call: Call,
  info: GraphQLResolveInfo,
  items: readonly T[],
  args: PageArgs,
  sortBy?: (item: T, index: number) => SortValue,
): Connection<T> {
  if (!call.inBulk) checkPage(args, info);
  let placed = items.map((node, index) => ({
    node,
    position: { value: sortBy ? sortBy(node, index) : index, id: legacyId(node.id) },
  }));
  if (sortBy) placed.sort((left, right) => comparePositions(left.position, right.position));
  if (args.reverse) placed.reverse();
  const direction = args.reverse ? -1 : 1;
  const total = placed.length;
  let start = 0;
  let end = total;
  if (args.after != null) {
    const after = readCursor(args.after);
    const next = placed.findIndex(({ position }) => comparePositions(position, after) * direction > 0);
    start = next === -1 ? total : next;
  }
  if (args.before != null) {
    const before = readCursor(args.before);
    const stop = placed.findIndex(({ position }) => comparePositions(position, before) * direction >= 0);
    end = Math.max(start, stop === -1 ? total : stop);
  }
  if (!call.inBulk) {
    if (args.first != null) end = Math.min(end, start + args.first);
    else if (args.last != null) start = Math.max(start, end - args.last);
  }
  placed = placed.slice(start, end);
  const edges = placed.map(({ node, position }) => ({ cursor: writeCursor(position), node }));
  return {
    edges,
    nodes: placed.map(({ node }) => node),
    pageInfo: {
      hasNextPage: end < total,
      hasPreviousPage: start > 0,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges[edges.length - 1]?.cursor ?? null,
    },
  };
}
