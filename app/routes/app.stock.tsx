import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Form, useFetcher, useLoaderData } from '@remix-run/react';
import { SaveBar } from '@shopify/app-bridge-react';
import { BlockStack, Box, Button, Card, Text, TextField } from '@shopify/polaris';
import { useState } from 'react';
import { z } from 'zod';
import { readStock } from '~/db/pages/stock.server';
import { readStockWindows } from '~/db/pages/stock-windows.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { saveStockRules } from '~/sync/save-stock-rules';
import { notAllowed, refusedAnswer, useAnswerToast } from '~/ui/action-answer';
import type { ActionAnswer } from '~/ui/action-answer';
import { CursorPager } from '~/ui/cursor-pager';
import { useReadingAgain } from '~/ui/live';
import { PageFrame } from '~/ui/page-frame';
import { StockList } from '~/ui/stock-list';
import { StockRulesCard } from '~/ui/stock-rules-card';
import { HELD_BACK_CHOICES, readStockRulesForm, stockRulesForm } from '~/ui/stock-rules-form';
import { StockWindowsCard } from '~/ui/stock-windows-card';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Shared stock · Lockstep' }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const { searchParams } = new URL(request.url);
  const search = (searchParams.get('q') ?? '').trim().slice(0, 255);
  const [stock, windows] = await Promise.all([
    readStock(resources.db, shop.accountId, { search, after: searchParams.get('after') }),
    readStockWindows(resources.db, shop.accountId, resources.now()),
  ]);
  return { ...stock, ...windows, search };
}

const typed = z.string().max(20);
const held = { by: z.enum(HELD_BACK_CHOICES), amount: typed };
const asked = z.object({
  form: z.object({
    everyone: z.object(held),
    stores: z.array(z.object({ ...held, shopId: z.uuid(), ownUnits: typed })).max(1_000),
  }),
  /** Stores whose own units are to be full again. */
  refill: z.array(z.uuid()).max(1_000),
});

export const action = actionOf('manage', notAllowed, act);

async function act({ request, resources, shop, actor }: Acting): Promise<ActionAnswer> {
  const { form, refill } = asked.parse(await request.json());
  const read = readStockRulesForm(form);
  if (read.kind === 'problem') return { ok: false, message: read.problem };
  const saved = await saveStockRules(resources, {
    accountId: shop.accountId,
    ...{ rules: read.rules, refill, causedBy: actor },
  });
  if (saved.kind === 'refused') return refusedAnswer(saved.problems);
  return { ok: true, message: refill.length > 0 ? 'Filled up' : 'Rules saved' };
}

export default function Stock() {
  const { stores, rules, rows, next, days, windows, oversold, search } = useLoaderData<typeof loader>();
  const fetcher = useFetcher<ActionAnswer>();
  const saved = stockRulesForm(
    rules,
    stores.map(({ shopId }) => shopId),
  );
  const [edited, setEdited] = useState<typeof saved | null>(null);
  const [query, setQuery] = useState(search);
  useAnswerToast(fetcher.data, (answer) => {
    if (answer.ok) setEdited(null);
  });
  useReadingAgain('seldom');
  const form = edited ?? saved;
  const names = new Map(stores.map(({ shopId, name }) => [shopId, name]));
  const submit = (rulesForm: typeof saved, refill: string[]) =>
    fetcher.submit(JSON.stringify({ form: rulesForm, refill }), {
      method: 'post',
      encType: 'application/json',
    });
  return (
    <PageFrame title="Shared stock">
      <SaveBar open={edited !== null && JSON.stringify(edited) !== JSON.stringify(saved)}>
        <button
          variant="primary"
          onClick={() => submit(form, [])}
          {...(fetcher.state === 'idle' ? {} : { loading: '' })}
        >
          Save
        </button>
        <button onClick={() => setEdited(null)}>Discard</button>
      </SaveBar>
      <BlockStack gap="400">
        <StockRulesCard
          names={names}
          form={form}
          onChange={setEdited}
          owners={new Set(rules.stores.filter(({ rule }) => rule.ownUnits > 0).map(({ shopId }) => shopId))}
          onRefill={(shopId) => submit(saved, [shopId])}
          isBusy={fetcher.state !== 'idle'}
        />
        <StockWindowsCard names={names} days={days} windows={windows} oversold={oversold} />
        <Card padding="0">
          <Box padding="400">
            <BlockStack gap="300">
              <Text as="h2" variant="headingMd">
                Stock by article
              </Text>
              <Form method="get" role="search">
                <TextField
                  label="Search by SKU or title"
                  name="q"
                  value={query}
                  onChange={setQuery}
                  autoComplete="off"
                  connectedRight={<Button submit>Search</Button>}
                />
              </Form>
              {rows.length === 0 && (
                <Text as="p" tone="subdued">
                  {search === ''
                    ? 'Nothing in your catalog has stock that is tracked.'
                    : 'No tracked article matches.'}
                </Text>
              )}
            </BlockStack>
          </Box>
          <StockList names={names} rows={rows} />
          <CursorPager parameter="after" next={next} label="Pages of articles" />
        </Card>
      </BlockStack>
    </PageFrame>
  );
}
