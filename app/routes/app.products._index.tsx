import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useFetcher, useLoaderData, useNavigate, useNavigation } from '@remix-run/react';
import { Card, EmptySearchResult, EmptyState, useIndexResourceState } from '@shopify/polaris';
import { z } from 'zod';
import { readLiveState } from '~/db/pages/live.server';
import { readProductQuery, writeCursor } from '~/db/pages/product-query';
import type { ProductCursor, ProductFilter } from '~/db/pages/product-query';
import {
  keepOwnProductIds,
  readMatchingProductIds,
  readProducts,
  readVendors,
} from '~/db/pages/products.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { startRun } from '~/sync/start-run';
import type { ActionAnswer } from '~/ui/action-answer';
import { notAllowed, useAnswerToast } from '~/ui/action-answer';
import { editorForProducts, editorForSearch, MOST_NAMED, searchOfList } from '~/ui/edit-address';
import { counted } from '~/ui/formats';
import { useLiveState } from '~/ui/live';
import { PageFrame } from '~/ui/page-frame';
import bothSides from '~/ui/pictures/both-sides.svg?url';
import { ProductFilters } from '~/ui/product-filters';
import type { ProductFilterValues } from '~/ui/product-filters';
import { ProductsTable } from '~/ui/products-table';
import { RunNote } from '~/ui/run-note';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Products · Lockstep' }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const query = readProductQuery(new URL(request.url).searchParams);
  const [page, vendors, live] = await Promise.all([
    readProducts(resources.db, shop, query),
    readVendors(resources.db, shop),
    readLiveState(resources.db, shop.id, resources.now()),
  ]);
  const cursor = (at: ProductCursor | null) => (at === null ? null : { [at.direction]: writeCursor(at) });
  return {
    rows: page.rows,
    total: page.total,
    previous: cursor(page.previous),
    next: cursor(page.next),
    values: { ...query.filter, sort: `${query.sort.by} ${query.sort.direction}` },
    vendors,
    live,
    timeZone: shop.timezone,
  };
}

const selection = z.union([
  z.object({ edit: z.literal('1'), filter: z.string() }),
  z.object({ all: z.literal('1'), filter: z.string() }),
  z.object({
    ids: z
      .string()
      .transform((text) => text.split(','))
      .pipe(z.array(z.uuid()).min(1)),
  }),
]);

/** `editor`: the address of a bulk edit of what was chosen, to go on to. */
type ProductsAnswer = ActionAnswer & { editor?: string };

/** The editor for everything that the list shows with this filter. */
async function editorFor(
  filter: ProductFilter,
  readIds: (filter: ProductFilter) => Promise<string[]>,
): Promise<ProductsAnswer> {
  const search = searchOfList(filter);
  if (search?.isExact === true)
    return { ok: true, message: 'Choose what to change', editor: editorForSearch(search.query) };
  const ids = await readIds(filter);
  if (ids.length === 0) return { ok: false, message: 'Those products are no longer in the catalog' };
  if (ids.length <= MOST_NAMED)
    return { ok: true, message: 'Choose what to change', editor: editorForProducts(ids) };
  if (search !== null)
    return {
      ok: true,
      message: 'A bulk edit searches from the beginning of words: check how many products it finds',
      editor: editorForSearch(search.query),
    };
  return {
    ok: true,
    message: `${MOST_NAMED} of ${counted(ids.length, 'product')} chosen: by sync state no more fit into one edit`,
    editor: editorForProducts(ids),
  };
}

export const action = actionOf('edit', notAllowed, act);

async function act({ request, resources, shop, actor }: Acting): Promise<ProductsAnswer> {
  const chosen = selection.parse(Object.fromEntries(await request.formData()));
  if ('edit' in chosen) {
    const { filter } = readProductQuery(new URLSearchParams(chosen.filter));
    return editorFor(filter, (of) => readMatchingProductIds(resources.db, shop, of));
  }
  const common = { shopId: shop.id, trigger: 'manual', causedBy: actor } as const;
  if ('all' in chosen && chosen.filter === '') {
    await startRun(resources, common);
    return { ok: true, message: 'Sync of all products started' };
  }
  const productIds =
    'all' in chosen
      ? await readMatchingProductIds(
          resources.db,
          shop,
          readProductQuery(new URLSearchParams(chosen.filter)).filter,
        )
      : await keepOwnProductIds(resources.db, shop, chosen.ids);
  if (productIds.length === 0) return { ok: false, message: 'Those products are no longer in the catalog' };
  await startRun(resources, { ...common, productIds });
  return { ok: true, message: `Sync of ${counted(productIds.length, 'product')} started` };
}

/** The address that shows the list with these values. */
function searchOf(values: ProductFilterValues): URLSearchParams {
  const search = new URLSearchParams();
  if (values.search !== '') search.set('q', values.search);
  if (values.syncStates.length > 0) search.set('sync', values.syncStates.join(','));
  if (values.statuses.length > 0) search.set('status', values.statuses.join(','));
  for (const vendor of values.vendors) search.append('vendor', vendor);
  if (values.sort !== 'title asc') search.set('sort', values.sort);
  return search;
}

export default function Products() {
  const {
    rows,
    total,
    previous,
    next,
    values,
    vendors,
    live: loaded,
    timeZone,
  } = useLoaderData<typeof loader>();
  const { state: live } = useLiveState(loaded);
  const navigate = useNavigate();
  const loading = useNavigation().state === 'loading';
  const sync = useFetcher<typeof action>();
  const { selectedResources, allResourcesSelected, handleSelectionChange, clearSelection } =
    useIndexResourceState(rows);
  useAnswerToast(sync.data, (answer) => {
    if (!answer.ok) return;
    clearSelection();
    if (sync.data?.editor !== undefined) navigate(sync.data.editor);
  });

  const show = (shown: ProductFilterValues) => {
    clearSelection();
    navigate(`?${searchOf(shown)}`, { replace: true, preventScrollReset: true });
  };
  const turnTo = (cursor: { [direction: string]: string } | null) => {
    const search = searchOf(values);
    for (const [name, value] of Object.entries(cursor ?? {})) search.set(name, value);
    clearSelection();
    navigate(`?${search}`);
  };
  const filter = () => searchOf({ ...values, sort: 'title asc' }).toString();
  const syncSelected = () =>
    sync.submit(
      allResourcesSelected ? { all: '1', filter: filter() } : { ids: selectedResources.join(',') },
      { method: 'post' },
    );
  const editSelected = () =>
    allResourcesSelected
      ? sync.submit({ edit: '1', filter: filter() }, { method: 'post' })
      : navigate(editorForProducts(selectedResources));

  const filtered = searchOf({ ...values, sort: 'title asc' }).size > 0;
  const catalogIsEmpty = total === 0 && !filtered;

  return (
    <PageFrame
      title="Products"
      fullWidth
      secondaryActions={[{ content: 'Overrides of this store', url: '/app/overrides' }]}
    >
      <RunNote run={live.run} />
      <Card padding="0">
        {catalogIsEmpty ? (
          <EmptyState
            heading="Your catalog is empty"
            image={bothSides}
            action={{ content: 'Import a CSV file', url: '/app/import' }}
            secondaryAction={{ content: 'Write it by SQL', url: '/app/settings' }}
          >
            <p>
              Products appear here as soon as your catalog holds them, with where each stands in Shopify and
              why.
            </p>
          </EmptyState>
        ) : (
          <>
            <ProductFilters values={values} vendors={vendors} loading={loading} onChange={show} />
            <ProductsTable
              rows={rows}
              timeZone={timeZone}
              loading={loading}
              total={total}
              selected={allResourcesSelected ? 'All' : selectedResources}
              onSelection={handleSelectionChange}
              onSyncSelected={syncSelected}
              onEditSelected={editSelected}
              emptyState={
                <EmptySearchResult
                  title="No product matches"
                  description="Change the search or take away a filter."
                  withIllustration
                />
              }
              pagination={{
                hasPrevious: previous !== null,
                hasNext: next !== null,
                onPrevious: () => turnTo(previous),
                onNext: () => turnTo(next),
                label: counted(total, 'product'),
              }}
            />
          </>
        )}
      </Card>
    </PageFrame>
  );
}
