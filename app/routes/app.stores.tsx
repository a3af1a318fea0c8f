import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useFetcher, useLoaderData } from '@remix-run/react';
import { Banner, BlockStack, Button, Card, InlineStack, List, Text } from '@shopify/polaris';
import { useState } from 'react';
import { z } from 'zod';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { readAccountEvents, readJoinings, readStores } from '~/db/pages/stores.server';
import { adminOrigin, authenticateShop, resources as everybodys } from '~/shopify.server';
import { confirmJoining, endJoining } from '~/sync/answer-joining';
import { approveJoining } from '~/sync/approve-joining';
import { enterJoinCode } from '~/sync/enter-join-code';
import { askToLeave, stayInAccount } from '~/sync/leave-account';
import { makeJoinCode } from '~/sync/make-join-code';
import { accountEventWords } from '~/ui/account-words';
import { notAllowed, refusedAnswer, useAnswerToast } from '~/ui/action-answer';
import type { ActionAnswer } from '~/ui/action-answer';
import { counted, formatInstant } from '~/ui/formats';
import { EnterCodeCard, JoinOfferCard, JoinRequestCard, LeaveModal, MakeCodeCard } from '~/ui/joining-cards';
import { useReadingAgain } from '~/ui/live';
import { PageFrame } from '~/ui/page-frame';
import { storeAppAddress } from '~/ui/store-address';
import { StoresTable } from '~/ui/stores-table';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Stores · Lockstep' }];

const EVENTS_SHOWN = 10;

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const { db, settings } = resources;
  const [stores, joinings, events] = await Promise.all([
    readStores(db, shop.accountId, shop.id),
    // What it may join is another account.
    readJoinings(everybodys.db, shop, resources.now()),
    readAccountEvents(db, shop.accountId, EVENTS_SHOWN),
  ]);
  return {
    stores: stores.map((store) => ({
      ...store,
      isOwn: store.id === shop.id,
      address: storeAppAddress(adminOrigin, store.domain, settings.clientId),
    })),
    ...joinings,
    events,
    isLeaving: shop.leavingAt !== null,
    leavingProblem: shop.leavingProblem,
    timeZone: shop.timezone,
  };
}

const intent = z.discriminatedUnion('intent', [
  z.object({ intent: z.literal('make-code') }),
  z.object({ intent: z.literal('enter-code'), code: z.string().max(200) }),
  z.object({ intent: z.enum(['confirm', 'approve', 'end']), joinId: z.uuid() }),
  z.object({ intent: z.enum(['leave', 'stay']) }),
]);

type StoresAnswer = ActionAnswer & { code?: string };

export const action = actionOf('manage', notAllowed, act);

/** Joining goes from one account to another: no wall of one of them is around it. */
async function act({ request, shop, actor, address }: Acting): Promise<StoresAnswer> {
  const asked = intent.parse(Object.fromEntries(await request.formData()));
  const by = { shopId: shop.id, actor, address };
  switch (asked.intent) {
    case 'make-code': {
      const { code } = await makeJoinCode(everybodys, by);
      return { ok: true, message: 'Code made', code };
    }
    case 'enter-code': {
      const entered = await enterJoinCode(everybodys, by, asked.code);
      if (entered.kind === 'entered') return { ok: true, message: 'Look at whose account it is' };
      const { value, reason, remedy } = entered.problem;
      return { ok: false, message: `The code “${value}” cannot be used. ${reason} ${remedy}` };
    }
    case 'confirm':
      return told(await confirmJoining(everybodys, by, asked.joinId), 'Asked to join');
    case 'approve':
      return told(await approveJoining(everybodys, by, asked.joinId), 'The store has joined');
    case 'end':
      return told(await endJoining(everybodys, by, asked.joinId), 'Nobody joins');
    case 'leave': {
      const asked = await askToLeave(everybodys, by);
      return asked.kind === 'refused'
        ? refusedAnswer([asked])
        : { ok: true, message: 'The store is leaving' };
    }
    case 'stay':
      await stayInAccount(everybodys, shop.id);
      return { ok: true, message: 'The store stays' };
  }
}

function told(
  outcome: { kind: 'done' } | { kind: 'refused'; reason: string; remedy: string },
  message: string,
): ActionAnswer {
  return outcome.kind === 'done' ? { ok: true, message } : refusedAnswer([outcome]);
}

export default function Stores() {
  const { stores, offer, requests, code, events, timeZone, ...left } = useLoaderData<typeof loader>();
  const making = useFetcher<typeof action>();
  const entering = useFetcher<typeof action>();
  const answering = useFetcher<typeof action>();
  const leaving = useFetcher<typeof action>();
  const [isLeaving, setLeaving] = useState(false);
  useAnswerToast(making.data);
  useAnswerToast(answering.data);
  useAnswerToast(leaving.data, () => setLeaving(false));
  const answer = (intent: 'confirm' | 'approve' | 'end', joinId: string) =>
    answering.submit({ intent, joinId }, { method: 'post' });
  const isAnswering = answering.state !== 'idle';
  const stay = () => answering.submit({ intent: 'stay' }, { method: 'post' });
  useReadingAgain(left.isLeaving ? 'often' : 'never');
  const problem = entering.data && !entering.data.ok ? entering.data.message : null;
  const own = stores.find(({ isOwn }) => isOwn);
  return (
    <PageFrame
      title="Stores"
      subtitle={`${counted(stores.length, 'store')} of this account`}
      secondaryActions={[{ content: 'People', url: '/app/members' }]}
    >
      <BlockStack gap="400">
        {left.isLeaving && (
          <Banner
            tone="info"
            title="This store is leaving its account"
            action={{ content: 'Stay', onAction: stay, loading: isAnswering }}
          >
            Its products are being copied. You can leave this page; nothing is written to Shopify.
          </Banner>
        )}
        {left.leavingProblem !== null && (
          <Banner
            tone="warning"
            title="The store has not left its account yet"
            {...(left.isLeaving ? {} : { onDismiss: stay })}
          >
            {left.leavingProblem}
          </Banner>
        )}
        {requests.map(({ joinId, store }) => (
          <JoinRequestCard
            key={joinId}
            store={store}
            isBusy={isAnswering}
            onApprove={() => answer('approve', joinId)}
            onRefuse={() => answer('end', joinId)}
          />
        ))}
        {offer !== null && (
          <JoinOfferCard
            stores={offer.stores}
            ownCurrency={own?.currencyCode ?? ''}
            catalogCurrency={offer.currencyCode}
            products={offer.products}
            isConfirmed={offer.state === 'confirmed'}
            isBusy={isAnswering}
            onConfirm={() => answer('confirm', offer.joinId)}
            onCancel={() => answer('end', offer.joinId)}
          />
        )}
        <Card padding="0">
          <StoresTable stores={stores} timeZone={timeZone} />
        </Card>
        <MakeCodeCard
          code={making.data?.ok === true && code !== null ? (making.data.code ?? null) : null}
          waiting={code}
          timeZone={timeZone}
          isBusy={making.state !== 'idle'}
          onMake={() => making.submit({ intent: 'make-code' }, { method: 'post' })}
        />
        {offer === null && (
          <EnterCodeCard
            problem={problem}
            isBusy={entering.state === 'submitting'}
            onEnter={(typed) => entering.submit({ intent: 'enter-code', code: typed }, { method: 'post' })}
          />
        )}
        {stores.length > 1 && !left.isLeaving && (
          <Card>
            <BlockStack gap="300" inlineAlign="start">
              <Text as="h2" variant="headingMd">
                Leave this account
              </Text>
              <Text as="p">This store goes on alone, with a copy of every product that it sells.</Text>
              <Button tone="critical" onClick={() => setLeaving(true)}>
                Leave…
              </Button>
            </BlockStack>
          </Card>
        )}
        {events.length > 0 && <Events events={events} timeZone={timeZone} />}
      </BlockStack>
      {isLeaving && (
        <LeaveModal
          linked={own?.linked ?? 0}
          isBusy={leaving.state !== 'idle'}
          onLeave={() => leaving.submit({ intent: 'leave' }, { method: 'post' })}
          onClose={() => setLeaving(false)}
        />
      )}
    </PageFrame>
  );
}

type Loaded = ReturnType<typeof useLoaderData<typeof loader>>;

function Events({ events, timeZone }: { events: Loaded['events']; timeZone: string }) {
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          Who did what
        </Text>
        <List>
          {events.map(({ id, kind, detail, actor, address, at, domain }) => (
            <List.Item key={id}>
              <InlineStack gap="100">
                <Text as="span">{accountEventWords(kind, detail)}</Text>
                <Text as="span" tone="subdued">
                  {[formatInstant(at, timeZone), actor, domain, address].filter(Boolean).join(' · ')}
                </Text>
              </InlineStack>
            </List.Item>
          ))}
        </List>
      </BlockStack>
    </Card>
  );
}
