import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useFetcher, useLoaderData } from '@remix-run/react';
import { BlockStack, Card, EmptyState, Link, Text } from '@shopify/polaris';
import { useState } from 'react';
import { z } from 'zod';
import { API_SCOPES } from '~/core/api-scopes';
import { readApiKeys } from '~/db/pages/api-keys.server';
import { authenticateShop, config } from '~/shopify.server';
import { createApiKey } from '~/sync/create-api-key';
import { revokeApiKey } from '~/sync/revoke-api-key';
import type { ActionAnswer } from '~/ui/action-answer';
import { useAnswerToast } from '~/ui/action-answer';
import { CreateKeyModal, LONGEST_NAME, RevokeKeyModal } from '~/ui/api-key-modals';
import { ApiKeysTable } from '~/ui/api-keys-table';
import type { ApiKeyItem } from '~/ui/api-keys-table';
import { CopyField } from '~/ui/copy-field';
import { PageFrame } from '~/ui/page-frame';
import bothSides from '~/ui/pictures/both-sides.svg?url';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'API keys · Lockstep' }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  return {
    keys: await readApiKeys(resources.db, shop.id),
    timeZone: shop.timezone,
    address: `${new URL(config.SHOPIFY_APP_URL).origin}/api/shopify`,
  };
}

const intent = z.discriminatedUnion('intent', [
  z.object({
    intent: z.literal('create'),
    name: z
      .string()
      .trim()
      .min(1)
      .max(LONGEST_NAME)
      .transform((name) => name.replaceAll('\u0000', '')),
    scopes: z.array(z.enum(API_SCOPES)).min(1),
  }),
  z.object({ intent: z.literal('revoke'), keyId: z.uuid() }),
]);

type KeyAnswer = ActionAnswer & { made?: { name: string; text: string } };

export async function action({ request }: ActionFunctionArgs): Promise<KeyAnswer> {
  const { resources, shop, actor } = await authenticateShop(request);
  const asked = intent.parse(await request.json());
  if (asked.intent === 'revoke') {
    const revoked = await revokeApiKey(resources, {
      shopId: shop.id,
      keyId: asked.keyId,
      revokedBy: actor,
    });
    return revoked
      ? { ok: true, message: 'Key revoked' }
      : { ok: false, message: 'Somebody revoked it already' };
  }
  const { name, scopes } = asked;
  const created = await createApiKey(resources, { shopId: shop.id, name, scopes, createdBy: actor });
  switch (created.kind) {
    case 'created':
      return { ok: true, message: 'Key created', made: { name, text: created.text } };
    case 'name-taken':
      return { ok: false, message: `Another key is called “${name}”: choose another name` };
    case 'too-many':
      return { ok: false, message: `A store has at most ${created.most} keys: revoke one first` };
  }
}

export default function ApiKeys() {
  const { keys, timeZone, address } = useLoaderData<typeof loader>();
  // A key's text lives in this fetcher only, until the modal is closed: each opening has a fetcher of its own.
  const [creating, setCreating] = useState<number | null>(null);
  const [opened, setOpened] = useState(0);
  const [revoking, setRevoking] = useState<ApiKeyItem | null>(null);
  const open = () => {
    setOpened(opened + 1);
    setCreating(opened + 1);
  };
  return (
    <PageFrame
      title="API keys"
      backAction={{ content: 'Settings', url: '/app/settings' }}
      primaryAction={{ content: 'Create key', onAction: open }}
    >
      <BlockStack gap="400">
        <Card>
          <BlockStack gap="300">
            <Text as="p">
              With a key other programs change many products at once, write the catalog, start syncs and
              answer conflicts of this store.{' '}
              <Link url="/api/docs" target="_blank">
                Read the reference
              </Link>
            </Text>
            <CopyField label="Address" value={address} />
          </BlockStack>
        </Card>
        <Card padding="0">
          {keys.length === 0 ? (
            <EmptyState
              heading="No program has a key yet"
              image={bothSides}
              action={{ content: 'Create the first key', onAction: open }}
            >
              <p>Give each program a key of its own: it can then be revoked alone.</p>
            </EmptyState>
          ) : (
            <ApiKeysTable keys={keys} timeZone={timeZone} onRevoke={setRevoking} />
          )}
        </Card>
      </BlockStack>
      {creating !== null && <Creation key={creating} onClose={() => setCreating(null)} />}
      {revoking !== null && <Revocation item={revoking} onClose={() => setRevoking(null)} />}
    </PageFrame>
  );
}

function Creation({ onClose }: { onClose: () => void }) {
  const fetcher = useFetcher<typeof action>();
  const answer = fetcher.data;
  return (
    <CreateKeyModal
      saving={fetcher.state !== 'idle'}
      error={answer && !answer.ok ? answer.message : null}
      made={answer?.made ?? null}
      onCreate={(name, scopes) =>
        fetcher.submit({ intent: 'create', name, scopes }, { method: 'post', encType: 'application/json' })
      }
      onClose={onClose}
    />
  );
}

function Revocation({ item, onClose }: { item: ApiKeyItem; onClose: () => void }) {
  const fetcher = useFetcher<typeof action>();
  useAnswerToast(fetcher.data, onClose);
  return (
    <RevokeKeyModal
      name={item.name}
      saving={fetcher.state !== 'idle'}
      onConfirm={() =>
        fetcher.submit({ intent: 'revoke', keyId: item.id }, { method: 'post', encType: 'application/json' })
      }
      onClose={onClose}
    />
  );
}
