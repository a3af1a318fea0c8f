import { Badge, BlockStack, Button, IndexTable, Text, useBreakpoints } from '@shopify/polaris';
import { API_SCOPES } from '~/core/api-scopes';
import { scopeLabel } from './api-scope-words';
import { formatInstant } from './formats';

/** A key, or a system that pushes changes. */
export interface ApiKeyItem {
  kind: 'key' | 'push';
  id: string;
  name: string;
  /** How its text begins; null for what has none. */
  prefix: string | null;
  scopes: string[];
  createdBy: string;
  createdAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
}

function mayText({ kind, scopes }: ApiKeyItem): string {
  if (kind === 'push') return 'Push changes of the catalog';
  if (API_SCOPES.every((scope) => scopes.includes(scope))) return 'Everything';
  return scopes.length === 0 ? 'Nothing' : scopes.map(scopeLabel).join(', ');
}

/** Who may use the API, those in use first. */
export function ApiKeysTable(props: {
  keys: ApiKeyItem[];
  timeZone: string;
  onRevoke: (key: ApiKeyItem) => void;
}) {
  const { keys, timeZone, onRevoke } = props;
  const { smDown } = useBreakpoints();
  const instant = (at: string) => formatInstant(at, timeZone);
  return (
    <IndexTable
      condensed={smDown}
      selectable={false}
      resourceName={{ singular: 'API key', plural: 'API keys' }}
      itemCount={keys.length}
      headings={[
        { title: 'Name' },
        { title: 'May' },
        { title: 'Last used' },
        { title: 'Made' },
        { title: 'Revoke', hidden: true },
      ]}
    >
      {keys.map((key, index) => {
        const name = (
          <BlockStack>
            <Text as="span" fontWeight="semibold" breakWord>
              {key.name}
            </Text>
            {key.prefix !== null && (
              <Text as="span" tone="subdued">
                <code>{`${key.prefix}…`}</code>
              </Text>
            )}
          </BlockStack>
        );
        const used = key.lastUsedAt === null ? 'Never' : instant(key.lastUsedAt);
        const end =
          key.revokedAt === null ? (
            <Button
              variant="tertiary"
              tone="critical"
              accessibilityLabel={`Revoke ${key.name}`}
              onClick={() => onRevoke(key)}
            >
              Revoke
            </Button>
          ) : (
            <BlockStack inlineAlign="start">
              <Badge>Revoked</Badge>
              <Text as="span" tone="subdued">
                {instant(key.revokedAt)}
              </Text>
            </BlockStack>
          );
        return (
          <IndexTable.Row id={key.id} key={key.id} position={index}>
            {smDown ? (
              <td style={{ padding: 'var(--p-space-300) var(--p-space-400)', width: '100%' }}>
                <BlockStack gap="200" inlineAlign="start">
                  {name}
                  <Text as="span">{mayText(key)}</Text>
                  <Text as="span" tone="subdued">{`Last used: ${used}`}</Text>
                  {end}
                </BlockStack>
              </td>
            ) : (
              <>
                <IndexTable.Cell>
                  <div style={{ whiteSpace: 'normal', minWidth: 140 }}>{name}</div>
                </IndexTable.Cell>
                <IndexTable.Cell>
                  <div style={{ whiteSpace: 'normal', minWidth: 180 }}>{mayText(key)}</div>
                </IndexTable.Cell>
                <IndexTable.Cell>{used}</IndexTable.Cell>
                <IndexTable.Cell>
                  <BlockStack>
                    <Text as="span">{instant(key.createdAt)}</Text>
                    <Text as="span" tone="subdued">
                      {key.createdBy}
                    </Text>
                  </BlockStack>
                </IndexTable.Cell>
                <IndexTable.Cell>{end}</IndexTable.Cell>
              </>
            )}
          </IndexTable.Row>
        );
      })}
    </IndexTable>
  );
}
