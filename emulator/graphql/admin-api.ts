/** The executable API: the real schema with the emulator's resolvers and Shopify's scope checks, built once a process. */
import { defaultFieldResolver, getNamedType, isObjectType } from 'graphql';
import type { GraphQLField, GraphQLFieldResolver, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { gidType } from '../state/gid';
import { apiError } from './call';
import type { Call, FieldResolver, ResolverTable } from './call';
import { mutationField } from './mutation-field';
import { mutations } from './mutations/mutations';
import { queries } from './queries/queries';
import { loadAdminSchema } from './schema';
import type { AdminSchema, Requirement } from './schema';
import { inventoryTypes } from './types/inventory-type';
import { mediaTypes } from './types/media-type';
import { metafieldTypes } from './types/metafield-type';
import { orderTypes } from './types/order-type';
import { productTypes } from './types/product-type';
import { shopTypes } from './types/shop-type';
import { taxonomyTypes } from './types/taxonomy-type';
import { variantTypes } from './types/variant-type';
import { codeField } from './user-error-code';

export interface AdminApi {
  schema: GraphQLSchema;
  /** Every scope any field asks for: what the merchant's own hand is granted. */
  everyScope: ReadonlySet<string>;
}

const TYPES: ResolverTable = {
  ...productTypes,
  ...variantTypes,
  ...inventoryTypes,
  ...mediaTypes,
  ...metafieldTypes,
  ...orderTypes,
  ...shopTypes,
  ...taxonomyTypes,
};

function notEmulated(type: string, field: string): Error {
  const name = type === 'QueryRoot' || type === 'Mutation' ? field : `${type}.${field}`;
  return apiError(
    `${name} is part of the Admin API, but this emulator does not emulate it. See emulator/README.md.`,
    'NOT_EMULATED',
  );
}

/** Checks the scopes of a field before it is resolved; any one scope of each requirement will do. */
function guarded(requirements: Requirement[], resolve: FieldResolver): FieldResolver {
  if (requirements.length === 0) return resolve;
  return (source, args, call, info) => {
    for (const { scopes, text } of requirements) {
      if (scopes.some((scope) => call.granted.has(scope))) continue;
      throw apiError(`Access denied for ${info.fieldName} field. Required access: ${text}`, 'ACCESS_DENIED', {
        documentation: 'https://shopify.dev/api/usage/access-scopes',
        requiredAccess: text,
      });
    }
    return resolve(source, args, call, info);
  };
}

/** A plain property of the source; an absent one is a field nobody emulates (but null in payloads and refusals). */
export const plainField: GraphQLFieldResolver<unknown, Call> = (source, args, call, info) => {
  const value: unknown = defaultFieldResolver(source, args, call, info);
  if (value !== undefined) return value;
  if (/(Payload|UserError)$/.test(info.parentType.name)) return null;
  throw notEmulated(info.parentType.name, info.fieldName);
};

/** The concrete type of a source: its own word, or what its gid says. */
export function typeOfSource(source: unknown): string | undefined {
  if (typeof source !== 'object' || source === null) return undefined;
  if ('__typename' in source && typeof source.__typename === 'string') return source.__typename;
  return 'id' in source && typeof source.id === 'string' ? (gidType(source.id) ?? undefined) : undefined;
}

function resolverOf(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): FieldResolver | null {
  if (type.name === 'QueryRoot' || type.name === 'Mutation') {
    const mutation = type.name === 'Mutation' ? mutations[field.name] : undefined;
    if (mutation) return mutationField(mutation);
    const query = type.name === 'QueryRoot' ? queries[field.name] : undefined;
    if (query) return query;
    return () => {
      throw notEmulated(type.name, field.name);
    };
  }
  if (type.name.endsWith('UserError') && field.name === 'code') return codeField(getNamedType(field.type));
  return TYPES[type.name]?.[field.name] ?? null;
}

function attachResolvers({ schema, fields, types }: AdminSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      const requirements = [
        fields.get(`${type.name}.${field.name}`),
        types.get(getNamedType(field.type).name),
      ].filter((requirement) => requirement !== undefined);
      const own = resolverOf(type, field);
      if (own || requirements.length > 0) field.resolve = guarded(requirements, own ?? plainField);
    }
  }
}

function checkTables(schema: GraphQLSchema): void {
  const tables: Record<string, object> = { ...TYPES, QueryRoot: queries, Mutation: mutations };
  const unknown = Object.entries(tables).flatMap(([typeName, table]) => {
    const type = schema.getType(typeName);
    const known = isObjectType(type) ? type.getFields() : {};
    return Object.keys(table)
      .filter((field) => !(field in known))
      .map((field) => `${typeName}.${field}`);
  });
  if (unknown.length > 0) throw new Error(`The schema has no ${unknown.join(', ')}.`);
}

let built: AdminApi | null = null;

/** Builds the API at the first call (about a second). Throws where a resolver is for a field the schema lacks. */
export function adminApi(): AdminApi {
  if (built) return built;
  const loaded = loadAdminSchema();
  checkTables(loaded.schema);
  attachResolvers(loaded);
  const everyScope = new Set(
    [...loaded.fields.values(), ...loaded.types.values()].flatMap(({ scopes }) => scopes),
  );
  everyScope.add('write_products').add('write_inventory').add('write_files').add('write_publications');
  built = { schema: loaded.schema, everyScope };
  return built;
}
