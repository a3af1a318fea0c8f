import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { json } from '@remix-run/node';
import { useFetcher, useLoaderData } from '@remix-run/react';
import { SaveBar } from '@shopify/app-bridge-react';
import { Banner, BlockStack, Layout, Text } from '@shopify/polaris';
import { useEffect, useRef, useState } from 'react';
import { z } from 'zod';
import type { EditProblem } from '~/core/bulk-edit';
import { storeRulesProblems } from '~/core/store-rules-check';
import { readStoreRules } from '~/db/pages/store-rules.server';
import { storeRulesInput } from '~/db/store-rules.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { takeRefusedRate } from '~/sync/keep-store-rules';
import { previewStoreRules } from '~/sync/preview-store-rules';
import { todayIn } from '~/sync/rate-in-force';
import { saveStoreRules } from '~/sync/save-store-rules';
import type { ActionAnswer } from '~/ui/action-answer';
import { notAllowed, refusedAnswer, useAnswerToast } from '~/ui/action-answer';
import { formatInstant } from '~/ui/formats';
import { useReadingAgain } from '~/ui/live';
import { PageFrame } from '~/ui/page-frame';
import { ProductsCard, TextsCard } from '~/ui/store-products-cards';
import { ConversionCard, MarkupCard, ShownCard } from '~/ui/store-rules-cards';
import { problemText, rulesForm, rulesOf } from '~/ui/store-rules-form';
import { StoreRulesPreview } from '~/ui/store-rules-preview';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Store rules · Lockstep' }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  return {
    ...(await readStoreRules(resources.db, shop)),
    storeName: shop.name === '' ? shop.domain : shop.name,
    timeZone: shop.timezone,
    today: todayIn(shop.timezone, resources.now()),
  };
}

const asked = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('preview'), rules: storeRulesInput }),
  z.object({ intent: z.literal('save'), rules: storeRulesInput, catalogCurrencyCode: z.string().max(40) }),
  z.object({ intent: z.literal('take-rate') }),
]);

interface Answered {
  answer: ActionAnswer | null;
  problems: EditProblem[];
  preview: Extract<Awaited<ReturnType<typeof previewStoreRules>>, { kind: 'preview' }> | null;
}

const answered = (part: Partial<Answered>) =>
  json({ answer: null, problems: [], preview: null, ...part } satisfies Answered);

export const action = actionOf(
  { intents: { preview: 'view', 'take-rate': 'review' }, otherwise: 'manage' },
  (message) => answered({ answer: notAllowed(message) }),
  act,
);

async function act({ request, resources, shop, actor }: Acting) {
  const read = asked.parse(await request.json());
  const shopId = shop.id;
  switch (read.intent) {
    case 'preview': {
      const preview = await previewStoreRules(resources, { shopId, rules: read.rules });
      return preview.kind === 'preview' ? answered({ preview }) : answered({ problems: preview.problems });
    }
    case 'take-rate': {
      const isTaken = await takeRefusedRate(resources, { shopId, actor });
      return answered({
        answer: isTaken
          ? { ok: true, message: 'Rate taken' }
          : { ok: false, message: 'The feed tells another rate by now' },
      });
    }
    case 'save': {
      const { rules, catalogCurrencyCode } = read;
      const saved = await saveStoreRules(resources, {
        ...{ shopId, rules, actor },
        catalogCurrencyCode: rules.conversion.by === 'none' ? null : catalogCurrencyCode,
      });
      return saved.kind === 'refused'
        ? answered({ problems: saved.problems, answer: refusedAnswer(saved.problems) })
        : answered({ answer: { ok: true, message: 'Store rules saved' } });
    }
  }
}

/** Typing asks only after this pause. */
const TYPING_PAUSE_MS = 500;

export default function StoreRules() {
  const saved = useLoaderData<typeof loader>();
  const savedForm = rulesForm(saved.rules, saved.catalogCurrencyCode);
  const [form, setForm] = useState(savedForm);
  const [refused, setRefused] = useState<EditProblem[]>([]);
  const save = useFetcher<typeof action>();
  const preview = useFetcher<typeof action>();
  const take = useFetcher<typeof action>();
  useReadingAgain(saved.isCarrying ? 'often' : 'never');
  useAnswerToast(take.data?.answer);
  useAnswerToast(save.data?.answer, ({ ok }) => {
    setRefused(save.data?.problems ?? []);
    // As it was stored: trimmed, in order, and without the address.
    if (ok) setForm((typed) => rulesForm(rulesOf(typed), typed.catalogCurrencyCode));
  });

  const rules = rulesOf(form);
  const changed = JSON.stringify(form) !== JSON.stringify(savedForm);
  const problems = [
    ...(changed ? storeRulesProblems(rules, { currencyCode: saved.currencyCode, today: saved.today }) : []),
    ...refused,
  ];
  const change = (part: Partial<typeof form>) => {
    setRefused([]);
    setForm((before) => ({ ...before, ...part }));
  };
  const wanted = problems.length > 0 ? null : JSON.stringify({ intent: 'preview', rules });
  const { submit } = preview;
  const isFirst = useRef(true);
  useEffect(() => {
    if (wanted === null) return;
    const pause = isFirst.current ? 0 : TYPING_PAUSE_MS;
    isFirst.current = false;
    const timer = setTimeout(() => submit(wanted, { method: 'post', encType: 'application/json' }), pause);
    return () => clearTimeout(timer);
  }, [wanted, submit]);
  const send = () =>
    save.submit(JSON.stringify({ intent: 'save', rules, catalogCurrencyCode: form.catalogCurrencyCode }), {
      method: 'post',
      encType: 'application/json',
    });
  const card = {
    ...{ form, onChange: change, currencyCode: saved.currencyCode },
    problemOf: (field: string) => problemText(problems, field),
  };

  return (
    <PageFrame
      title="Store rules"
      subtitle={`Which products ${saved.storeName} gets, and how its prices and texts follow from your catalog’s`}
      backAction={{ content: 'Prices', url: '/app/prices' }}
    >
      <SaveBar open={changed}>
        <button variant="primary" onClick={send} {...(save.state === 'idle' ? {} : { loading: '' })}>
          Save
        </button>
        <button
          onClick={() => {
            setForm(savedForm);
            setRefused([]);
          }}
        >
          Discard
        </button>
      </SaveBar>
      <Layout>
        <Layout.Section>
          <BlockStack gap="400">
            {saved.isCarrying && (
              <Banner tone="info" title="The new rules are on their way">
                A sync of the whole store starts in a moment, or after the one that is under way.
              </Banner>
            )}
            {saved.feedProblem !== null && (
              <Banner tone="warning" title="The rate could not be read">
                {`${saved.feedProblem} The last good rate, ${saved.rate ?? 'none'}, stays in force.`}
              </Banner>
            )}
            {saved.refused !== null && (
              <Banner
                tone="warning"
                title={`The rate ${saved.refused.rate} was not taken`}
                action={{
                  content: 'Take this rate',
                  loading: take.state !== 'idle',
                  onAction: () =>
                    take.submit(JSON.stringify({ intent: 'take-rate' }), {
                      method: 'post',
                      encType: 'application/json',
                    }),
                }}
              >
                {`It is ${saved.refused.movedPercent}% away from ${saved.rate ?? 'none'}, which stays in force. Told on ${formatInstant(saved.refused.toldAt, saved.timeZone)}.`}
              </Banner>
            )}
            <ProductsCard {...card} />
            <ConversionCard
              {...card}
              today={saved.today}
              hasAddress={saved.rules?.conversion.by === 'feed'}
            />
            <MarkupCard {...card} />
            <ShownCard {...card} />
            <TextsCard {...card} />
            <Text as="p" tone="subdued">
              {saved.changedAt === null
                ? 'This store has no rules: it holds what your catalog says.'
                : `${saved.rate === null ? '' : `Rate in force: ${saved.rate}. `}Last changed by ${saved.changedBy ?? 'nobody'} on ${formatInstant(saved.changedAt, saved.timeZone)}.`}
            </Text>
          </BlockStack>
        </Layout.Section>
        <Layout.Section variant="oneThird">
          {preview.data?.preview != null && (
            <StoreRulesPreview
              rows={preview.data.preview.rows}
              products={preview.data.preview.products}
              found={preview.data.preview.found}
              currencyCode={saved.currencyCode}
            />
          )}
        </Layout.Section>
      </Layout>
    </PageFrame>
  );
}
