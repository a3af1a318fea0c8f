/** Documents, parsed, validated and priced once: the app sends the same texts over and over. */
import { GraphQLError, Kind, NoDeprecatedCustomRule, parse, specifiedRules, validate } from 'graphql';
import type { DocumentNode, FragmentDefinitionNode, OperationDefinitionNode } from 'graphql';
import { compileCost } from '../cost/plan';
import type { CostPlan } from '../cost/plan';
import { adminApi } from './admin-api';

export interface CompiledDocument {
  document: DocumentNode;
  operation: OperationDefinitionNode;
  /** Name of the operation, or null. */
  name: string | null;
  plan: CostPlan;
  /** Root fields in document order, aliases resolved. */
  fields: string[];
}

/** Documents kept; the longest unused go first. */
const KEPT = 500;
const cache = new Map<string, CompiledDocument | readonly GraphQLError[]>();

const RULES = specifiedRules.filter((rule) => rule !== NoDeprecatedCustomRule);

/** Rewrites graphql-js's commonest refusals the way Shopify words and codes them. */
function asShopify(error: GraphQLError): GraphQLError {
  const unknownField = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(error.message);
  const [, fieldName, typeName] = unknownField ?? [];
  const message = unknownField ? `Field '${fieldName}' doesn't exist on type '${typeName}'` : error.message;
  const extensions = unknownField
    ? { code: 'undefinedField', typeName, fieldName }
    : { code: 'GRAPHQL_VALIDATION_FAILED' };
  return new GraphQLError(message, { nodes: error.nodes ?? null, extensions });
}

function chosenOperation(
  document: DocumentNode,
  name: string | null,
): OperationDefinitionNode | GraphQLError {
  const operations = document.definitions.filter(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  );
  const named = name === null ? operations : operations.filter((operation) => operation.name?.value === name);
  const [operation, ...others] = named;
  if (!operation)
    return new GraphQLError(`No operation named "${name ?? ''}"`, { extensions: { code: 'BAD_REQUEST' } });
  if (others.length > 0)
    return new GraphQLError('An operation name is required', { extensions: { code: 'BAD_REQUEST' } });
  return operation;
}

function compile(text: string, operationName: string | null): CompiledDocument | readonly GraphQLError[] {
  const { schema } = adminApi();
  let document: DocumentNode;
  try {
    document = parse(text);
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
  const errors = validate(schema, document, RULES);
  if (errors.length > 0) return errors.map(asShopify);
  const operation = chosenOperation(document, operationName);
  if (operation instanceof GraphQLError) return [operation];
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const plan = compileCost(schema, operation, fragments);
  return {
    document,
    operation,
    name: operation.name?.value ?? null,
    plan,
    fields: plan.roots.map((root) => root.name),
  };
}

/** The compiled document, or why it is refused. */
export function compiledDocument(
  text: string,
  operationName: string | null,
): CompiledDocument | readonly GraphQLError[] {
  const key = `${operationName ?? ''}\n${text}`;
  const known = cache.get(key);
  if (known) cache.delete(key);
  const compiled = known ?? compile(text, operationName);
  cache.set(key, compiled);
  if (cache.size > KEPT) {
    const oldest = cache.keys().next().value;
    if (oldest !== undefined) cache.delete(oldest);
  }
  return compiled;
}
