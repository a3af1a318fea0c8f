import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { json } from '@remix-run/node';
import { useFetcher, useLoaderData } from '@remix-run/react';
import { SaveBar } from '@shopify/app-bridge-react';
import { BlockStack } from '@shopify/polaris';
import { useState } from 'react';
import { z } from 'zod';
import { SYNC_MODES } from '~/core/canary';
import type { SyncMode } from '~/core/canary';
import { CONFLICT_POLICIES } from '~/core/decision';
import { FIELD_GROUPS } from '~/core/field-group';
import { readLocationNames } from '~/db/pages/conflicts.server';
import { readPolicies } from '~/db/pages/policies.server';
import { readProductQuery } from '~/db/pages/product-query';
import { readProducts } from '~/db/pages/products.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { previewPolicies } from '~/sync/preview-policies';
import { savePolicies } from '~/sync/save-policies';
import { setSyncMode } from '~/sync/set-sync-mode';
import { useAnswerToast } from '~/ui/action-answer';
import type { ActionAnswer } from '~/ui/action-answer';
import { PageFrame } from '~/ui/page-frame';
import {
  GroupPoliciesCard,
  ModeCard,
  percentProblem,
  ProductRulesCard,
  StorePolicyCard,
} from '~/ui/policy-cards';
import { policiesOf, policyForm } from '~/ui/policy-form';
import { PolicyPreviewModal } from '~/ui/policy-preview';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Policies · Lockstep' }];

const PRODUCTS_FOUND = 8;

/** With `find` in the address, products by these words; else the page. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const words = new URL(request.url).searchParams.get('find');
  const [page, found, locations] = await Promise.all([
    readPolicies(resources.db, shop),
    words === null
      ? null
      : readProducts(resources.db, shop, readProductQuery(new URLSearchParams({ q: words }))),
    readLocationNames(resources.db, [shop.id]),
  ]);
  return {
    ...page,
    locations,
    found: found?.rows.slice(0, PRODUCTS_FOUND).map(({ id, title }) => ({ id, title })) ?? null,
  };
}

const fieldPolicy = {
  conflict: z.enum(CONFLICT_POLICIES),
  holdAbovePercent: z.number().positive().max(1_000_000).nullable(),
};

const edited = z.object({
  intent: z.enum(['preview', 'save']),
  policies: z.object({
    store: z.object({ ...fieldPolicy, deletion: z.enum(['archive', 'delete']) }),
    rules: z.array(
      z.object({
        ...fieldPolicy,
        productId: z.uuid().nullable(),
        fieldGroup: z.enum(FIELD_GROUPS).nullable(),
      }),
    ),
  }),
  mode: z.enum(SYNC_MODES),
  canaryPercent: z.int().min(1).max(100),
});

export const action = actionOf(
  { intents: { preview: 'view' }, otherwise: 'manage' },
  (message) => json({ preview: null, answer: refused(message) }),
  act,
);

async function act({ request, resources, shop, actor }: Acting) {
  const { intent, policies, mode, canaryPercent } = edited.parse(await request.json());
  const shopId = shop.id;
  if (intent === 'preview') {
    const preview = await previewPolicies(resources, { shopId, proposed: policies });
    return json({ preview, answer: null });
  }
  const saved = await savePolicies(resources, { shopId, policies, actor });
  if (saved.kind === 'refused') return json({ preview: null, answer: refused(saved.message) });
  await setSyncMode(resources, { shopId, mode, canaryPercent, actor });
  return json({ preview: null, answer: { ok: true, message: 'Policies saved' } satisfies ActionAnswer });
}

const refused = (message: string): ActionAnswer => ({ ok: false, message });

const MODE_NOTES: Record<SyncMode, string> = {
  live: 'Going live: a sync starts and writes what was only reported. The report starts anew.',
  shadow: 'Shadow mode: from now on nothing is written. A sync starts and fills the report.',
  canary: 'Canary: a sync starts and writes only that share of the products; the others are reported.',
};

export default function Policies() {
  const saved = useLoaderData<typeof loader>();
  const savedForm = policyForm(saved.policies);
  const [form, setForm] = useState(savedForm);
  const [mode, setMode] = useState(saved.mode);
  const [percent, setPercent] = useState(String(saved.canaryPercent));
  const [titles, setTitles] = useState(saved.titles);
  const [isPreviewShown, setPreviewShown] = useState(false);
  const preview = useFetcher<typeof action>();
  const save = useFetcher<typeof action>();
  const search = useFetcher<typeof loader>();
  const [problem, setProblem] = useState<ActionAnswer | null>(null);
  useAnswerToast(problem);
  useAnswerToast(save.data?.answer, ({ ok }) => {
    if (ok) setPreviewShown(false);
  });

  const modeChanged =
    mode !== saved.mode || (mode === 'canary' && percent.trim() !== String(saved.canaryPercent));
  const changed = modeChanged || JSON.stringify(form) !== JSON.stringify(savedForm);
  const send = (fetcher: typeof preview, intent: 'preview' | 'save') => {
    const read = policiesOf(form);
    const share = percentProblem(percent);
    if (!read.ok) return setProblem(refused(read.message));
    if (mode === 'canary' && share !== null) return setProblem(refused(share));
    setPreviewShown(true);
    const canaryPercent = share === null ? Number(percent) : saved.canaryPercent;
    fetcher.submit(JSON.stringify({ intent, policies: read.policies, mode, canaryPercent }), {
      method: 'post',
      encType: 'application/json',
    });
  };
  const discard = () => {
    setForm(savedForm);
    setMode(saved.mode);
    setPercent(String(saved.canaryPercent));
  };

  return (
    <PageFrame title="Policies" backAction={{ content: 'Settings', url: '/app/settings' }}>
      <SaveBar open={changed}>
        <button
          variant="primary"
          onClick={() => send(preview, 'preview')}
          {...(preview.state === 'idle' ? {} : { loading: '' })}
        >
          Save
        </button>
        <button onClick={discard}>Discard</button>
      </SaveBar>
      <BlockStack gap="400">
        <StorePolicyCard form={form} onChange={setForm} />
        <GroupPoliciesCard form={form} onChange={setForm} />
        <ProductRulesCard
          form={form}
          onChange={setForm}
          titles={titles}
          found={search.data?.found ?? null}
          searching={search.state !== 'idle'}
          onSearch={(words) => search.load(`/app/policies?${new URLSearchParams({ find: words })}`)}
          onNamed={({ id, title }) => setTitles((before) => ({ ...before, [id]: title }))}
        />
        <ModeCard
          mode={mode}
          percent={percent}
          onChange={(chosen, share) => {
            setMode(chosen);
            setPercent(share);
          }}
        />
      </BlockStack>
      {isPreviewShown && preview.state === 'idle' && preview.data?.preview && (
        <PolicyPreviewModal
          preview={preview.data.preview}
          locations={saved.locations}
          modeNote={modeChanged ? MODE_NOTES[mode] : null}
          saving={save.state !== 'idle'}
          onConfirm={() => send(save, 'save')}
          onClose={() => setPreviewShown(false)}
        />
      )}
    </PageFrame>
  );
}
