import {
  Badge,
  BlockStack,
  Box,
  Card,
  IndexTable,
  InlineStack,
  Link,
  List,
  SkeletonBodyText,
  Text,
  useBreakpoints,
} from '@shopify/polaris';
import type { BulkChange, ProductSelection } from '~/core/bulk-edit';
import type { EditTarget } from '~/core/promotion';
import type { EditorPreview, PreviewRow } from './editor-requests';
import {
  changeSentence,
  editSkipWords,
  plannedText,
  selectionSentence,
  targetSentences,
  warningWords,
} from './edit-words';
import { fieldLabel } from './field-words';
import { counted } from './formats';

/** What an edit will do, in words and in the first rows. */
export function EditPreviewCard(props: {
  selection: ProductSelection | null;
  changes: BulkChange[] | null;
  target: EditTarget;
  /** The times of a promotion are not complete. */
  areTimesMissing: boolean;
  timeZone: string;
  preview: EditorPreview | null;
  isStale: boolean;
  /** Something that was typed cannot be used. */
  hasProblems: boolean;
  locations: Record<string, string>;
}) {
  const { selection, changes, preview, isStale, locations } = props;
  return (
    <Card padding="0">
      <Box padding="400">
        <BlockStack gap="300">
          <InlineStack align="space-between" blockAlign="center">
            <Text as="h2" variant="headingMd">
              What will happen
            </Text>
            {isStale && preview !== null && (
              <Text as="span" tone="subdued">
                Updating…
              </Text>
            )}
          </InlineStack>
          {selection !== null && changes !== null ? (
            <Sentences
              selection={selection}
              changes={changes}
              where={whereSentences(props)}
              selected={isStale ? null : (preview?.selected ?? null)}
              locations={locations}
            />
          ) : (
            <Text as="p" tone="subdued">
              {props.hasProblems
                ? 'Mend what is marked red, and the first products show here with their values before and after.'
                : 'Complete the change, and the first products show here with their values before and after.'}
            </Text>
          )}
        </BlockStack>
      </Box>
      <div aria-busy={isStale} style={{ opacity: isStale && preview !== null ? 0.6 : 1 }}>
        <Rows {...props} />
      </div>
    </Card>
  );
}

/** Where it applies; nothing where that is the catalog, as ever. */
function whereSentences(props: { target: EditTarget; areTimesMissing: boolean; timeZone: string }): string[] {
  const { target, areTimesMissing, timeZone } = props;
  if (target.kind === 'catalog') return [];
  if (target.kind === 'store' || areTimesMissing) return targetSentences(target.kind, null, timeZone);
  const { startsAt, endsAt, ...terms } = target.terms;
  const texts = { ...terms, startsAt: startsAt.toISOString(), endsAt: endsAt?.toISOString() ?? null };
  return targetSentences(target.kind, texts, timeZone);
}

function Sentences(props: {
  selection: ProductSelection;
  changes: BulkChange[];
  where: string[];
  selected: EditorPreview['selected'];
  locations: Record<string, string>;
}) {
  const { selection, changes, where, selected, locations } = props;
  const sentences = changes.map((change) => changeSentence(change, locations));
  const first = sentences[0] ?? '';
  const counts =
    selected === null
      ? ''
      : `: ${counted(selected.products, 'product')} with ${counted(selected.variants, 'variant')}`;
  const on = `on ${selectionSentence(selection)}${counts}.`;
  return (
    <BlockStack gap="200">
      {sentences.length === 1 ? (
        <Text as="p" breakWord>{`${first}${first.includes(',') ? ',' : ''} ${on}`}</Text>
      ) : (
        <>
          <List type="number">
            {sentences.map((sentence, at) => (
              <List.Item key={at}>{sentence}</List.Item>
            ))}
          </List>
          <Text as="p" breakWord>{`All of this ${on}`}</Text>
        </>
      )}
      {where.map((sentence) => (
        <Text as="p" key={sentence}>
          {sentence}
        </Text>
      ))}
      <Text as="p" tone="subdued">
        Nothing is written before you have reviewed all changes and said yes.
      </Text>
    </BlockStack>
  );
}

function Rows(props: Parameters<typeof EditPreviewCard>[0]) {
  const { selection, changes, preview, isStale, locations } = props;
  const { smDown } = useBreakpoints();
  if (selection === null || changes === null) return null;
  const note = (text: string) => (
    <Box padding="400" borderBlockStartWidth="025" borderColor="border">
      <Text as="p" tone="subdued">
        {text}
      </Text>
    </Box>
  );
  const rows = preview?.rows ?? null;
  if (rows === null)
    return isStale ? (
      <Box padding="400" borderBlockStartWidth="025" borderColor="border">
        <div role="status" aria-label="Loading the preview">
          <SkeletonBodyText lines={6} />
        </div>
      </Box>
    ) : (
      note('This edit cannot be previewed yet: see the problems beside its fields.')
    );
  if (preview?.selected?.products === 0) return note('No product is selected. Change or take away a filter.');
  if (rows.length === 0) return note('The first of the selected products have nothing that this changes.');
  const products = new Set(rows.map(({ productId }) => productId)).size;
  return (
    <>
      <IndexTable
        selectable={false}
        condensed={smDown}
        resourceName={{ singular: 'change', plural: 'changes' }}
        itemCount={rows.length}
        headings={[{ title: 'Product' }, { title: 'Change' }, { title: 'Notes' }]}
      >
        {rows.map((row, index) => (
          <IndexTable.Row id={String(index)} key={index} position={index}>
            {smDown ? (
              <td style={{ padding: 'var(--p-space-300) var(--p-space-400)', width: '100%' }}>
                <BlockStack gap="100">
                  <Subject row={row} />
                  <Values row={row} locations={locations} />
                  <Notes row={row} />
                </BlockStack>
              </td>
            ) : (
              <>
                <IndexTable.Cell>
                  <div style={wrapped('240px')}>
                    <Subject row={row} />
                  </div>
                </IndexTable.Cell>
                <IndexTable.Cell>
                  <div style={wrapped('260px')}>
                    <Values row={row} locations={locations} />
                  </div>
                </IndexTable.Cell>
                <IndexTable.Cell>
                  <div style={wrapped('220px')}>
                    <Notes row={row} />
                  </div>
                </IndexTable.Cell>
              </>
            )}
          </IndexTable.Row>
        ))}
      </IndexTable>
      {note(
        `${counted(rows.length, 'field')} of the first ${counted(products, 'product')}. Review all changes to see every one.`,
      )}
    </>
  );
}

const wrapped = (maxWidth: string): React.CSSProperties => ({ whiteSpace: 'normal', maxWidth });

function Subject({ row }: { row: PreviewRow }) {
  const of = [row.variantTitle, row.sku].filter((part) => part !== null && part !== '').join(' · ');
  return (
    <BlockStack>
      <Link url={`/app/products/${row.productId}`} removeUnderline target="_blank">
        <Text as="span" fontWeight="semibold" breakWord>
          {row.title === '' ? 'Untitled product' : row.title}
        </Text>
      </Link>
      {of !== '' && (
        <Text as="span" tone="subdued" breakWord>
          {of}
        </Text>
      )}
    </BlockStack>
  );
}

function Values({ row, locations }: { row: PreviewRow; locations: Record<string, string> }) {
  const { path, outcome } = row.planned;
  const { before, after } = plannedText(row.planned);
  return (
    <BlockStack>
      <Text as="span" tone="subdued">
        {fieldLabel(path.field, locations)}
      </Text>
      <Text as="span" breakWord>
        <Text as="span" visuallyHidden>
          {outcome === 'skip' ? 'Stays' : 'From'}
        </Text>{' '}
        {before}
        {outcome === 'change' && (
          <>
            {' '}
            <span aria-hidden="true">→</span>
            <Text as="span" visuallyHidden>
              to
            </Text>{' '}
            <Text as="span" fontWeight="semibold">
              {after}
            </Text>
          </>
        )}
      </Text>
    </BlockStack>
  );
}

function Notes({ row: { planned } }: { row: PreviewRow }) {
  if (planned.outcome === 'skip')
    return (
      <BlockStack gap="100" inlineAlign="start">
        <Badge>{`Skipped: ${editSkipWords(planned.code).toLowerCase()}`}</Badge>
        {planned.code !== 'unchanged' && (
          <Text as="span" variant="bodySm" tone="subdued" breakWord>
            {planned.message}
          </Text>
        )}
      </BlockStack>
    );
  return (
    <InlineStack gap="100">
      {planned.warnings.map((warning) => (
        <Badge key={warning} tone="warning">
          {warningWords(warning)}
        </Badge>
      ))}
    </InlineStack>
  );
}
