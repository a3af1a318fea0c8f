import {
  BlockStack,
  Box,
  Card,
  Checkbox,
  InlineGrid,
  InlineStack,
  Text,
  useBreakpoints,
} from '@shopify/polaris';
import { directionWords } from './change-words';
import { formatInstant } from './formats';
import { LongValue } from './long-value';
import type { LastChange, PastGroup, ShownPastField } from './past-fields';

interface Choosing {
  /** Keys of fields that can be chosen. */
  choosable: ReadonlySet<string>;
  chosen: ReadonlySet<string>;
  onChoose: (key: string, isChosen: boolean) => void;
}

const cell: React.CSSProperties = {
  padding: 'var(--p-space-200) var(--p-space-300)',
  textAlign: 'start',
  verticalAlign: 'top',
  borderBlockStart: '1px solid var(--p-color-border)',
  overflowWrap: 'anywhere',
};

function Origin({ last, timeZone }: { last: LastChange | null; timeZone: string }) {
  return (
    <Text as="p" variant="bodySm" tone="subdued">
      {last === null
        ? 'No change on record'
        : `Last: ${formatInstant(last.at, timeZone)} · ${last.causedBy} · ${directionWords(last.direction)}`}
    </Text>
  );
}

function Choice({ field, group, choosing }: { field: ShownPastField; group: string; choosing: Choosing }) {
  if (field.isSame) return <Text as="span">Same</Text>;
  if (!choosing.choosable.has(field.key))
    return (
      <Text as="span" tone="subdued">
        {field.obstacle ?? 'Cannot be restored'}
      </Text>
    );
  return (
    <Checkbox
      label={
        <>
          Restore
          <span className="Polaris-Text--visuallyHidden">{` ${field.label}, ${group}`}</span>
        </>
      }
      checked={choosing.chosen.has(field.key)}
      onChange={(isChosen) => choosing.onChoose(field.key, isChosen)}
    />
  );
}

/** Fields of the product, or of a variant, as they were and as they are; a difference has words, not only a colour. */
export function PastCard(props: { group: PastGroup; timeZone: string; choosing: Choosing }) {
  const { group } = props;
  const { mdDown } = useBreakpoints();
  return (
    <Card padding="0">
      <Box padding="400">
        <Text as="h3" variant="headingMd">
          {group.title}
        </Text>
      </Box>
      {mdDown ? <Stacked {...props} /> : <Wide {...props} />}
    </Card>
  );
}

type Props = Parameters<typeof PastCard>[0];

function Wide({ group, timeZone, choosing }: Props) {
  return (
    <table style={{ width: '100%', borderCollapse: 'collapse', tableLayout: 'fixed' }}>
      <caption className="Polaris-Text--visuallyHidden">{group.title}</caption>
      <thead>
        <tr>
          {['Field', 'Then', 'Today', 'Restore'].map((heading, index) => (
            <th
              key={heading}
              scope="col"
              style={{
                ...cell,
                borderBlockStart: 'none',
                width: index === 0 ? '28%' : index === 3 ? '18%' : undefined,
              }}
            >
              <Text as="span" variant="bodySm" tone="subdued">
                {heading}
              </Text>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {group.fields.map((field) => (
          <tr
            key={field.key}
            style={field.isSame ? undefined : { background: 'var(--p-color-bg-surface-warning)' }}
          >
            <th scope="row" style={cell}>
              <Text as="span" fontWeight="medium">
                {field.label}
              </Text>
              <Origin last={field.last} timeZone={timeZone} />
            </th>
            <td style={cell}>
              <LongValue text={field.then} />
            </td>
            <td style={cell}>
              <LongValue text={field.now} />
            </td>
            <td style={cell}>
              <Choice field={field} group={group.title} choosing={choosing} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The same on a phone: one block a field. */
function Stacked({ group, timeZone, choosing }: Props) {
  return (
    <BlockStack>
      {group.fields.map((field) => (
        <Box
          key={field.key}
          padding="300"
          borderBlockStartWidth="025"
          borderColor="border"
          {...(field.isSame ? {} : { background: 'bg-surface-warning' as const })}
        >
          <BlockStack gap="100">
            <InlineStack align="space-between" gap="200">
              <Text as="h4" variant="headingSm">
                {field.label}
              </Text>
              <Choice field={field} group={group.title} choosing={choosing} />
            </InlineStack>
            <InlineGrid columns={2} gap="200">
              {(
                [
                  ['Then', field.then],
                  ['Today', field.now],
                ] as const
              ).map(([when, text]) => (
                <BlockStack key={when}>
                  <Text as="span" variant="bodySm" tone="subdued">
                    {when}
                  </Text>
                  <LongValue text={text} />
                </BlockStack>
              ))}
            </InlineGrid>
            <Origin last={field.last} timeZone={timeZone} />
          </BlockStack>
        </Box>
      ))}
    </BlockStack>
  );
}
