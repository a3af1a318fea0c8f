import { ActionList, Box, Button, Popover } from '@shopify/polaris';
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
          <ActionList
            actionRole="menuitem"
            onActionAnyItem={() => setOpen(false)}
            items={[
              ...others.map(({ name, domain, address }) => ({
                content: name || domain,
                helpText: domain,
                // Out of this store's admin.
                url: address,
                target: '_top' as const,
              })),
              { content: 'All stores', url: '/app/stores' },
            ]}
          />
        </Popover>
      </Box>
    </nav>
  );
}
