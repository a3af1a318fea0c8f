/** Running a compiled document against a shop. Resolvers are synchronous, so a document runs in one go. */
import { GraphQLError, execute, getVariableValues } from 'graphql';
import type { ExecutionResult } from 'graphql';
import type { EmulatorContext } from '../context';
import type { Shop } from '../state/shop';
import { adminApi, plainField, typeOfSource } from './admin-api';
import type { Call, DocumentRunner } from './call';
import { compiledDocument } from './documents';
import { isRefused } from './refused';
import type { CompiledDocument } from './documents';

export type Variables = Readonly<Record<string, unknown>>;

/** The document's variables as the schema reads them, or why they are refused. */
export function coercedVariables(
  compiled: CompiledDocument,
  given: Variables,
): { values: Record<string, unknown> } | { errors: readonly GraphQLError[] } {
  const read = getVariableValues(adminApi().schema, compiled.operation.variableDefinitions ?? [], given, {
    maxErrors: 50,
  });
  if (read.coerced) return { values: read.coerced };
  return {
    errors: (read.errors ?? []).map(
      (error) =>
        new GraphQLError(error.message, {
          nodes: error.nodes ?? null,
          extensions: { code: 'INVALID_VARIABLE' },
        }),
    ),
  };
}

/** Executes a compiled document. Throws where a resolver answered with a promise: none may. */
export function runCompiled(compiled: CompiledDocument, variables: Variables, call: Call): ExecutionResult {
  const result = execute({
    schema: adminApi().schema,
    document: compiled.document,
    operationName: compiled.name,
    variableValues: variables,
    contextValue: call,
    fieldResolver: plainField,
    typeResolver: typeOfSource,
  });
  if (result instanceof Promise) throw new Error('A resolver of the emulator answered with a promise.');
  return result;
}

/** What calls run documents with. */
export const runner: DocumentRunner = { compile: compiledDocument, run: runCompiled };

/**
 * Runs a document as the merchant: every scope, no points, no waiting. Events are told as for any change. Refusals
 * are in the result's `errors`.
 */
export function runAsMerchant(
  context: EmulatorContext,
  shop: Shop,
  text: string,
  variables: Variables = {},
): ExecutionResult {
  const compiled = compiledDocument(text, null);
  if (isRefused(compiled)) return { errors: compiled };
  return runCompiled(compiled, variables, {
    runner,
    emulator: context,
    shop,
    granted: adminApi().everyScope,
    operation: compiled.name,
    inBulk: false,
  });
}
