import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useFetcher, useLoaderData } from '@remix-run/react';
import { Card, EmptyState } from '@shopify/polaris';
import { readBulkEdits } from '~/db/pages/bulk-edits.server';
import { readLocationNames } from '~/db/pages/value-names.server';
import { authenticateShop } from '~/shopify.server';
import { bulkChangesSchema } from '~/sync/bulk-edit-schema';
import { useFollow } from '~/ui/follow-answer';
import { useAnswerToast } from '~/ui/action-answer';
import { CursorPager } from '~/ui/cursor-pager';
import type { EditAnswer } from '~/ui/edit-answers';
import { isEditActive } from '~/ui/edit-views';
import { changeSentence } from '~/ui/edit-words';
import { EditsTable } from '~/ui/edits-table';
import { useReadingAgain } from '~/ui/live';
import { PageFrame } from '~/ui/page-frame';
import bothSides from '~/ui/pictures/both-sides.svg?url';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Bulk edits · Lockstep' }];

const EDITS_A_PAGE = 25;

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const { db } = resources;
  const before = new URL(request.url).searchParams.get('before');
  const [{ rows, next }, locations] = await Promise.all([
    readBulkEdits(db, shop.id, { before, limit: EDITS_A_PAGE }),
    readLocationNames(db, shop.id),
  ]);
  return {
    edits: rows.map(({ changes, ...edit }) => ({
      ...edit,
      what: bulkChangesSchema.parse(changes).map((change) => changeSentence(change, locations)),
    })),
    next,
    isFirstPage: before === null,
    timeZone: shop.timezone,
  };
}

export default function BulkEdits() {
  const { edits, next, isFirstPage, timeZone } = useLoaderData<typeof loader>();
  useReadingAgain(edits.some(({ state }) => isEditActive(state)) ? 'often' : 'seldom');
  const fetcher = useFetcher<EditAnswer>();
  useAnswerToast(fetcher.data);
  useFollow(fetcher, fetcher.data?.editId === undefined ? null : `/app/edits/${fetcher.data.editId}`);
  const undo = (editId: string) =>
    fetcher.submit({ intent: 'undo', products: '' }, { method: 'post', action: `/app/edits/${editId}` });
  const undoing = fetcher.state === 'idle' ? null : (fetcher.formAction?.split('/').at(-1) ?? null);
  const make = { content: 'Make a bulk edit', url: '/app/edits/new' };
  const isEmpty = edits.length === 0 && isFirstPage;
  return (
    <PageFrame title="Bulk edits" {...(isEmpty ? {} : { primaryAction: make })}>
      <Card padding="0">
        {isEmpty ? (
          <EmptyState heading="Change thousands of products at once" image={bothSides} action={make}>
            <p>
              Prices, tags, stock, pictures and more: you see every value before and after, and what was
              applied can be taken back.
            </p>
          </EmptyState>
        ) : (
          <>
            <EditsTable edits={edits} timeZone={timeZone} undoing={undoing} onUndo={undo} />
            <CursorPager parameter="before" next={next} label="Pages of bulk edits" />
          </>
        )}
      </Card>
    </PageFrame>
  );
}
