import { BlockStack, Box, Button, Link, Popover, Text } from '@shopify/polaris';
import { useState } from 'react';

export interface StoreChoice {
  name: string;
  domain: string;
  /** Of the app in its own admin. */
  address: string;
}

/** Leads from the app in one store to the app in another one of the same account; nothing where there is no other. */
export function StoreSwitcher({ stores }: { stores: StoreChoice[] }) {
  const [open, setOpen] = useState(false);
  const [own, ...others] = stores;
  if (own === undefined || others.length === 0) return null;
  return (
    <nav aria-label="Stores of this account">
      <Box paddingInline="400" paddingBlockStart="300">
        <Popover
          active={open}
          onClose={() => setOpen(false)}
          activator={
            <Button disclosure variant="tertiary" onClick={() => setOpen(!open)}>
              {`Store: ${own.name || own.domain}`}
            </Button>
          }
        >
          <Box padding="300">
            <BlockStack gap="300">
              {others.map(({ name, domain, address }) => (
                <BlockStack key={domain}>
                  {/* Out of this store's admin, into the other's. */}
                  <Link url={address} target="_top" removeUnderline>
                    {name || domain}
                  </Link>
                  <Text as="span" tone="subdued">
                    {domain}
                  </Text>
                </BlockStack>
              ))}
              <Link url="/app/stores" onClick={() => setOpen(false)}>
                All stores
              </Link>
            </BlockStack>
          </Box>
        </Popover>
      </Box>
    </nav>
  );
}
