import { useFetcher } from '@remix-run/react';
import {
  Banner,
  BlockStack,
  Box,
  Button,
  Card,
  InlineGrid,
  PageActions,
  useBreakpoints,
} from '@shopify/polaris';
import { PlusIcon } from '@shopify/polaris-icons';
import { useEffect, useState } from 'react';
import { useAnswerToast } from './action-answer';
import { useFollow } from './follow-answer';
import type { EditorAnswer, EditorRequest, SavedEditRow } from './editor-requests';
import { EditChangeCard } from './edit-change-card';
import { newChange } from './edit-change-form';
import type { ChangeForm, ControlProblem } from './edit-change-form';
import { focusControl, TextControl } from './edit-controls';
import { controlProblem, loadedEdit, newEdit, readEdit } from './edit-form';
import type { EditForm } from './edit-form';
import { LONGEST_NAME, suggestedName } from './edit-name';
import { EditPreviewCard } from './edit-preview-card';
import { EditSelectionCard } from './edit-selection-card';
import type { FilterChoices } from './edit-selection-card';
import { SelectedCounts } from './edit-selected-counts';
import type { SelectionForm } from './edit-selection-form';
import { EditTargetCard } from './edit-target-card';
import { fieldsFor } from './edit-target-form';
import type { TargetForm } from './edit-target-form';
import { useLivePreview } from './live-preview';
import { PageFrame } from './page-frame';
import { SavedEditsModal, SaveEditModal } from './saved-edit-modals';

export interface EditorData {
  /** What the page was opened with. */
  selection: SelectionForm;
  /** The first of the products that were chosen, by title. */
  chosenTitles: string[];
  choices: FilterChoices & { locations: { gid: string; name: string }[] };
  currencyCode: string;
  /** Of the catalog's prices, where a store converts them. */
  catalogCurrencyCode: string;
  timeZone: string;
  /** When the page was opened (ISO 8601). */
  now: string;
  /** Where the page was opened to make an edit of. */
  target: TargetForm;
  /** An edit that is made once more. */
  again: (Omit<SavedEditRow, 'id'> & { target: TargetForm }) | null;
  saved: SavedEditRow[];
}

/** Changes that one edit may hold. */
const MOST_CHANGES = 20;

const NO_PRODUCT: ControlProblem = {
  control: '',
  message: 'No product is selected. Change the filters, the search or the list.',
  isMissing: false,
};

const JSON_POST = { method: 'post', encType: 'application/json' } as const;

/** The editor of bulk edits: which products, what to change, and at once what that would do. */
export function EditEditor({ data }: { data: EditorData }) {
  const { choices, saved } = data;
  const locations = Object.fromEntries(choices.locations.map(({ gid, name }) => [gid, name]));
  const [form, setForm] = useState<EditForm>(() => {
    const form = newEdit(data.selection, data.target);
    return data.again === null ? form : loadedEdit(data.again, form);
  });
  const currencyCode = form.target.kind === 'catalog' ? data.catalogCurrencyCode : data.currencyCode;
  const shop = { currencyCode, timeZone: data.timeZone, now: new Date(data.now) };
  const [isAsked, setAsked] = useState(false);
  const [sent, setSent] = useState('');
  /** Where to go on once it is shown: what had the focus may be gone. */
  const [focus, setFocus] = useState<{ control: string } | null>(null);
  const [dialog, setDialog] = useState<'save' | 'load' | null>(null);
  const { mdDown } = useBreakpoints();
  const start = useFetcher<EditorAnswer>();
  const keep = useFetcher<EditorAnswer>();
  const file = useFetcher<EditorAnswer>();

  const read = readEdit(form, shop);
  const { selection, changes, target } = read;
  const { preview, isStale } = useLivePreview(selection, changes, read.draftTarget);
  const suggested =
    selection === null || changes === null ? '' : suggestedName(changes, selection, locations);
  // What was refused is of no interest once the edit is another.
  const wanted = JSON.stringify({ selection, changes, target });
  const refused = start.data?.kind === 'refused' && sent === wanted ? start.data.problems : [];
  const told = [...(isStale ? [] : (preview?.problems ?? [])), ...refused];
  const isNothing = !isStale && preview?.selected?.products === 0;
  const problems: ControlProblem[] = [
    ...read.problems.filter(({ isMissing }) => isAsked || !isMissing),
    ...told.map((problem) => controlProblem(problem, form.changes)),
    ...(isAsked && isNothing ? [NO_PRODUCT] : []),
  ];
  const problemOf = (control: string) => problems.find((one) => one.control === control)?.message;
  const loose = problems.filter(({ control }) => control === '' || control === 'changes');

  useEffect(() => {
    if (focus !== null) focusControl(focus.control);
  }, [focus]);
  useFollow(start, start.data?.kind === 'started' ? `/app/edits/${start.data.editId}` : null);
  useAnswerToast(keep.data?.kind === 'saved' ? keep.data : null, ({ ok }) => {
    if (ok && dialog === 'save') setDialog(null);
  });
  const skuFile = file.data?.kind === 'skus' ? file.data : null;
  const skus = useTaken(skuFile);
  if (skus !== null && skus.skus.length > 0)
    setForm({
      ...form,
      selection: { ...form.selection, way: 'skus', skuList: { name: skus.name, skus: skus.skus } },
    });

  const ask = (fetcher: typeof start, request: EditorRequest) =>
    fetcher.submit(JSON.stringify(request), JSON_POST);
  const review = () => {
    setAsked(true);
    const [first] = read.problems;
    if (selection === null || changes === null || target === null) {
      if (first !== undefined) focusControl(first.control);
      return;
    }
    if (isNothing) return;
    setSent(wanted);
    const name = form.name.trim() === '' ? suggested : form.name.trim();
    ask(start, { intent: 'start', name, selection, changes, target });
  };
  // On what is there by then: uploads end when they end.
  const setChange = (at: number, part: Partial<ChangeForm>) =>
    setForm((now) => ({
      ...now,
      changes: now.changes.map((one, index) => (index === at ? { ...one, ...part } : one)),
    }));
  const add = () => {
    const fields = fieldsFor(form.target.kind);
    const field =
      fields.find((one) => form.changes.every((change) => change.field !== one)) ?? fields.at(-1) ?? 'tags';
    const id = String(1 + Math.max(-1, ...form.changes.map((change) => Number(change.id))));
    setForm({ ...form, changes: [...form.changes, newChange(field, id)] });
    setFocus({ control: `changes.${form.changes.length}.field` });
  };
  const load = (edit: SavedEditRow) => {
    setForm(loadedEdit(edit, form));
    setAsked(false);
    setDialog(null);
  };

  const isReviewing = start.state !== 'idle' || start.data?.kind === 'started';
  const isPromotion = form.target.kind === 'promotion';
  // Who came for a promotion or for one store begins there.
  const isTargetFirst = data.target.kind !== 'catalog';
  const targetCard = (
    <EditTargetCard
      form={form.target}
      onChange={(part) => setForm({ ...form, target: { ...form.target, ...part } })}
      problemOf={problemOf}
      timeZone={data.timeZone}
    />
  );
  const primaryAction = { content: 'Review all changes', onAction: review, loading: isReviewing };
  return (
    <PageFrame
      title={isPromotion ? 'New promotion' : 'New bulk edit'}
      fullWidth
      backAction={
        isPromotion
          ? { content: 'Promotions', url: '/app/promotions' }
          : { content: 'Bulk edits', url: '/app/edits' }
      }
      primaryAction={primaryAction}
      secondaryActions={[
        { content: 'Saved edits', onAction: () => setDialog('load') },
        { content: 'Save for later', onAction: () => setDialog('save'), disabled: selection === null },
      ]}
    >
      <BlockStack gap="400">
        {loose.length > 0 && (
          <Banner tone="critical" title="This edit cannot be made as it is">
            {loose.map(({ message }) => (
              <p key={message}>{message}</p>
            ))}
          </Banner>
        )}
        <InlineGrid columns={{ xs: 1, lg: 'minmax(0, 2fr) minmax(0, 3fr)' }} gap="400" alignItems="start">
          <BlockStack gap="400">
            {isTargetFirst && targetCard}
            <EditSelectionCard
              form={form.selection}
              onChange={(chosen) => setForm({ ...form, selection: chosen })}
              problemOf={problemOf}
              choices={choices}
              chosenTitles={form.selection.productIds === data.selection.productIds ? data.chosenTitles : []}
              onFile={(chosen) => {
                const body = new FormData();
                body.set('skus', chosen);
                file.submit(body, { method: 'post', encType: 'multipart/form-data' });
              }}
              readingFile={file.state !== 'idle'}
              fileProblems={skuFile?.problems ?? []}
            >
              <SelectedCounts preview={preview} isStale={isStale} selection={selection} />
            </EditSelectionCard>
            {!isTargetFirst && targetCard}
            {form.changes.map((change, at) => (
              <EditChangeCard
                key={change.id}
                form={change}
                number={at + 1}
                shop={{ currencyCode, locations: choices.locations }}
                fields={fieldsFor(form.target.kind)}
                name={(control) => `changes.${at}.${control}`}
                problemOf={problemOf}
                onChange={(part) => setChange(at, part)}
                onRemove={
                  form.changes.length === 1
                    ? null
                    : () => {
                        setForm({ ...form, changes: form.changes.filter((_, index) => index !== at) });
                        setFocus({ control: `changes.${Math.max(0, at - 1)}.field` });
                      }
                }
              />
            ))}
            <Box paddingInline={{ xs: '400', sm: '0' }}>
              <Button icon={PlusIcon} onClick={add} disabled={form.changes.length >= MOST_CHANGES}>
                Add another change
              </Button>
            </Box>
            <Card>
              <TextControl
                control="name"
                problemOf={problemOf}
                label="Name of this edit"
                value={form.name}
                onChange={(name) => setForm({ ...form, name })}
                maxLength={LONGEST_NAME}
                placeholder={suggested === '' ? 'Price -10% on vendor:Acme' : suggested}
                helpText="By this name you find it again. Empty: as suggested."
              />
            </Card>
          </BlockStack>
          <EditPreviewCard
            selection={selection}
            changes={changes}
            target={read.draftTarget}
            areTimesMissing={target === null}
            timeZone={data.timeZone}
            preview={preview}
            isStale={isStale}
            hasProblems={read.problems.some(({ isMissing }) => !isMissing)}
            locations={locations}
          />
        </InlineGrid>
        {mdDown && <PageActions primaryAction={primaryAction} />}
      </BlockStack>
      {dialog === 'save' && (
        <SaveEditModal
          suggested={form.name.trim() === '' ? suggested : form.name.trim()}
          isWhole={changes !== null}
          isSearch={selection?.kind === 'query'}
          saved={saved}
          saving={keep.state !== 'idle'}
          onSave={(name, isWhole) => {
            if (selection !== null)
              ask(keep, { intent: 'save', name, selection, changes: isWhole ? changes : null });
          }}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === 'load' && (
        <SavedEditsModal
          saved={saved}
          locations={locations}
          deleting={deletedId(keep.json)}
          onLoad={load}
          onDelete={(id) => ask(keep, { intent: 'delete', id })}
          onClose={() => setDialog(null)}
        />
      )}
    </PageFrame>
  );
}

/** The id that a deletion on its way names. */
function deletedId(request: unknown): string | null {
  return typeof request === 'object' && request !== null && 'id' in request && typeof request.id === 'string'
    ? request.id
    : null;
}

/** Each new answer once. */
function useTaken<Answer>(answer: Answer | null): Answer | null {
  const [taken, setTaken] = useState<Answer | null>(null);
  if (answer === null || answer === taken) return null;
  setTaken(answer);
  return answer;
}
