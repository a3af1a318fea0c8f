import { BlockStack, Button, Text } from '@shopify/polaris';
import type { ConflictPolicy } from '~/core/decision';
import { counted } from './formats';
import { ConflictPolicyChoice } from './policy-choices';
import type { SetupStep } from './setup-guide';
import { SqlInstructions } from './sql-instructions';

interface SetupSituation {
  setup: { catalogConnected: boolean; policyChosen: boolean; firstSyncDone: boolean };
  catalogProducts: number;
  accountId: string;
  /** The choice as it stands on the page, saved or not. */
  policy: string;
  onPolicy: (policy: ConflictPolicy) => void;
  savingPolicy: boolean;
  onSavePolicy: () => void;
  startingSync: boolean;
  syncing: boolean;
  onSync: () => void;
}

/** The three steps of the setup guide; which are done is read from the data, nothing is ticked by hand. */
export function setupSteps(situation: SetupSituation): SetupStep[] {
  const { setup, catalogProducts } = situation;
  return [
    {
      id: 'catalog',
      title: 'Connect your catalog',
      done: setup.catalogConnected,
      content: (
        <BlockStack gap="300" inlineAlign="start">
          {setup.catalogConnected && (
            <Text as="p">Your catalog holds {counted(catalogProducts, 'product')}.</Text>
          )}
          <Text as="p">
            Import a product CSV file as Shopify exports it, or let your own system write the catalog by SQL.
          </Text>
          <Button url="/app/import" variant={setup.catalogConnected ? 'secondary' : 'primary'}>
            Import a CSV file
          </Button>
          <SqlInstructions accountId={situation.accountId} />
        </BlockStack>
      ),
    },
    {
      id: 'policy',
      title: 'Choose what wins',
      done: setup.policyChosen,
      content: (
        <BlockStack gap="300" inlineAlign="start">
          <ConflictPolicyChoice value={situation.policy} onChange={situation.onPolicy} />
          <Button
            variant={setup.policyChosen ? 'secondary' : 'primary'}
            loading={situation.savingPolicy}
            onClick={situation.onSavePolicy}
          >
            Save choice
          </Button>
        </BlockStack>
      ),
    },
    {
      id: 'sync',
      title: 'Run the first sync',
      done: setup.firstSyncDone,
      content: (
        <BlockStack gap="300" inlineAlign="start">
          <Text as="p">
            Products your store already has are recognised by SKU, then by handle, and linked instead of
            created again. Everything else is created.
          </Text>
          <Button
            variant="primary"
            onClick={situation.onSync}
            loading={situation.startingSync}
            disabled={situation.syncing || catalogProducts === 0}
          >
            {setup.firstSyncDone ? 'Sync again' : 'Start first sync'}
          </Button>
          {catalogProducts === 0 && <Text as="p">Connect your catalog first: it is still empty.</Text>}
        </BlockStack>
      ),
    },
  ];
}
