import { useNavigate, useNavigation } from '@remix-run/react';
import {
  BlockStack,
  Box,
  Card,
  EmptySearchResult,
  EmptyState,
  InlineStack,
  Text,
  useIndexResourceState,
} from '@shopify/polaris';
import { useMemo, useState } from 'react';
import { useAnswerToast } from './action-answer';
import { ConflictFilters, isFiltered } from './conflict-filters';
import type { ConflictFilterValues } from './conflict-filters';
import { conflictItem, conflictName, seenKey } from './conflict-items';
import type { Conflict, ConflictItem } from './conflict-items';
import { EditConflictModal, KeepManyModal, NoteModal, SnoozeModal } from './conflict-modals';
import { ConflictsTable } from './conflicts-table';
import type { ConflictActions } from './conflicts-table';
import { useCurrentConflict } from './current-conflict';
import { counted } from './formats';
import { useInboxShortcuts, useShortcutsOn } from './inbox-shortcuts';
import type { InboxCommand } from './inbox-shortcuts';
import { PageFrame } from './page-frame';
import bothSides from './pictures/both-sides.svg?url';
import { useQueuedSubmit } from './queued-submit';
import { RuleOfferCard } from './rule-offer-card';
import type { OfferedRule } from './rule-offer-card';
import { ShortcutsHelp } from './shortcuts-help';

export interface InboxData {
  rows: Conflict[];
  total: number;
  previous: { [direction: string]: string } | null;
  next: { [direction: string]: string } | null;
  values: ConflictFilterValues;
  /** The address of these values. */
  search: string;
  oldestFirst: boolean;
  stores: { id: string; name: string }[];
  ownStore: string;
  assignees: string[];
  locations: Record<string, string>;
  offers: OfferedRule[];
  readAt: string;
  timeZone: string;
}

type Dialog =
  | { kind: 'edit' | 'note'; item: ConflictItem }
  /** Null: the ticked ones. */
  | { kind: 'snooze'; item: ConflictItem | null }
  | { kind: 'keep'; side: 'source' | 'remote' };

const EMPTY: Record<ConflictFilterValues['view'], { heading: string; text: string }> = {
  open: {
    heading: 'No conflict waits for you',
    text: 'When the same field was changed in your catalog and in Shopify, and no policy says who wins, you choose here.',
  },
  snoozed: { heading: 'Nothing is snoozed', text: 'Conflicts that you put off wait here until their day.' },
  answered: {
    heading: 'Every answer is carried out',
    text: 'What you answered shows here until both sides hold it.',
  },
};

/** The conflict inbox. `addressOf` writes a filter as an address. */
export function ConflictInbox({
  data,
  addressOf,
}: {
  data: InboxData;
  addressOf: (values: ConflictFilterValues) => URLSearchParams;
}) {
  const { rows, total, values, locations, oldestFirst, timeZone } = data;
  const items = useMemo(() => rows.map((row) => conflictItem(row, locations)), [rows, locations]);
  const resources = useMemo(() => rows.map(({ id }) => ({ id })), [rows]);
  const navigate = useNavigate();
  const loading = useNavigation().state === 'loading';
  const { submit, busy, answer } = useQueuedSubmit();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [answering, setAnswering] = useState<ReadonlySet<string>>(new Set());
  const [isHelpOpen, setHelpOpen] = useState(false);
  const [shortcutsOn, setShortcutsOn] = useShortcutsOn();
  const [keyboardUsed, setKeyboardUsed] = useState(false);
  const { selectedResources, allResourcesSelected, handleSelectionChange, clearSelection } =
    useIndexResourceState(resources);
  const { current, move } = useCurrentConflict(items);

  useAnswerToast(answer, ({ ok, message }) => {
    if (ok) {
      setDialog(null);
      clearSelection();
    } else {
      setRefusal(message);
      setAnswering(new Set());
    }
  });

  const open = (next: Dialog) => {
    setRefusal(null);
    setDialog(next);
  };
  const one = ({ id, print }: ConflictItem) => ({ ids: [{ id, seen: print }] });
  const ticked = () =>
    allResourcesSelected
      ? { filter: data.search, openedUntil: data.readAt }
      : { ids: items.flatMap((item) => (selectedResources.includes(item.id) ? one(item).ids : [])) };
  const tickedCount = counted(allResourcesSelected ? total : selectedResources.length, 'conflict');

  const actions: ConflictActions = {
    keep: (item, choice) => {
      setAnswering((before) => new Set([...before, seenKey(item)]));
      submit({ intent: 'keep', choice, ...one(item) });
    },
    edit: (item) => open({ kind: 'edit', item }),
    snooze: (item) => open({ kind: 'snooze', item }),
    unsnooze: (item) => submit({ intent: 'snooze', until: null, ...one(item) }),
    note: (item) => open({ kind: 'note', item }),
  };

  const run = (command: InboxCommand) => {
    setKeyboardUsed(true);
    if (command === 'help') return setHelpOpen((before) => !before);
    if (command === 'next') return move(1);
    if (command === 'previous') return move(-1);
    if (current === null || current.state !== 'open' || answering.has(seenKey(current))) return;
    if (command === 'keep-catalog') actions.keep(current, 'source');
    else if (command === 'keep-shopify') actions.keep(current, 'remote');
    else if (command === 'snooze') actions.snooze(current);
    else if (current.kind !== null) actions.edit(current);
  };
  useInboxShortcuts(shortcutsOn && dialog === null, run);

  const show = (shown: ConflictFilterValues, oldest: boolean) => {
    const search = addressOf(shown);
    if (oldest) search.set('sort', 'oldest');
    clearSelection();
    navigate(`?${search}`, { replace: true, preventScrollReset: true });
  };
  const turnTo = (cursor: InboxData['next']) => {
    const search = addressOf(values);
    if (oldestFirst) search.set('sort', 'oldest');
    for (const [name, value] of Object.entries(cursor ?? {})) search.set(name, value);
    clearSelection();
    navigate(`?${search}`);
  };
  const isEmpty = total === 0 && !isFiltered(values);
  const at = current === null ? -1 : items.indexOf(current);

  return (
    <PageFrame title="Conflicts" fullWidth>
      <BlockStack gap="400">
        {data.offers.map((offer) => (
          <RuleOfferCard
            key={`${offer.group} ${offer.policy}`}
            offer={offer}
            locations={locations}
            timeZone={timeZone}
            saving={busy}
            onAnswer={(accepted) =>
              submit({ intent: 'rule', fieldGroup: offer.group, policy: offer.policy, accepted })
            }
          />
        ))}
        <Box paddingInline={{ xs: '400', sm: '0' }}>
          <InlineStack align="end">
            <ShortcutsHelp
              isOpen={isHelpOpen}
              onToggle={setHelpOpen}
              isOn={shortcutsOn}
              onSwitch={setShortcutsOn}
            />
          </InlineStack>
        </Box>
        <Card padding="0">
          <ConflictFilters
            values={values}
            oldestFirst={oldestFirst}
            stores={data.stores}
            ownStore={data.ownStore}
            assignees={data.assignees}
            productTitle={items[0]?.productTitle ?? null}
            loading={loading}
            onChange={show}
          />
          {isEmpty ? (
            <EmptyState heading={EMPTY[values.view].heading} image={bothSides}>
              <p>{EMPTY[values.view].text}</p>
            </EmptyState>
          ) : (
            <ConflictsTable
              items={items}
              activeId={keyboardUsed ? (current?.id ?? null) : null}
              answering={answering}
              stores={
                data.stores.length > 1
                  ? Object.fromEntries(data.stores.map(({ id, name }) => [id, name]))
                  : null
              }
              timeZone={timeZone}
              loading={loading}
              total={total}
              selected={allResourcesSelected ? 'All' : selectedResources}
              onSelection={handleSelectionChange}
              bulkActions={
                values.view === 'answered'
                  ? []
                  : [
                      { content: 'Keep catalog', onAction: () => open({ kind: 'keep', side: 'source' }) },
                      { content: 'Keep Shopify', onAction: () => open({ kind: 'keep', side: 'remote' }) },
                      values.view === 'snoozed'
                        ? {
                            content: 'Bring back',
                            onAction: () => submit({ intent: 'snooze', until: null, ...ticked() }),
                          }
                        : { content: 'Snooze', onAction: () => open({ kind: 'snooze', item: null }) },
                    ]
              }
              actions={actions}
              pagination={{
                hasPrevious: data.previous !== null,
                hasNext: data.next !== null,
                onPrevious: () => turnTo(data.previous),
                onNext: () => turnTo(data.next),
                label: counted(total, 'conflict'),
              }}
              emptyState={
                <EmptySearchResult
                  title="No conflict matches"
                  description="Change the search or take away a filter."
                  withIllustration
                />
              }
            />
          )}
        </Card>
        <Text as="p" visuallyHidden>
          <span aria-live="polite">
            {keyboardUsed && current !== null
              ? `Conflict ${at + 1} of ${items.length}: ${conflictName(current)}. Catalog ${current.catalogText || 'empty'}, Shopify ${current.shopifyText || 'empty'}.`
              : ''}
          </span>
        </Text>
      </BlockStack>
      {dialog?.kind === 'edit' && (
        <EditConflictModal
          key={dialog.item.id}
          item={dialog.item}
          saving={busy}
          error={refusal}
          onSave={(typed) => {
            setRefusal(null);
            submit({ intent: 'value', id: dialog.item.id, seen: dialog.item.print, typed });
          }}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog?.kind === 'note' && (
        <NoteModal
          key={dialog.item.id}
          item={dialog.item}
          saving={busy}
          onSave={(written) => submit({ intent: 'note', id: dialog.item.id, ...written })}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog?.kind === 'snooze' && (
        <SnoozeModal
          title={dialog.item === null ? `Snooze ${tickedCount}` : `Snooze: ${conflictName(dialog.item)}`}
          saving={busy}
          onSave={(until) =>
            submit({
              intent: 'snooze',
              until: until.toISOString(),
              ...(dialog.item === null ? ticked() : one(dialog.item)),
            })
          }
          onClose={() => setDialog(null)}
        />
      )}
      {dialog?.kind === 'keep' && (
        <KeepManyModal
          count={tickedCount}
          side={dialog.side}
          saving={busy}
          onConfirm={() => submit({ intent: 'keep', choice: dialog.side, ...ticked() })}
          onClose={() => setDialog(null)}
        />
      )}
    </PageFrame>
  );
}
