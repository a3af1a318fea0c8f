/** One Admin API call (or one row of a bulk operation) while it is being executed. */
import { GraphQLError } from 'graphql';
import type { ExecutionResult, GraphQLResolveInfo } from 'graphql';
import type { EmulatorContext } from '../context';
import type { Shop } from '../state/shop';
import type { CompiledDocument } from './documents';

/** Runs documents from within a call: bulk operations carry documents of their own. */
export interface DocumentRunner {
  compile(text: string, operationName: string | null): CompiledDocument | readonly GraphQLError[];
  run(compiled: CompiledDocument, variables: Readonly<Record<string, unknown>>, call: Call): ExecutionResult;
}

export interface Call {
  runner: DocumentRunner;
  emulator: EmulatorContext;
  shop: Shop;
  /** Granted scopes, each write_x with its read_x. */
  granted: ReadonlySet<string>;
  /** Name of the operation, or null. */
  operation: string | null;
  /** Rows of bulk operations: page limits do not apply, productSet runs synchronously. */
  inBulk: boolean;
}

/**
 * Written as a method, whose parameters TypeScript compares both ways: a resolver may name the exact type of its
 * source and arguments, because graphql-js has validated both against the schema.
 */
interface Resolving {
  resolve(source: unknown, args: object, call: Call, info: GraphQLResolveInfo): unknown;
}
export type FieldResolver = Resolving['resolve'];

/** type name -> field name -> resolver. Fields that are plain properties of their source need none. */
export type ResolverTable = Record<string, Record<string, FieldResolver>>;

/** A top-level error with Shopify's `extensions.code`. */
export function apiError(
  message: string,
  code: string,
  extensions: Record<string, unknown> = {},
): GraphQLError {
  return new GraphQLError(message, { extensions: { code, ...extensions } });
}

/** Every scope implies what it is a stronger form of: write_x gives read_x. */
export function grantedScopes(scopes: readonly string[]): ReadonlySet<string> {
  const granted = new Set(scopes);
  for (const scope of scopes)
    if (scope.startsWith('write_')) granted.add(`read_${scope.slice('write_'.length)}`);
  return granted;
}
