/** The real Admin schema, from the npm package that ships it, with the scopes each field asks for. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { buildClientSchema, getNamedType, isObjectType } from 'graphql';
import type { GraphQLObjectType, GraphQLSchema, IntrospectionQuery } from 'graphql';
import { attachScalars } from './scalars';

/** The one version of the Admin API the emulator speaks. */
export const API_VERSION = '2026-10';

/** What a field or type asks for: any one of the scopes will do. */
export interface Requirement {
  scopes: readonly string[];
  /** As Shopify words it: "`read_orders` access scope." */
  text: string;
}

export interface AdminSchema {
  schema: GraphQLSchema;
  /** "Type.field" -> what the field itself asks for */
  fields: ReadonlyMap<string, Requirement>;
  /** type name -> what any field returning it asks for */
  types: ReadonlyMap<string, Requirement>;
}

interface ScopeItem {
  type: 'type' | 'field';
  typeName: string;
  fieldName?: string;
  requiredAccess: string;
  offlineScopes: string[];
}

interface SchemaFile {
  data: IntrospectionQuery;
  offline_scopes: { items: ScopeItem[] };
}

function readSchemaFile(): SchemaFile {
  // The package exports no path to its data, so its folder is looked up the way Node would.
  const roots = createRequire(import.meta.url).resolve.paths('@shopify/dev-mcp') ?? [];
  const path = roots
    .map((root) => join(root, '@shopify', 'dev-mcp', 'dist', 'data', `admin_${API_VERSION}.json.gz`))
    .find((candidate) => existsSync(candidate));
  if (!path)
    throw new Error(`The schema of ${API_VERSION} is missing: install the package @shopify/dev-mcp.`);
  return JSON.parse(gunzipSync(readFileSync(path)).toString('utf8'));
}

function nodeTypeOf(connection: GraphQLObjectType): string | null {
  const nodes = connection.getFields()['nodes'];
  return nodes ? getNamedType(nodes.type).name : null;
}

/** Reads and builds the schema: about a second. */
export function loadAdminSchema(): AdminSchema {
  const file = readSchemaFile();
  const schema = buildClientSchema(file.data, { assumeValid: true });
  attachScalars(schema);
  const fields = new Map<string, Requirement>();
  const types = new Map<string, Requirement>();
  for (const item of file.offline_scopes.items) {
    if (item.offlineScopes.length === 0) continue;
    const requirement = { scopes: item.offlineScopes, text: item.requiredAccess };
    if (item.type === 'type') types.set(item.typeName, requirement);
    else fields.set(`${item.typeName}.${item.fieldName ?? ''}`, requirement);
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || !type.name.endsWith('Connection')) continue;
    const requirement = types.get(nodeTypeOf(type) ?? '');
    if (requirement) types.set(type.name, requirement);
  }
  return { schema, fields, types };
}
