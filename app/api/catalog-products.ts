/** Products of the catalog. */
import { z } from 'zod';
import type { ImportProblem } from '~/core/catalog-product';
import { listProductIds } from '~/db/catalog-products.server';
import { readCatalogStates } from '~/db/catalog-states.server';
import { upsertProducts } from '~/sync/upsert-products';
import type { WrittenPatch } from '~/sync/write-product-patches';
import { catalogProduct, catalogProductJson, patchOf, productPatch } from './catalog-product';
import { endpoint, none } from './endpoint';
import type { ApiContext, Endpoint } from './endpoint';
import { notFound, problemSchema } from './problem';
import type { FieldError } from './problem';
import { cursorOf, id, limit, named, pageOf } from './schemas';
import { refuse } from './validation';

const MOST_PRODUCTS = 250;

const upsertBody = z
  .strictObject({
    products: z.array(productPatch).min(1).max(MOST_PRODUCTS),
    dry_run: z
      .boolean()
      .optional()
      .describe('True: answers what would become of each product, and writes nothing.'),
  })
  .superRefine(({ products }, context) => {
    const seen = new Set<string>();
    for (const [index, { handle, options }] of products.entries()) {
      if (seen.has(handle))
        refuse(context, ['products', index, 'handle'], {
          reason: 'Another product of this request has the same handle.',
          remedy: 'Send each product once.',
        });
      seen.add(handle);
      if (new Set(options?.map((name) => name.toLowerCase())).size < (options?.length ?? 0))
        refuse(context, ['products', index, 'options'], {
          reason: 'Two options have the same name.',
          remedy: 'Give each option a name of its own.',
        });
    }
  });

const upsertAnswer = named(
  'UpsertedProducts',
  z.object({
    dry_run: z.boolean(),
    run_id: id
      .nullable()
      .describe('The run that carries the changes to Shopify; null where nothing changed.'),
    results: z
      .array(
        z.object({
          handle: z.string(),
          id: id.nullable(),
          outcome: z
            .enum(['created', 'updated', 'unchanged', 'refused'])
            .describe('refused: nothing of the product was written; errors say why.'),
          errors: problemSchema.shape.errors,
        }),
      )
      .describe('One for each product, in the order they were sent.'),
  }),
);

const REMEDIES: [column: RegExp, remedy: string][] = [
  [/^Title$/, 'The product is new: send a title.'],
  [/^Option\d Name$/, 'Send the names of all options in "options", and each variant with its option values.'],
  [
    /^Option\d Value$/,
    'Send "option_values" with one value for each option, or the SKU of a variant there is.',
  ],
  [/^Image Src$/, 'Send fewer pictures.'],
];

/** The field of the request that a problem against the catalog is about. */
function fieldOf(at: string, { line, column }: ImportProblem): string {
  const option = /^Option(\d) (Name|Value)$/.exec(column ?? '');
  const place = Number(option?.[1] ?? 1) - 1;
  const variant = line > 0 ? `.variants[${line - 1}]` : '';
  if (option?.[2] === 'Name') return `${at}.options[${place}]`;
  if (option?.[2] === 'Value')
    return variant === '' ? `${at}.variants` : `${at}${variant}.option_values[${place}]`;
  if (column === 'Title') return `${at}.title`;
  if (column === 'Image Src') return variant === '' ? `${at}.images` : `${at}${variant}.image_url`;
  return `${at}${variant}`;
}

/** A problem with what stands at this place of the request. */
export function errorOf(at: string, problem: ImportProblem): FieldError {
  const { column, value, reason } = problem;
  const remedy = REMEDIES.find(([pattern]) => pattern.test(column ?? ''))?.[1] ?? problem.remedy;
  return {
    field: fieldOf(at, problem),
    value: value?.slice(0, 200).toWellFormed() ?? null,
    reason,
    remedy,
  };
}

function resultJson({ handle, productId, outcome, problems }: WrittenPatch, index: number) {
  return {
    handle,
    id: productId,
    outcome,
    errors: problems.map((problem) => errorOf(`products[${index}]`, problem)),
  };
}

const cursor = cursorOf(z.object({ id }));

async function productsOf({ resources, shop }: ApiContext, ids: string[]) {
  const states = await readCatalogStates(resources.db, shop.accountId, { ids });
  const byId = new Map(states.map((state) => [state.id, state]));
  return ids.flatMap((productId) => {
    const state = byId.get(productId);
    return state === undefined ? [] : [catalogProductJson(state)];
  });
}

function upsert(method: 'PUT' | 'POST'): Endpoint {
  return endpoint({
    id: method === 'PUT' ? 'putProducts' : 'postProducts',
    method,
    path: '/catalog/products',
    tag: 'Catalog',
    scope: 'catalog:write',
    summary: `Write up to ${MOST_PRODUCTS} products`,
    description:
      'Products are found by handle and made where the catalog has none; what is absent stays as it is. Each is written as a whole or not at all, whatever becomes of the others; what changed goes to Shopify with a run. PUT and POST do the same.',
    params: none,
    query: none,
    body: upsertBody,
    example: {
      products: [
        {
          handle: 'trail-tent',
          title: 'Trail Tent',
          vendor: 'Fjell',
          options: ['Size'],
          variants: [{ option_values: ['2P'], sku: 'TENT-2P', price: '249.00', inventory: { '': 12 } }],
        },
      ],
    },
    answers: { 200: { description: 'What became of each product.', body: upsertAnswer } },
    problems: [],
  })(async ({ resources, shop, actor }, { body }) => {
    const dryRun = body.dry_run ?? false;
    const patches = body.products.map(patchOf);
    const { products, runId } = await upsertProducts(resources, { shop, patches, dryRun, causedBy: actor });
    const results = products.map((written, index) => ({
      ...resultJson(written, index),
      // A dry run made up the id of a product that is not there.
      ...(dryRun && written.outcome === 'created' ? { id: null } : {}),
    }));
    return { status: 200, body: { dry_run: dryRun, run_id: runId, results } };
  });
}

export const catalogEndpoints: Endpoint[] = [
  upsert('PUT'),
  upsert('POST'),
  endpoint({
    id: 'listProducts',
    method: 'GET',
    path: '/catalog/products',
    tag: 'Catalog',
    scope: 'catalog:read',
    summary: 'List the products of the catalog',
    params: none,
    query: z.strictObject({ limit, cursor: cursor.parameter }),
    body: none,
    answers: {
      200: { description: 'A page of products.', body: pageOf('CatalogProductPage', catalogProduct) },
    },
    problems: [],
  })(async (context, { query }) => {
    const { resources, shop } = context;
    const after = cursor.read(query.cursor)?.id ?? null;
    const ids = await listProductIds(resources.db, shop.accountId, { after, limit: query.limit + 1 });
    const shown = ids.slice(0, query.limit);
    const last = shown.at(-1);
    return {
      status: 200,
      body: {
        data: await productsOf(context, shown),
        next_cursor: cursor.write(ids.length > query.limit && last !== undefined ? { id: last } : null),
      },
    };
  }),
  endpoint({
    id: 'getProduct',
    method: 'GET',
    path: '/catalog/products/{id}',
    tag: 'Catalog',
    scope: 'catalog:read',
    summary: 'One product of the catalog',
    params: z.strictObject({ id }),
    query: none,
    body: none,
    answers: { 200: { description: 'The product.', body: catalogProduct } },
    problems: [],
  })(async (context, { params }) => {
    const [product] = await productsOf(context, [params.id.toLowerCase()]);
    return product === undefined ? notFound('product') : { status: 200, body: product };
  }),
];
