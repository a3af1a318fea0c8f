/** Every document is one that Shopify knows, asks for no more than the app may, and carries its values in variables. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import {
  Kind,
  TypeInfo,
  buildClientSchema,
  getNamedType,
  getVariableValues,
  parse,
  specifiedRules,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { DocumentNode, IntrospectionQuery } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { calls } from './calls.test-support';
import * as documents from './documents';
import { composeBatch } from './send';

interface SchemaFile {
  data: IntrospectionQuery;
  offline_scopes: {
    items: { type: 'type' | 'field'; typeName: string; fieldName?: string; offlineScopes: string[] }[];
  };
}

const PATH = 'node_modules/@shopify/dev-mcp/dist/data/admin_2026-10.json.gz';
const file = (): SchemaFile => JSON.parse(gunzipSync(readFileSync(PATH)).toString('utf8'));
const texts = Object.entries(documents).flatMap(([name, text]) =>
  typeof text === 'string' ? [[name, text] as const] : [],
);

/** Deprecated fields the app uses: a tax code has no successor, a publication's name has one (Catalog.title) that costs an object more. */
const DEPRECATED = ['ProductVariant.taxCode', 'Publication.name'];

let schema: ReturnType<typeof buildClientSchema>;
let needs: Map<string, string[]>;
beforeAll(() => {
  expect(existsSync(PATH)).toBe(true);
  const { data, offline_scopes: scopes } = file();
  schema = buildClientSchema(data, { assumeValid: true });
  needs = new Map(
    scopes.items
      .filter((item) => item.offlineScopes.length > 0)
      .map((item) => [
        item.type === 'type' ? item.typeName : `${item.typeName}.${item.fieldName ?? ''}`,
        item.offlineScopes,
      ]),
  );
});

const toml = /scopes = "([^"]+)"/.exec(readFileSync('shopify.app.toml', 'utf8'))?.[1]?.split(',') ?? [];
const granted = new Set(toml.flatMap((scope) => [scope, scope.replace(/^write_/, 'read_')]));

function walk(document: DocumentNode): { deprecated: Set<string>; missing: Set<string> } {
  const types = new TypeInfo(schema);
  const deprecated = new Set<string>();
  const missing = new Set<string>();
  const check = (key: string) => {
    const scopes = needs.get(key);
    if (scopes && !scopes.some((scope) => granted.has(scope))) missing.add(`${key}: ${scopes.join(' or ')}`);
  };
  visit(
    document,
    visitWithTypeInfo(types, {
      Field: () => {
        const [parent, field] = [types.getParentType(), types.getFieldDef()];
        if (!parent || !field) return;
        if (field.deprecationReason) deprecated.add(`${parent.name}.${field.name}`);
        check(`${parent.name}.${field.name}`);
        check(getNamedType(field.type).name);
      },
    }),
  );
  return { deprecated, missing };
}

describe('documents', () => {
  it.each(texts)('%s is valid and needs no scope the app does not ask for', (_name, text) => {
    const document = parse(text);
    expect(validate(schema, document, specifiedRules).map(({ message }) => message)).toEqual([]);
    const { deprecated, missing } = walk(document);
    expect([...missing]).toEqual([]);
    for (const field of deprecated) expect(DEPRECATED).toContain(field);
  });

  it('uses all deprecated fields that are allowed', () => {
    const used = new Set(texts.flatMap(([, text]) => [...walk(parse(text)).deprecated]));
    expect([...used].sort()).toEqual(DEPRECATED);
  });
});

describe('a composed document', () => {
  it('is valid, takes its variables, inlines no value and has an alias for each call', () => {
    fc.assert(
      fc.property(calls, (list) => {
        const { query, variables, aliases } = composeBatch(list, {
          publicationId: 'gid://shopify/Publication/1',
          locations: 2,
        });
        const document = parse(query);
        expect(validate(schema, document, specifiedRules).map(({ message }) => message)).toEqual([]);
        const operation = document.definitions.find(
          (definition) => definition.kind === Kind.OPERATION_DEFINITION,
        );
        const sent: Record<string, unknown> = JSON.parse(JSON.stringify(variables));
        const { errors } = getVariableValues(schema, operation?.variableDefinitions ?? [], sent);
        expect((errors ?? []).map(({ message }) => message)).toEqual([]);
        expect(aliases).toHaveLength(list.length);
        expect(new Set(aliases).size).toBe(list.length);
        expect(operation?.selectionSet.selections).toHaveLength(list.length);
        visit(document, {
          StringValue: ({ value }) => {
            expect(value).toBe('available');
          },
          ObjectValue: () => {
            expect.fail('a value is inlined');
          },
        });
        expect(Object.keys(variables).sort()).toEqual(
          (operation?.variableDefinitions ?? []).map((each) => each.variable.name.value).sort(),
        );
      }),
      { numRuns: 200 },
    );
  });
});

describe('what is asked of orders', () => {
  it('is nothing of who bought', () => {
    const personal =
      /customer|address|mail|phone|note|name|attribute|ip\b|location|staff|tag|discountCode|statusPage|token|transaction|sku/i;
    const types = new TypeInfo(schema);
    const asked = new Set<string>();
    for (const [, text] of texts)
      visit(
        parse(text),
        visitWithTypeInfo(types, {
          Field: ({ name }) => {
            const parent = types.getParentType()?.name ?? '';
            if (/^(Order|LineItem|Refund|RefundLineItem)$/.test(parent)) asked.add(`${parent}.${name.value}`);
          },
        }),
      );
    expect([...asked].filter((field) => personal.test(field.split('.')[1] ?? ''))).toEqual([]);
    // And nothing beyond what is stored.
    expect([...asked].sort()).toEqual(
      [
        ...['cancelledAt', 'createdAt', 'currencyCode', 'id', 'lineItems', 'processedAt', 'refunds'].map(
          (field) => `Order.${field}`,
        ),
        ...['test', 'totalRefundedSet', 'updatedAt'].map((field) => `Order.${field}`),
        ...[
          'currentQuantity',
          'id',
          'priceAfterAllDiscountsBeforeTaxesSet',
          'product',
          'quantity',
          'variant',
        ].map((field) => `LineItem.${field}`),
        ...['id', 'refundLineItems'].map((field) => `Refund.${field}`),
        ...['lineItem', 'quantity', 'subtotalSet'].map((field) => `RefundLineItem.${field}`),
      ].sort(),
    );
  });
});
