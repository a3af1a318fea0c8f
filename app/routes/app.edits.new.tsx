import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import type { ShouldRevalidateFunctionArgs } from '@remix-run/react';
import { z } from 'zod';
import type { EditProblem } from '~/core/bulk-edit';
import { EDIT_TARGETS } from '~/core/promotion';
import type { EditTarget } from '~/core/promotion';
import { readBulkEdit } from '~/db/pages/bulk-edits.server';
import { readChosenProducts, readEditChoices } from '~/db/pages/edit-choices.server';
import { catalogCurrency } from '~/db/store-rules.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { bulkChangesSchema, productSelectionSchema } from '~/sync/bulk-edit-schema';
import { previewDraft } from '~/sync/preview-draft';
import { readSkuFile } from '~/sync/read-sku-file';
import { deleteSavedEdit, listSavedEdits, saveEdit } from '~/sync/saved-edits';
import { schemaProblems } from '~/sync/schema-problems';
import { startBulkEdit } from '~/sync/start-bulk-edit';
import { EditEditor } from '~/ui/edit-editor';
import { LONGEST_NAME } from '~/ui/edit-name';
import { selectionForm } from '~/ui/edit-selection-form';
import { NO_TARGET, targetForm } from '~/ui/edit-target-form';
import type { EditorAnswer } from '~/ui/editor-requests';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'New bulk edit · Lockstep' }];

/** Titles of chosen products that are shown. */
const TITLES_SHOWN = 5;

const ids = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.uuid()).min(1));

const targetKind = z.enum(EDIT_TARGETS).catch('catalog');

const editTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('catalog') }),
  z.object({ kind: z.literal('store') }),
  z.object({
    kind: z.literal('promotion'),
    terms: z.object({
      startsAt: z.iso.datetime().transform((text) => new Date(text)),
      endsAt: z.iso
        .datetime()
        .transform((text) => new Date(text))
        .nullable(),
      priority: z.int(),
      showsBaseAsCompareAt: z.boolean(),
    }),
  }),
]) satisfies z.ZodType<EditTarget>;

/** Where an edit went that is made once more. */
function targetOf({
  target: kind,
  promotion: terms,
}: NonNullable<Awaited<ReturnType<typeof readBulkEdit>>>): EditTarget {
  if (kind !== 'promotion') return { kind };
  return terms === null ? { kind: 'catalog' } : { kind, terms };
}

/**
 * `ids`: products that were chosen on another page; or `selection`: a search; or `from`: an edit that is made once more.
 * `target`: where it applies.
 */
export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const { searchParams } = new URL(request.url);
  const wanted = ids.safeParse(searchParams.get('ids')).data ?? [];
  const from = z.uuid().safeParse(searchParams.get('from')).data;
  const [choices, chosen, saved, former] = await Promise.all([
    readEditChoices(resources.db, shop),
    readChosenProducts(resources.db, shop, wanted),
    listSavedEdits(resources, { shopId: shop.id }),
    from === undefined ? null : readBulkEdit(resources.db, shop.id, from),
  ]);
  const query = searchParams.get('selection') ?? '';
  const now = resources.now();
  return {
    selection:
      chosen.length > 0
        ? selectionForm({ kind: 'products', productIds: chosen.map(({ id }) => id) })
        : selectionForm({ kind: 'query', query }),
    chosenTitles: chosen.slice(0, TITLES_SHOWN).map(({ title }) => title),
    choices,
    currencyCode: shop.currencyCode,
    catalogCurrencyCode: (await catalogCurrency(resources.db, shop.accountId)) ?? shop.currencyCode,
    timeZone: shop.timezone,
    now: now.toISOString(),
    target: { ...NO_TARGET, kind: targetKind.parse(searchParams.get('target')) },
    again:
      former === null
        ? null
        : {
            name: former.name,
            selection: productSelectionSchema.parse(former.selection),
            changes: bulkChangesSchema.parse(former.changes),
            target: targetForm(targetOf(former), { timeZone: shop.timezone, now }),
          },
    saved: saved.map(({ id, name, selection, changes }) => ({ id, name, selection, changes })),
  };
}

const name = z.string().trim().min(1).max(LONGEST_NAME);

const asked = z.discriminatedUnion('intent', [
  z.object({
    intent: z.literal('preview'),
    asked: z.int(),
    selection: productSelectionSchema,
    changes: bulkChangesSchema.nullable(),
    target: editTarget,
  }),
  z.object({
    intent: z.literal('start'),
    name,
    selection: productSelectionSchema,
    changes: bulkChangesSchema,
    target: editTarget,
  }),
  z.object({
    intent: z.literal('save'),
    name,
    selection: productSelectionSchema,
    changes: bulkChangesSchema.nullable(),
  }),
  z.object({ intent: z.literal('delete'), id: z.uuid() }),
]);

export const action = actionOf({ intents: { preview: 'view' }, otherwise: 'edit' }, notAllowed, act);

/** Told where the editor shows what became of what it asked for. */
function notAllowed(message: string, intent: string | null): EditorAnswer {
  if (intent === 'save' || intent === 'delete') return { kind: 'saved', ok: false, message };
  if (intent === null) return { kind: 'skus', name: '', skus: [], problems: [message] };
  return { kind: 'refused', problems: [{ field: '', value: '', reason: message, remedy: '' }] };
}

async function act({ request, resources, shop, actor }: Acting): Promise<EditorAnswer> {
  if (request.headers.get('Content-Type')?.startsWith('multipart/form-data') === true) return skusOf(request);
  const shopId = shop.id;
  const body: unknown = await request.json();
  const read = asked.safeParse(body);
  if (!read.success) return refusal(body, schemaProblems(read.error));
  const wanted = read.data;
  switch (wanted.intent) {
    case 'preview': {
      const { selection, changes, target } = wanted;
      const draft = { shopId, accountId: shop.accountId, selection, changes, target };
      return { kind: 'preview', asked: wanted.asked, preview: await previewDraft(resources, draft) };
    }
    case 'start': {
      const { selection, changes, target } = wanted;
      return startBulkEdit(resources, {
        shopId,
        name: wanted.name,
        selection,
        changes,
        target,
        causedBy: actor,
        via: 'app',
        appliesItself: false,
      });
    }
    case 'save': {
      const { selection, changes } = wanted;
      await saveEdit(resources, { shopId, name: wanted.name, selection, changes, createdBy: actor });
      return { kind: 'saved', ok: true, message: `Saved as “${wanted.name}”` };
    }
    case 'delete': {
      const isDeleted = await deleteSavedEdit(resources, { shopId, id: wanted.id });
      return {
        kind: 'saved',
        ok: true,
        message: isDeleted ? 'Saved edit deleted' : 'It was deleted already',
      };
    }
  }
}

/** What the form lets through and the schemas do not: told where it was typed, so that the page stays as it is. */
function refusal(body: unknown, problems: EditProblem[]): EditorAnswer {
  const preview = z.object({ intent: z.literal('preview'), asked: z.int() }).safeParse(body).data;
  if (preview === undefined) {
    const isKept = z.object({ intent: z.enum(['save', 'delete']) }).safeParse(body).success;
    if (!isKept) return { kind: 'refused', problems };
    const [first] = problems;
    return { kind: 'saved', ok: false, message: `Not saved. ${first?.reason ?? ''} ${first?.remedy ?? ''}` };
  }
  const missing = { count: 0, first: [] };
  return {
    kind: 'preview',
    asked: preview.asked,
    preview: { selected: null, missing, rows: null, problems },
  };
}

/** Far more than the longest list takes. */
const MAX_SKU_FILE_BYTES = 20_000_000;

async function skusOf(request: Request): Promise<EditorAnswer> {
  const refused = (problem: string): EditorAnswer => ({
    kind: 'skus',
    name: '',
    skus: [],
    problems: [problem],
  });
  if (Number(request.headers.get('Content-Length') ?? 0) > MAX_SKU_FILE_BYTES)
    return refused('The file is larger than 20 MB. Leave only the column of the SKUs.');
  const file = (await request.formData()).get('skus');
  if (!(file instanceof File)) return refused('No file arrived. Choose it again.');
  const read = await readSkuFile(new Uint8Array(await file.arrayBuffer()));
  return { kind: 'skus', name: file.name, ...read };
}

/** What is typed changes nothing that was loaded: only what is saved or deleted does. */
export function shouldRevalidate({ actionResult, defaultShouldRevalidate }: ShouldRevalidateFunctionArgs) {
  const told = z.object({ kind: z.string() }).safeParse(actionResult).data;
  return told === undefined ? defaultShouldRevalidate : told.kind === 'saved';
}

export default function NewEdit() {
  return <EditEditor data={useLoaderData<typeof loader>()} />;
}
