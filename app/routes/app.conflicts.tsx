import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { useLoaderData } from '@remix-run/react';
import { z } from 'zod';
import { FIELD_GROUPS } from '~/core/field-group';
import type { ConflictScope, ConflictSelection } from '~/db/conflict-selection.server';
import { readConflictQuery, writeConflictFilter } from '~/db/pages/conflict-query';
import { readConflicts, readLocationNames } from '~/db/pages/conflicts.server';
import { readLiveState } from '~/db/pages/live.server';
import { writeCursor } from '~/db/pages/product-query';
import type { ProductCursor } from '~/db/pages/product-query';
import { readRuleOffers } from '~/db/pages/rule-offers.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { answerRuleOffer } from '~/sync/answer-rule-offer';
import { noteConflict } from '~/sync/note-conflict';
import { resolveConflicts } from '~/sync/resolve-conflicts';
import type { ConflictAnswerInput } from '~/sync/resolve-conflicts';
import type { Resources } from '~/sync/resources';
import { snoozeConflicts } from '~/sync/snooze-conflicts';
import { notAllowed } from '~/ui/action-answer';
import type { ActionAnswer } from '~/ui/action-answer';
import { ConflictInbox } from '~/ui/conflict-inbox';
import { fieldLabel } from '~/ui/field-words';
import { counted } from '~/ui/formats';
import { useLiveState } from '~/ui/live';

export { PageError as ErrorBoundary } from '~/ui/page-error';
export const meta: MetaFunction = () => [{ title: 'Conflicts · Lockstep' }];

/** A conflict should be seen soon after it was found, also while nothing else runs. */
const IDLE_MS = 2_000;

export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const { db, now } = resources;
  const query = readConflictQuery(new URL(request.url).searchParams);
  const at = now();
  const [page, offers, live] = await Promise.all([
    readConflicts(db, { accountId: shop.accountId, shopId: shop.id }, query, at),
    readRuleOffers(db, shop.id),
    readLiveState(db, shop.id, at),
  ]);
  const cursor = (to: ProductCursor | null) => (to === null ? null : { [to.direction]: writeCursor(to) });
  return {
    ...page,
    previous: cursor(page.previous),
    next: cursor(page.next),
    values: query.filter,
    search: writeConflictFilter(query.filter).toString(),
    oldestFirst: query.oldestFirst,
    offers,
    live,
    readAt: at.toISOString(),
    ownStore: shop.id,
    timeZone: shop.timezone,
  };
}

const selection = z.union([
  z.object({ filter: z.string(), openedUntil: z.coerce.date() }),
  z.object({ ids: z.array(z.object({ id: z.uuid(), seen: z.string() })).min(1) }),
]);

const intent = z.union([
  z.object({ intent: z.literal('keep'), choice: z.enum(['source', 'remote']) }).and(selection),
  z.object({ intent: z.literal('value'), id: z.uuid(), seen: z.string(), typed: z.string() }),
  z.object({ intent: z.literal('snooze'), until: z.iso.datetime().nullable() }).and(selection),
  z.object({
    intent: z.literal('note'),
    id: z.uuid(),
    note: z.string().max(2_000),
    assignee: z.string().max(100),
  }),
  z.object({
    intent: z.literal('rule'),
    fieldGroup: z.enum(FIELD_GROUPS),
    policy: z.enum(['source-wins', 'remote-wins']),
    accepted: z.boolean(),
  }),
]);

function selectionOf(chosen: z.infer<typeof selection>): ConflictSelection {
  if ('ids' in chosen) return { kind: 'ids', conflicts: chosen.ids };
  const { filter } = readConflictQuery(new URLSearchParams(chosen.filter));
  return { kind: 'filter', filter, openedUntil: chosen.openedUntil };
}

export const action = actionOf(
  { intents: { keep: 'review', value: 'review', snooze: 'review', note: 'review' }, otherwise: 'manage' },
  notAllowed,
  act,
);

async function act({ request, resources, shop, actor }: Acting): Promise<ActionAnswer> {
  const scope = { accountId: shop.accountId, shopId: shop.id };
  const asked = intent.parse(await request.json());
  switch (asked.intent) {
    case 'keep':
      return resolve(resources, scope, { choice: asked.choice, selection: selectionOf(asked) }, actor);
    case 'value': {
      const { id, seen, typed } = asked;
      return resolve(resources, scope, { choice: 'value', id, seen, typed }, actor);
    }
    case 'snooze': {
      const until = asked.until === null ? null : new Date(asked.until);
      const outcome = await snoozeConflicts(resources, { scope, selection: selectionOf(asked), until });
      if (outcome.kind === 'refused') return { ok: false, message: outcome.message };
      const done = until === null ? 'brought back' : 'snoozed';
      return { ok: true, message: `${counted(outcome.conflicts, 'conflict')} ${done}` };
    }
    case 'note': {
      const { id, note, assignee } = asked;
      const outcome = await noteConflict(resources, { scope, id, note, assignee });
      return outcome.kind === 'saved' ? { ok: true, message: 'Note saved' } : GONE;
    }
    case 'rule': {
      const { fieldGroup, policy, accepted } = asked;
      const outcome = await answerRuleOffer(resources, {
        shopId: shop.id,
        fieldGroup,
        policy,
        accepted,
        actor,
      });
      if (outcome.kind === 'gone') return GONE;
      return {
        ok: true,
        message: outcome.kind === 'accepted' ? 'The rule holds from now on' : 'It will not be offered again',
      };
    }
  }
}

const GONE: ActionAnswer = { ok: false, message: 'This changed meanwhile: look at it again' };

async function resolve(
  resources: Resources,
  scope: ConflictScope,
  answer: ConflictAnswerInput,
  actor: string,
): Promise<ActionAnswer> {
  const outcome = await resolveConflicts(resources, { scope, answer, actor });
  switch (outcome.kind) {
    case 'gone':
      return GONE;
    case 'bad-value': {
      const label = fieldLabel(outcome.field, await readLocationNames(resources.db, [scope.shopId]));
      return { ok: false, message: `${label}: “${outcome.typed}” cannot be used. ${outcome.remedy}` };
    }
    case 'answered': {
      const left = outcome.left > 0 ? `; ${outcome.left} changed meanwhile` : '';
      return { ok: true, message: `${counted(outcome.conflicts, 'answer')} on the way${left}` };
    }
  }
}

export default function Conflicts() {
  const { live, ...data } = useLoaderData<typeof loader>();
  useLiveState(live, { idleMs: IDLE_MS });
  return <ConflictInbox data={data} addressOf={writeConflictFilter} />;
}
