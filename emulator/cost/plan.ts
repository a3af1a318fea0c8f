/**
 * What a document costs. It is compiled once into a tree of its fields; the tree is then priced with the variables
 * (requested cost) and again with the answer (actual cost).
 */
import type { FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { MANUAL_COSTS, MUTATION_COST, carriedCost, connectionCost, rounded } from './rules';
import type { CostRules } from './rules';
import { compileFields } from './selection';
import type { Alternatives, CostField, Read, Variables } from './selection';

/** The price of one root field, for the debug header. */
export interface FieldCost {
  path: string[];
  definedCost: number;
  requestedTotalCost: number;
  requestedChildrenCost: number | null;
}

export interface RootField {
  key: string;
  name: string;
  args: Read;
  isIncluded: (variables: Variables) => boolean;
}

export interface CostPlan {
  kind: 'query' | 'mutation' | 'subscription';
  roots: readonly RootField[];
  requested(variables: Variables, rules: CostRules): number;
  /** Never above what was requested. */
  actual(variables: Variables, data: unknown, rules: CostRules): number;
  fields(variables: Variables, rules: CostRules): FieldCost[];
}

const valueAt = (data: unknown, key: string): unknown =>
  typeof data === 'object' && data !== null ? Reflect.get(data, key) : undefined;

/** Prices a tree. `objectPoints` is 0 inside mutation payloads where objects are free. */
class Pricing {
  constructor(
    readonly variables: Variables,
    readonly rules: CostRules,
  ) {}

  pageSize(field: CostField): number {
    const { first, last } = field.args(this.variables);
    return typeof first === 'number' ? first : typeof last === 'number' ? last : 0;
  }

  requestedChildren(children: Alternatives, objectPoints: number): number {
    return Math.max(
      0,
      ...children.map((fields) =>
        fields.reduce((sum, field) => sum + this.requested(field, objectPoints), 0),
      ),
    );
  }

  requested(field: CostField, objectPoints: number): number {
    if (field.kind === 'leaf' || !field.isIncluded(this.variables)) return 0;
    if (field.kind === 'connection') {
      return connectionCost(this.pageSize(field), this.requestedChildren(field.children, 1), this.rules);
    }
    return objectPoints + this.requestedChildren(field.children, objectPoints);
  }

  actualChildren(children: Alternatives, data: unknown, objectPoints: number): number {
    return Math.max(
      0,
      ...children.map((fields) =>
        fields.reduce((sum, field) => sum + this.actual(field, valueAt(data, field.key), objectPoints), 0),
      ),
    );
  }

  /** The dearest of the values: all entries of a list count as one object, as in the requested cost. */
  dearest(values: readonly unknown[], children: Alternatives, objectPoints: number): number {
    return Math.max(
      0,
      ...values.map((value) => (value == null ? 0 : this.actualChildren(children, value, objectPoints))),
    );
  }

  actual(field: CostField, data: unknown, objectPoints: number): number {
    if (field.kind === 'leaf' || data == null) return 0;
    if (field.kind === 'connection') {
      let count = 0;
      let dearest = 0;
      for (const { list, node } of field.lists) {
        const entries = valueAt(data, list);
        if (!Array.isArray(entries)) continue;
        const values = node === null ? entries : entries.map((entry: unknown) => valueAt(entry, node));
        count = Math.max(count, values.length);
        dearest = Math.max(dearest, this.dearest(values, field.children, 1));
      }
      return count === 0 ? 2 : connectionCost(Math.min(count, this.pageSize(field)), dearest, this.rules);
    }
    const values = Array.isArray(data) ? data.filter((value) => value != null) : [data];
    return values.length === 0 ? 0 : objectPoints + this.dearest(values, field.children, objectPoints);
  }

  /** How many times a root field counts: `nodes(ids:)` may count for each id. */
  nodesAsked(field: CostField): number {
    const { ids } = field.args(this.variables);
    return this.rules.nodesCost === 'per-id' && field.name === 'nodes' && Array.isArray(ids) ? ids.length : 1;
  }
}

function mutationParts(pricing: Pricing, field: CostField) {
  const defined =
    (MANUAL_COSTS[field.name] ?? MUTATION_COST) + carriedCost(field.name, field.args(pricing.variables));
  const mode = pricing.rules.mutationPayloadCost;
  return {
    defined,
    objectPoints: mode === 'objects-and-connections' ? 1 : 0,
    free: mode === 'free' || field.name in MANUAL_COSTS,
  };
}

function requestedRoot(
  pricing: Pricing,
  field: CostField,
  isMutation: boolean,
): { defined: number; children: number } {
  if (!field.isIncluded(pricing.variables)) return { defined: 0, children: 0 };
  if (isMutation) {
    const { defined, objectPoints, free } = mutationParts(pricing, field);
    return { defined, children: free ? 0 : pricing.requestedChildren(field.children, objectPoints) };
  }
  const total = pricing.requested(field, 1) * pricing.nodesAsked(field);
  const defined = field.kind === 'leaf' ? 0 : field.kind === 'connection' ? 2 : pricing.nodesAsked(field);
  return { defined, children: total - defined };
}

function actualRoot(pricing: Pricing, field: CostField, data: unknown, isMutation: boolean): number {
  if (!field.isIncluded(pricing.variables)) return 0;
  const value = valueAt(data, field.key);
  if (isMutation) {
    const { defined, objectPoints, free } = mutationParts(pricing, field);
    return (
      defined + (free || value == null ? 0 : pricing.actualChildren(field.children, value, objectPoints))
    );
  }
  if (field.name === 'nodes' && Array.isArray(value) && pricing.rules.nodesCost === 'per-id') {
    return value.reduce((sum: number, each: unknown) => sum + pricing.actual(field, each, 1), 0);
  }
  return pricing.actual(field, value, 1);
}

/** Compiles an operation of a validated document. */
export function compileCost(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): CostPlan {
  const rootType = schema.getRootType(operation.operation);
  const roots = rootType ? compileFields({ schema, fragments }, [operation.selectionSet], rootType) : [];
  const isMutation = operation.operation === 'mutation';
  const requested = (variables: Variables, rules: CostRules): number => {
    const pricing = new Pricing(variables, rules);
    const total = roots.reduce((sum, field) => {
      const { defined, children } = requestedRoot(pricing, field, isMutation);
      return sum + defined + children;
    }, 0);
    return rounded(total, rules.costRounding);
  };
  return {
    kind: operation.operation,
    roots,
    requested,
    actual(variables, data, rules) {
      const pricing = new Pricing(variables, rules);
      const total = roots.reduce((sum, field) => sum + actualRoot(pricing, field, data, isMutation), 0);
      return Math.min(rounded(total, rules.costRounding), requested(variables, rules));
    },
    fields(variables, rules) {
      const pricing = new Pricing(variables, rules);
      return roots.map((field) => {
        const { defined, children } = requestedRoot(pricing, field, isMutation);
        return {
          path: [field.key],
          definedCost: rounded(defined, rules.costRounding),
          requestedTotalCost: rounded(defined + children, rules.costRounding),
          requestedChildrenCost: field.kind === 'leaf' ? null : rounded(children, rules.costRounding),
        };
      });
    },
  };
}
