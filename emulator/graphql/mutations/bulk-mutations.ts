/** bulkOperationRunMutation, -RunQuery and -Cancel. */
import type { GraphQLError } from 'graphql';
import { cancelBulk, runBulkMutation, runBulkQuery } from '../../bulk/bulk';
import type { Gid } from '../../state/gid';
import type { Call, FieldResolver } from '../call';
import { isRefused } from '../refused';
import type { CompiledDocument } from '../documents';

const MAX_RUNNING = 5;
const MAX_FILE_BYTES = 100 * 1024 * 1024;
const MAX_CONNECTIONS = 5;

const refused = (code: string, field: string[] | null, message: string) => ({
  bulkOperation: null,
  userErrors: [{ code, field, message }],
});

function tooManyRunning(call: Call, type: 'QUERY' | 'MUTATION'): boolean {
  const running = [...call.shop.bulkOperations.values()].filter(
    (operation) => operation.type === type && /^(CREATED|RUNNING|CANCELING)$/.test(operation.status),
  );
  return running.length >= MAX_RUNNING;
}

const limitReached = () =>
  refused('LIMIT_REACHED', null, `At most ${MAX_RUNNING} bulk operations of a type may run at a time.`);

function mutationProblem(compiled: CompiledDocument | readonly GraphQLError[]): string | null {
  if (isRefused(compiled)) return compiled.map(({ message }) => message).join(' ');
  if (compiled.plan.kind !== 'mutation') return 'The document must be a mutation.';
  if (compiled.fields.length !== 1) return 'The document must have exactly one mutation.';
  return /^bulkOperationRun/.test(compiled.fields[0] ?? '') ? 'Bulk operations cannot be nested.' : null;
}

const bulkOperationRunMutation: FieldResolver = (
  _root,
  args: { mutation: string; stagedUploadPath: string },
  call,
) => {
  const compiled = call.runner.compile(args.mutation, null);
  const problem = mutationProblem(compiled);
  if (problem !== null || isRefused(compiled))
    return refused('INVALID_MUTATION', ['mutation'], problem ?? 'Invalid mutation.');
  if (tooManyRunning(call, 'MUTATION')) return limitReached();
  const content = call.shop.stagedUploads.get(args.stagedUploadPath)?.content;
  if (!content)
    return refused(
      'NO_SUCH_FILE',
      ['stagedUploadPath'],
      'The JSONL file could not be found. Try uploading the file again.',
    );
  if (content.length > MAX_FILE_BYTES)
    return refused('INVALID_STAGED_UPLOAD_FILE', ['stagedUploadPath'], 'The file is larger than 100 MB.');
  const bulkOperation = runBulkMutation(call, args.mutation, compiled, content.toString('utf8'));
  return { bulkOperation: { ...bulkOperation }, userErrors: [] };
};

function queryProblem(compiled: CompiledDocument | readonly GraphQLError[], text: string): string | null {
  if (isRefused(compiled)) return compiled.map(({ message }) => message).join(' ');
  if (compiled.plan.kind !== 'query') return 'The document must be a query.';
  if (compiled.fields.some((field) => field === 'node' || field === 'nodes'))
    return 'node and nodes are not allowed.';
  const connections = text.match(/\bedges\b|\bnodes\b/g)?.length ?? 0;
  if (connections === 0) return 'A bulk query must contain at least one connection.';
  return connections > MAX_CONNECTIONS
    ? `A bulk query may contain at most ${MAX_CONNECTIONS} connections.`
    : null;
}

const bulkOperationRunQuery: FieldResolver = (
  _root,
  args: { query: string; groupObjects?: boolean },
  call,
) => {
  const compiled = call.runner.compile(args.query, null);
  const problem = queryProblem(compiled, args.query);
  if (problem !== null || isRefused(compiled))
    return refused('INVALID', ['query'], problem ?? 'Invalid query.');
  if (tooManyRunning(call, 'QUERY')) return limitReached();
  const bulkOperation = runBulkQuery(call, args.query, compiled, args.groupObjects === true);
  return { bulkOperation: { ...bulkOperation }, userErrors: [] };
};

const bulkOperationCancel: FieldResolver = (_root, args: { id: Gid }, call) => {
  const operation = call.shop.bulkOperations.get(args.id);
  if (!operation)
    return { bulkOperation: null, userErrors: [{ field: ['id'], message: 'Bulk operation does not exist' }] };
  if (!cancelBulk(operation)) {
    const message = `A bulk operation cannot be canceled when it is ${operation.status.toLowerCase()}`;
    return { bulkOperation: operation, userErrors: [{ field: null, message }] };
  }
  return { bulkOperation: operation, userErrors: [] };
};

export const bulkMutations: Record<string, FieldResolver> = {
  bulkOperationRunMutation,
  bulkOperationRunQuery,
  bulkOperationCancel,
};
