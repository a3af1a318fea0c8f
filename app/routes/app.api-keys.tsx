import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useFetcher, useLoaderData } from '@remix-run/react';
import { BlockStack, Card, EmptyState, Link, Text } from '@shopify/polaris';
import { useState } from 'react';
import { z } from 'zod';
import { API_SCOPES } from '~/core/api-scopes';
import { readApiKeys, readPushSources } from '~/db/pages/api-keys.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop, config } from '~/shopify.server';
import { createApiKey } from '~/sync/create-api-key';
import { createPushSource } from '~/sync/create-push-source';
import { revokeApiKey } from '~/sync/revoke-api-key';
import { revokePushSource } from '~/sync/revoke-push-source';
import type { ActionAnswer } from '~/ui/action-answer';
import { notAllowed, useAnswerToast } from '~/ui/action-answer';
import { CreateKeyModal, CreatePushModal, LONGEST_NAME, RevokeKeyModal } from '~/ui/api-key-modals';
import { ApiKeysTable } from '~/ui/api-keys-table';
import type { ApiKeyItem } from '~/ui/api-keys-table';
import { CopyField } from '~/ui/copy-field';
import { PageFrame } from '~/ui/page-frame';
import bothSides from '~/ui/pictures/both-sides.svg?url';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'API keys · Lockstep' }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const [keys, sources] = await Promise.all([
    readApiKeys(resources.db, shop.id),
    readPushSources(resources.db, shop.id),
  ]);
  const items: ApiKeyItem[] = [
    ...keys.map((key) => ({ ...key, kind: 'key' as const })),
    ...sources.map((source) => ({ ...source, kind: 'push' as const, prefix: null, scopes: [] })),
  ];
  return { items, timeZone: shop.timezone, address: `${origin()}/api/shopify` };
}

const origin = () => new URL(config.SHOPIFY_APP_URL).origin;

const name = z
  .string()
  .trim()
  .min(1)
  .max(LONGEST_NAME)
  .transform((text) => text.replaceAll('\u0000', ''));

const intent = z.discriminatedUnion('intent', [
  z.object({
    intent: z.literal('create'),
    name,
    scopes: z.array(z.enum(API_SCOPES)).min(1),
  }),
  z.object({ intent: z.literal('revoke'), kind: z.enum(['key', 'push']), id: z.uuid() }),
  z.object({ intent: z.literal('add-push'), name }),
]);

type KeyAnswer = ActionAnswer & {
  made?: { name: string; text: string };
  added?: { name: string; address: string; secret: string };
};

type Asked = z.output<typeof intent>;

async function revoke({ resources, shop, actor }: Acting, { kind, id }: Asked & { intent: 'revoke' }) {
  const by = { shopId: shop.id, revokedBy: actor };
  const isRevoked =
    kind === 'key'
      ? await revokeApiKey(resources, { ...by, keyId: id })
      : await revokePushSource(resources, { ...by, sourceId: id });
  return isRevoked
    ? { ok: true as const, message: kind === 'key' ? 'Key revoked' : 'System revoked' }
    : { ok: false as const, message: 'Somebody revoked it already' };
}

async function addPush(acting: Acting, asked: Asked & { intent: 'add-push' }): Promise<KeyAnswer> {
  const { resources, shop, actor } = acting;
  const { name: called } = asked;
  const added = await createPushSource(resources, { shopId: shop.id, name: called, createdBy: actor });
  switch (added.kind) {
    case 'created': {
      const address = `${origin()}/api/catalog/changes?source=${added.id}`;
      return { ok: true, message: 'System added', added: { name: called, address, secret: added.secret } };
    }
    case 'name-taken':
      return { ok: false, message: `Another system is called “${called}”: choose another name` };
    case 'too-many':
      return { ok: false, message: `A store has at most ${added.most} systems: revoke one first` };
  }
}

export const action = actionOf('manage', notAllowed, act);

async function act(acting: Acting): Promise<KeyAnswer> {
  const { request } = acting;
  const asked = intent.parse(await request.json());
  if (asked.intent === 'revoke') return revoke(acting, asked);
  if (asked.intent === 'add-push') return addPush(acting, asked);
  const { resources, shop, actor } = acting;
  const { name: called, scopes } = asked;
  const created = await createApiKey(resources, {
    shopId: shop.id,
    name: called,
    scopes,
    createdBy: actor,
  });
  switch (created.kind) {
    case 'created':
      return { ok: true, message: 'Key created', made: { name: called, text: created.text } };
    case 'name-taken':
      return { ok: false, message: `Another key is called “${called}”: choose another name` };
    case 'too-many':
      return { ok: false, message: `A store has at most ${created.most} keys: revoke one first` };
  }
}

export default function ApiKeys() {
  const { items, timeZone, address } = useLoaderData<typeof loader>();
  // A key's text lives in this fetcher only, until the modal is closed: each opening has a fetcher of its own.
  const [creating, setCreating] = useState<{ what: 'key' | 'push'; time: number } | null>(null);
  const [opened, setOpened] = useState(0);
  const [revoking, setRevoking] = useState<ApiKeyItem | null>(null);
  const open = (what: 'key' | 'push') => {
    setOpened(opened + 1);
    setCreating({ what, time: opened + 1 });
  };
  return (
    <PageFrame
      title="API keys"
      backAction={{ content: 'Settings', url: '/app/settings' }}
      primaryAction={{ content: 'Create key', onAction: () => open('key') }}
      secondaryActions={[{ content: 'Add a system that pushes', onAction: () => open('push') }]}
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
          {items.length === 0 ? (
            <EmptyState
              heading="No program has a key yet"
              image={bothSides}
              action={{ content: 'Create the first key', onAction: () => open('key') }}
            >
              <p>Give each program a key of its own: it can then be revoked alone.</p>
            </EmptyState>
          ) : (
            <ApiKeysTable keys={items} timeZone={timeZone} onRevoke={setRevoking} />
          )}
        </Card>
      </BlockStack>
      {creating?.what === 'key' && <Creation key={creating.time} onClose={() => setCreating(null)} />}
      {creating?.what === 'push' && <Addition key={creating.time} onClose={() => setCreating(null)} />}
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

function Addition({ onClose }: { onClose: () => void }) {
  const fetcher = useFetcher<typeof action>();
  const answer = fetcher.data;
  return (
    <CreatePushModal
      saving={fetcher.state !== 'idle'}
      error={answer && !answer.ok ? answer.message : null}
      made={answer?.added ?? null}
      onCreate={(called) =>
        fetcher.submit({ intent: 'add-push', name: called }, { method: 'post', encType: 'application/json' })
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
      what={item.kind === 'key' ? 'key' : 'system'}
      saving={fetcher.state !== 'idle'}
      onConfirm={() =>
        fetcher.submit(
          { intent: 'revoke', kind: item.kind, id: item.id },
          { method: 'post', encType: 'application/json' },
        )
      }
      onClose={onClose}
    />
  );
}
