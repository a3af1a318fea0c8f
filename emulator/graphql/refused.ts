import type { GraphQLError } from 'graphql';
import type { CompiledDocument } from './documents';

/** Whether a document was refused; what it holds then is why. */
export function isRefused(
  compiled: CompiledDocument | readonly GraphQLError[],
): compiled is readonly GraphQLError[] {
  return Array.isArray(compiled);
}
