import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useFetcher, useLoaderData } from '@remix-run/react';
import { BlockStack } from '@shopify/polaris';
import { useState } from 'react';
import { z } from 'zod';
import { readBulkEdit, readBulkEditFields } from '~/db/pages/bulk-edits.server';
import { readFieldNames } from '~/db/pages/edit-names.server';
import { readAskedAgain } from '~/db/pages/edits-asked-again.server';
import { readPromotion } from '~/db/pages/promotions.server';
import { readLocationNames } from '~/db/pages/value-names.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { bulkChangesSchema, productSelectionSchema } from '~/sync/bulk-edit-schema';
import { cancelBulkEdit } from '~/sync/cancel-bulk-edit';
import { confirmBulkEdit } from '~/sync/confirm-bulk-edit';
import { planMovedAgain } from '~/sync/plan-moved-again';
import { undoBulkEdit } from '~/sync/undo-bulk-edit';
import { notAllowed, useAnswerToast } from '~/ui/action-answer';
import { TypedConfirmation } from '~/ui/typed-confirmation';
import { againAnswer, applyAnswer, cancelAnswer, undoAnswer } from '~/ui/edit-answers';
import type { EditAnswer } from '~/ui/edit-answers';
import { EditBanners } from '~/ui/edit-banners';
import { EditFieldsCard } from '~/ui/edit-fields-card';
import { ApplyingCard, PlanningCard } from '~/ui/edit-progress';
import { EditPurpose, EditResult, PlanSummary, ScheduledBanner } from '~/ui/edit-summary';
import { isEditActive, isEditEnded, viewFilter } from '~/ui/edit-views';
import {
  changeSentence,
  editStateWords,
  CONSEQUENCES,
  guardWords,
  selectionSentence,
  targetSentences,
} from '~/ui/edit-words';
import type { PromotionTermsText } from '~/ui/edit-words';
import { useFileDownload } from '~/ui/file-download';
import { useFollow } from '~/ui/follow-answer';
import { counted, formatInstant } from '~/ui/formats';
import { useReadingAgain } from '~/ui/live';
import { PageFrame } from '~/ui/page-frame';
import { promotionStateWords } from '~/ui/promotion-words';
import { StateBadge } from '~/ui/state-badge';
import { isRunActive } from '~/ui/state-words';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Bulk edit · Lockstep' }];

const FIELDS_A_PAGE = 50;

/** The position a page of fields goes on after; before the first where the address gives none. */
const place = z.coerce.number().int().min(-1).max(2_147_483_647).catch(-1);

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { resources, shop, actor } = await authenticateShop(request);
  const { db } = resources;
  const notFound = () => new Response('There is no such bulk edit in this store.', { status: 404 });
  const editId = z.uuid().safeParse(params['id']).data;
  if (editId === undefined) throw notFound();
  const { searchParams } = new URL(request.url);
  const view = searchParams.get('show');
  const after = place.parse(searchParams.get('after') ?? -1);
  const [found, page, locations] = await Promise.all([
    readBulkEdit(db, shop.id, editId),
    readBulkEditFields(db, shop.id, editId, { ...viewFilter(view), after, limit: FIELDS_A_PAGE }),
    readLocationNames(db, shop.id),
  ]);
  if (found === null) throw notFound();
  const isScheduled = found.target === 'promotion' && found.state === 'finished';
  const [ids, askedAgain, promotion] = await Promise.all([
    readFieldNames(db, shop.accountId, page.rows),
    found.fieldsMoved > 0 && isEditEnded(found.state) ? readAskedAgain(db, shop.id, editId) : null,
    isScheduled ? readPromotion(db, shop.id, editId) : null,
  ]);
  // A selection may list 50,000 products: only what it says goes to the browser.
  const { changes, selection: stored, promotion: planned, ...edit } = found;
  const terms = promotion ?? termsText(planned);
  const selection = productSelectionSchema.parse(stored);
  return {
    edit,
    products: selectionSentence(selection),
    what: bulkChangesSchema.parse(changes).map((change) => changeSentence(change, locations)),
    where: targetSentences(edit.target, terms, shop.timezone),
    scheduled: promotion && {
      state: promotion.state,
      activatedAt: promotion.activatedAt,
      startsAt: promotion.startsAt,
      endsAt: promotion.endsAt,
    },
    isScheduled,
    fields: page.rows,
    next: page.next === null ? null : String(page.next),
    view: view ?? 'all',
    names: { ids, locations },
    askedAgain,
    // The editor knows products, not single fields of them.
    canEditAgain: edit.undoOf === null && !('fieldsMovedIn' in selection),
    needsSecondPerson: edit.guard.length > 0 && shop.guardSecondPerson && edit.causedBy === actor,
    isFirstSyncDone: shop.adoptedAt !== null,
    isLive: shop.syncMode === 'live',
    now: resources.now().toISOString(),
    timeZone: shop.timezone,
  };
}

type Terms = NonNullable<Awaited<ReturnType<typeof readBulkEdit>>>['promotion'];

/** Terms as the browser gets them. */
function termsText(terms: Terms): PromotionTermsText | null {
  return (
    terms && {
      ...terms,
      startsAt: terms.startsAt.toISOString(),
      endsAt: terms.endsAt?.toISOString() ?? null,
    }
  );
}

const asked = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('apply'), confirmation: z.string().optional() }),
  z.object({ intent: z.literal('cancel') }),
  z.object({
    intent: z.literal('undo'),
    /** None: all. */
    products: z
      .string()
      .transform((ids) => ids.split(',').filter((id) => id !== ''))
      .pipe(z.array(z.uuid())),
  }),
  z.object({ intent: z.literal('again') }),
]);

export const action = actionOf({ intents: { apply: 'review' }, otherwise: 'edit' }, notAllowed, act);

async function act({ request, params, resources, shop, actor }: Acting): Promise<EditAnswer> {
  const editId = z.uuid().parse(params['id']);
  const form = asked.parse(Object.fromEntries(await request.formData()));
  const edit = { shopId: shop.id, editId, causedBy: actor };
  switch (form.intent) {
    case 'apply': {
      const confirmation = form.confirmation ?? null;
      return applyAnswer(await confirmBulkEdit(resources, { ...edit, confirmation }));
    }
    case 'cancel':
      return cancelAnswer(await cancelBulkEdit(resources, edit));
    case 'undo': {
      const undo = { ...edit, productIds: form.products, via: 'app', appliesItself: false } as const;
      return undoAnswer(await undoBulkEdit(resources, undo));
    }
    case 'again':
      return againAnswer(await planMovedAgain(resources, edit));
  }
}

export default function BulkEdit() {
  const data = useLoaderData<typeof loader>();
  const { edit, timeZone } = data;
  const fetcher = useFetcher<typeof action>();
  const [isConfirming, setConfirming] = useState(false);
  const file = useFileDownload(`/app/edits/${edit.id}/csv`, 'bulk-edit.csv');
  useAnswerToast(fetcher.data, () => setConfirming(false));
  useFollow(fetcher, fetcher.data?.editId === undefined ? null : `/app/edits/${fetcher.data.editId}`);
  const isFollowed = edit.run !== null && isRunActive(edit.run.state);
  const isActive = isEditActive(edit.state) || isFollowed;
  useReadingAgain(isActive ? 'often' : edit.state === 'planned' ? 'seldom' : 'never');

  const intent = fetcher.formData?.get('intent');
  const isBusy = fetcher.state !== 'idle';
  const ask = (form: { [name: string]: string }) => fetcher.submit(form, { method: 'post' });
  const cancel = () => ask({ intent: 'cancel' });
  const undo = (productIds: string[]) => ask({ intent: 'undo', products: productIds.join(',') });
  const isPlanned = edit.state === 'planned';
  const isEnded = isEditEnded(edit.state);
  const isPromotion = edit.target === 'promotion';
  const canUndo = isEnded && edit.fieldsApplied > 0 && !isPromotion;
  const stateWords =
    data.scheduled === null ? editStateWords(edit.state, edit.target) : promotionStateWords(data.scheduled);
  const confirmWords = isPromotion
    ? `Schedule for ${counted(edit.productsToChange, 'product')}`
    : `Apply to ${counted(edit.productsToChange, 'product')}`;
  const apply = () => (edit.guard.length > 0 ? setConfirming(true) : ask({ intent: 'apply' }));
  const shopifyNote = data.isFirstSyncDone
    ? data.isLive
      ? null
      : 'The sync does not write every product to Shopify now: see Policies.'
    : 'It goes to Shopify with your first sync.';

  return (
    <PageFrame
      title={edit.name}
      titleMetadata={<StateBadge words={stateWords} />}
      subtitle={`${edit.causedBy}${edit.via === 'api' ? ' by API' : ''} · ${formatInstant(edit.createdAt, timeZone)}`}
      backAction={{ content: 'Bulk edits', url: '/app/edits' }}
      {...(isPlanned && {
        primaryAction: {
          content: confirmWords,
          onAction: apply,
          disabled: edit.fieldsToChange === 0 || data.needsSecondPerson,
          loading: isBusy && intent === 'apply',
        },
      })}
      secondaryActions={[
        ...(isPlanned
          ? [{ content: 'Cancel edit', onAction: cancel, loading: isBusy && intent === 'cancel' }]
          : []),
        ...(canUndo
          ? [{ content: 'Undo', onAction: () => undo([]), loading: isBusy && intent === 'undo' }]
          : []),
        ...((isPlanned || isEnded) && data.canEditAgain
          ? [{ content: 'Edit again', url: `/app/edits/new?from=${edit.id}` }]
          : []),
        ...(edit.state === 'planning'
          ? []
          : [
              {
                content: isEnded && !isPromotion ? 'Results as CSV' : 'Plan as CSV',
                onAction: () => void file.start(),
                loading: file.busy,
              },
            ]),
      ]}
    >
      <BlockStack gap="400">
        <EditBanners
          edit={edit}
          askedAgain={data.askedAgain}
          needsSecondPerson={data.needsSecondPerson}
          fileProblem={file.problem}
          asking={isBusy}
          onAgain={() => ask({ intent: 'again' })}
        />
        {edit.state === 'planning' && (
          <PlanningCard edit={edit} now={data.now} cancelling={intent === 'cancel'} onCancel={cancel} />
        )}
        {(edit.state === 'applying' || isFollowed) && (
          <ApplyingCard edit={edit} now={data.now} cancelling={intent === 'cancel'} onCancel={cancel} />
        )}
        {data.isScheduled ? (
          <ScheduledBanner editId={edit.id} promotion={data.scheduled} timeZone={timeZone} />
        ) : (
          isEnded && <EditResult edit={edit} note={shopifyNote} timeZone={timeZone} />
        )}
        <EditPurpose
          products={data.products}
          what={data.what}
          where={data.where}
          undoes={edit.undoes}
          undoneBy={edit.undoneBy}
        />
        {isPlanned && <PlanSummary edit={edit} note={shopifyNote} />}
        {edit.state !== 'planning' && (
          <EditFieldsCard
            key={`${data.view} ${data.fields[0]?.position}`}
            edit={edit}
            fields={data.fields}
            next={data.next}
            view={data.view}
            names={data.names}
            timeZone={timeZone}
            isPlanOnly={data.isScheduled}
            {...(canUndo ? { onUndo: undo } : {})}
          />
        )}
      </BlockStack>
      {isConfirming && (
        <TypedConfirmation
          confirm={confirmWords}
          products={edit.productsToChange}
          consequence={CONSEQUENCES[edit.target]}
          reasons={edit.guard.map(guardWords)}
          applying={isBusy}
          onApply={(confirmation) => ask({ intent: 'apply', confirmation })}
          onClose={() => setConfirming(false)}
        />
      )}
    </PageFrame>
  );
}
