/** Codes of refusals: the catalog names them once, each mutation's enum knows only some of them. */
import { isEnumType } from 'graphql';
import type { GraphQLNamedType } from 'graphql';
import type { FieldResolver } from './call';

interface CodedError {
  code?: string | null;
  field?: readonly string[] | null;
}

/** What stands in for a code the enum lacks, best first; metafields have codes of their own in some enums. */
const STAND_INS = ['INVALID_INPUT', 'INVALID', 'INVALID_VALUE', 'INVALID_PRODUCT', 'GENERIC_ERROR'];

/** Resolves `code` of a user error: the error's own where the enum has it, else the nearest it has, else null. */
export function codeField(type: GraphQLNamedType): FieldResolver {
  if (!isEnumType(type)) return (error: CodedError) => error.code ?? null;
  const known = new Set(type.getValues().map(({ name }) => name));
  return (error: CodedError) => {
    const { code } = error;
    if (code == null || known.has(code)) return code ?? null;
    const ofMetafield = error.field?.includes('metafields') ? ['INVALID_METAFIELD'] : [];
    return [...ofMetafield, ...STAND_INS].find((standIn) => known.has(standIn)) ?? null;
  };
}
