import {
  Badge,
  BlockStack,
  Button,
  IndexTable,
  InlineStack,
  Link,
  Text,
  useBreakpoints,
} from '@shopify/polaris';
import type { EditTarget } from '~/core/promotion';
import { isEditEnded } from './edit-views';
import { editStateWords, TARGET_WORDS } from './edit-words';
import { counted, formatCount, formatInstant } from './formats';
import { StateBadge } from './state-badge';

export interface EditsTableRow {
  id: string;
  name: string;
  state: string;
  /** What it does, a sentence a change. */
  what: string[];
  via: string;
  /** Where it goes. */
  target: EditTarget['kind'];
  causedBy: string;
  /** Of an undo: the edit it takes back. */
  undoOf: string | null;
  isGuarded: boolean;
  productsToChange: number;
  fieldsToChange: number;
  fieldsApplied: number;
  createdAt: string;
}

const SENTENCES = 2;

function what({ what: sentences }: EditsTableRow): string {
  const more = sentences.length - SENTENCES;
  return [...sentences.slice(0, SENTENCES), ...(more > 0 ? [`${counted(more, 'more change')}`] : [])].join(
    '. ',
  );
}

const origin = ({ via, causedBy }: EditsTableRow): string => (via === 'api' ? `${causedBy} · API` : causedBy);

/** "120 of 480": fields that were written, of those that were planned. */
function fields({ state, target, fieldsApplied, fieldsToChange }: EditsTableRow): string {
  // A promotion writes nothing itself: prices follow it when it starts.
  if (state === 'planning' || target === 'promotion') return '–';
  if (fieldsApplied === fieldsToChange) return formatCount(fieldsApplied);
  return `${formatCount(fieldsApplied)} of ${formatCount(fieldsToChange)}`;
}

function Name({ edit }: { edit: EditsTableRow }) {
  return (
    <Link url={`/app/edits/${edit.id}`} dataPrimaryLink removeUnderline>
      <Text as="span" fontWeight="semibold" breakWord>
        {edit.name}
      </Text>
    </Link>
  );
}

/** Nothing where it goes into the catalog, as most do. */
function Target({ edit }: { edit: EditsTableRow }) {
  return edit.target === 'catalog' ? null : <Badge>{TARGET_WORDS[edit.target]}</Badge>;
}

function What({ edit }: { edit: EditsTableRow }) {
  if (edit.undoOf === null)
    return (
      <Text as="span" tone="subdued">
        {what(edit)}
      </Text>
    );
  return <Link url={`/app/edits/${edit.undoOf}`}>What it takes back</Link>;
}

interface Undoing {
  /** The edit whose undo is being asked for. */
  undoing: string | null;
  onUndo: (editId: string) => void;
}

/** Nothing where the edit wrote nothing, or is not through. */
function Undo({ edit, undoing, onUndo }: Undoing & { edit: EditsTableRow }) {
  if (!isEditEnded(edit.state) || edit.fieldsApplied === 0) return null;
  // The row opens the edit: a press of its button must not.
  return (
    <span onClick={(event) => event.stopPropagation()} onKeyUp={(event) => event.stopPropagation()}>
      <Button
        size="slim"
        onClick={() => onUndo(edit.id)}
        loading={undoing === edit.id}
        disabled={undoing !== null}
        accessibilityLabel={`Undo ${edit.name}`}
      >
        Undo
      </Button>
    </span>
  );
}

function State({ edit }: { edit: EditsTableRow }) {
  const waits = edit.state === 'planned' && edit.isGuarded;
  return (
    <StateBadge
      words={
        waits
          ? { label: 'To be confirmed', tone: 'warning', progress: 'incomplete' }
          : editStateWords(edit.state, edit.target)
      }
    />
  );
}

/** Bulk edits, newest first. */
export function EditsTable(props: { edits: EditsTableRow[]; timeZone: string } & Undoing) {
  const { edits, ...given } = props;
  const { smDown } = useBreakpoints();
  return (
    <IndexTable
      condensed={smDown}
      selectable={false}
      resourceName={{ singular: 'bulk edit', plural: 'bulk edits' }}
      itemCount={edits.length}
      headings={[
        { title: 'Edit' },
        { title: 'State' },
        { title: 'Products', alignment: 'end' },
        { title: 'Fields changed', alignment: 'end' },
        { title: 'Made by' },
        { title: 'Undo', hidden: true, id: 'undo' },
      ]}
    >
      {edits.map((edit, index) => (
        <IndexTable.Row id={edit.id} key={edit.id} position={index}>
          {smDown ? <PhoneCell edit={edit} {...given} /> : <WideCells edit={edit} {...given} />}
        </IndexTable.Row>
      ))}
    </IndexTable>
  );
}

type CellProps = { edit: EditsTableRow; timeZone: string } & Undoing;

function WideCells({ edit, timeZone, ...undo }: CellProps) {
  return (
    <>
      <IndexTable.Cell>
        <div style={{ whiteSpace: 'normal', minWidth: 240, maxWidth: 420, overflowWrap: 'anywhere' }}>
          <BlockStack inlineAlign="start">
            <Name edit={edit} />
            <What edit={edit} />
            <Target edit={edit} />
          </BlockStack>
        </div>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <State edit={edit} />
      </IndexTable.Cell>
      <IndexTable.Cell>
        <Text as="span" alignment="end" numeric>
          {edit.state === 'planning' ? '–' : formatCount(edit.productsToChange)}
        </Text>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <Text as="span" alignment="end" numeric>
          {fields(edit)}
        </Text>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <BlockStack>
          <time dateTime={edit.createdAt}>{formatInstant(edit.createdAt, timeZone)}</time>
          <Text as="span" tone="subdued">
            {origin(edit)}
          </Text>
        </BlockStack>
      </IndexTable.Cell>
      <IndexTable.Cell>
        <Undo edit={edit} {...undo} />
      </IndexTable.Cell>
    </>
  );
}

function PhoneCell({ edit, timeZone, ...undo }: CellProps) {
  return (
    <td style={{ padding: 'var(--p-space-300) var(--p-space-400)', width: '100%', whiteSpace: 'normal' }}>
      <BlockStack gap="100">
        <InlineStack align="space-between" gap="200" wrap={false} blockAlign="start">
          <Name edit={edit} />
          <State edit={edit} />
        </InlineStack>
        <What edit={edit} />
        <div>
          <Target edit={edit} />
        </div>
        {edit.state !== 'planning' && (
          <Text as="span">
            {counted(edit.productsToChange, 'product') +
              (edit.target === 'promotion' ? '' : `, ${fields(edit)} fields changed`)}
          </Text>
        )}
        <Text as="span" tone="subdued" variant="bodySm">
          {`${formatInstant(edit.createdAt, timeZone)} · ${origin(edit)}`}
        </Text>
        <div>
          <Undo edit={edit} {...undo} />
        </div>
      </BlockStack>
    </td>
  );
}
