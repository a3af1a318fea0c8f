import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { json } from '@remix-run/node';
import { useLoaderData, useNavigate, useNavigation, useSearchParams } from '@remix-run/react';
import { Box, Card, Checkbox, EmptyState, InlineStack, Text, TextField } from '@shopify/polaris';
import { SearchIcon } from '@shopify/polaris-icons';
import { Icon } from '@shopify/polaris';
import { useEffect, useRef, useState } from 'react';
import { z } from 'zod';
import { readPriceMatrix } from '~/db/pages/price-matrix.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { revokeOverrides } from '~/sync/revoke-overrides';
import { setCatalogPrice, setStorePrice } from '~/sync/set-price';
import type { SetPrice } from '~/sync/set-price';
import { notAllowed } from '~/ui/action-answer';
import { CursorPager } from '~/ui/cursor-pager';
import { counted } from '~/ui/formats';
import { useReadingAgain } from '~/ui/live';
import { PageFrame } from '~/ui/page-frame';
import bothSides from '~/ui/pictures/both-sides.svg?url';
import { PriceCellModal } from '~/ui/price-cell-modal';
import type { PriceAnswer } from '~/ui/price-cell-modal';
import { PriceMatrixTable } from '~/ui/price-matrix-table';
import type { OpenedPrice } from '~/ui/price-matrix-table';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Prices · Lockstep' }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const { searchParams } = new URL(request.url);
  const query = {
    // PostgreSQL's text holds no NUL.
    search: (searchParams.get('q') ?? '').replaceAll('\u0000', '').trim().slice(0, 200),
    onlyDifferences: searchParams.get('only') === 'differences',
    after: searchParams.get('after'),
  };
  return { ...(await readPriceMatrix(resources.db, shop, query)), query };
}

const place = {
  productId: z.uuid(),
  variantId: z.uuid(),
  price: z.string().max(200),
  seen: z.string().max(200).nullable(),
};
const asked = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('set-store'), shopId: z.uuid(), ...place }),
  z.object({ intent: z.literal('set-catalog'), ...place }),
  z.object({ intent: z.literal('revoke'), shopId: z.uuid(), overrideId: z.uuid() }),
]);

const answered = (answer: PriceAnswer) => json(answer);

function answerOf(outcome: SetPrice, message: string): PriceAnswer {
  if (outcome.kind === 'set') return { answer: { ok: true, message }, problem: null };
  const { problem } = outcome;
  return { answer: { ok: false, message: `${problem.reason} ${problem.remedy}` }, problem };
}

export const action = actionOf(
  'edit',
  (message) => answered({ answer: notAllowed(message), problem: null }),
  act,
);

async function act({ request, resources, shop, actor }: Acting) {
  const read = asked.parse(await request.json());
  const { accountId } = shop;
  switch (read.intent) {
    case 'set-store': {
      const { intent: _intent, ...price } = read;
      const outcome = await setStorePrice(resources, { ...price, accountId, actor });
      return answered(answerOf(outcome, 'Price set for this store'));
    }
    case 'set-catalog': {
      const { intent: _intent, ...price } = read;
      const outcome = await setCatalogPrice(resources, { ...price, shopId: shop.id, accountId, actor });
      return answered(answerOf(outcome, 'Price set in the catalog'));
    }
    case 'revoke': {
      const store = await resources.db.shop.findUnique({
        where: { id: read.shopId },
        select: { accountId: true },
      });
      const outcome =
        store?.accountId === accountId
          ? await revokeOverrides(resources, {
              ...{ shopId: read.shopId, selection: { kind: 'ids', ids: [read.overrideId] }, causedBy: actor },
            })
          : null;
      const isDone = outcome?.kind === 'revoked' && outcome.overrides > 0;
      return answered({
        answer: isDone
          ? { ok: true, message: 'The store follows its rules again' }
          : { ok: false, message: 'It was taken away already' },
        problem: null,
      });
    }
  }
}

/** Typing asks only after this pause. */
const TYPING_PAUSE_MS = 350;

export default function Prices() {
  const { stores, catalogCurrencyCode, rows, next, query } = useLoaderData<typeof loader>();
  const [opened, setOpened] = useState<OpenedPrice | null>(null);
  const [parameters] = useSearchParams();
  const navigate = useNavigate();
  const isTurning = useNavigation().state === 'loading';
  useReadingAgain(opened === null ? 'seldom' : 'never');
  const [typed, setTyped] = useState(query.search);
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => () => clearTimeout(timer.current), []);
  const show = (search: string, onlyDifferences: boolean) => {
    const asked = new URLSearchParams();
    if (search !== '') asked.set('q', search);
    if (onlyDifferences) asked.set('only', 'differences');
    navigate(`?${asked}`, { preventScrollReset: true, replace: true });
  };
  const search = (text: string) => {
    setTyped(text);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => show(text, query.onlyDifferences), TYPING_PAUSE_MS);
  };
  // A page of differences looks through so many products and no more: where none of them differs, go on by itself.
  const further = query.onlyDifferences && rows.length === 0 ? next : null;
  useEffect(() => {
    if (further === null) return;
    const asked = new URLSearchParams({ only: 'differences', after: further });
    if (query.search !== '') asked.set('q', query.search);
    navigate(`?${asked}`, { preventScrollReset: true, replace: true });
  }, [further, query.search, navigate]);
  const isAll = query.search === '' && !query.onlyDifferences && !parameters.has('after');
  return (
    <PageFrame
      fullWidth
      title="Prices"
      subtitle={`${counted(stores.length, 'store')} of your account`}
      primaryAction={{ content: 'Store rules', url: '/app/store-rules' }}
    >
      <Card padding="0">
        {rows.length === 0 && isAll ? (
          <EmptyState
            heading="Your catalog has no variants yet"
            image={bothSides}
            action={{ content: 'Import products', url: '/app/import' }}
          >
            <p>Here you see what each of your stores asks for each variant, and why.</p>
          </EmptyState>
        ) : (
          <>
            <Box padding="400">
              <InlineStack gap="400" blockAlign="center">
                <div style={{ flex: '1 1 16rem' }}>
                  <TextField
                    autoComplete="off"
                    label="Search by title, handle or SKU"
                    labelHidden
                    placeholder="Search by title, handle or SKU"
                    prefix={<Icon source={SearchIcon} />}
                    value={typed}
                    onChange={search}
                    clearButton
                    onClearButtonClick={() => search('')}
                    loading={isTurning}
                  />
                </div>
                <Checkbox
                  label="Only differences"
                  checked={query.onlyDifferences}
                  onChange={(only) => show(typed, only)}
                />
              </InlineStack>
            </Box>
            {rows.length === 0 ? (
              <Box padding="400">
                <Text as="p" tone="subdued">
                  {next !== null
                    ? 'None so far. Looking further…'
                    : query.onlyDifferences
                      ? 'Every store holds the prices that it shall.'
                      : 'Nothing matches.'}
                </Text>
              </Box>
            ) : (
              <PriceMatrixTable
                stores={stores}
                catalogCurrencyCode={catalogCurrencyCode}
                rows={rows}
                onOpen={setOpened}
              />
            )}
            <CursorPager parameter="after" next={next} label="Pages of variants" />
          </>
        )}
      </Card>
      {opened !== null && (
        <PriceCellModal
          key={`${opened.row.variantId} ${opened.store?.shopId ?? ''}`}
          opened={opened}
          catalogCurrencyCode={catalogCurrencyCode}
          onClose={() => setOpened(null)}
        />
      )}
    </PageFrame>
  );
}
