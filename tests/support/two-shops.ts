/** Two stores of one person: the demo store, and one whose account it joins. */
import type { AccountActor } from '~/db/account-events.server';
import { approveJoining } from '~/sync/approve-joining';
import { confirmJoining } from '~/sync/answer-joining';
import { enterJoinCode } from '~/sync/enter-join-code';
import { makeJoinCode } from '~/sync/make-join-code';
import { startRun } from '~/sync/start-run';
import type { EndedRun, Stage } from './stage';
import { connectShop, DEMO_SHOP } from './connected-shop';
import { openStage } from './stage';

export const GROUP_SHOP = 'lockstep-group.myshopify.com';

export interface TwoShops {
  /** Of the demo store. */
  stage: Stage;
  /** The clock of what is done with `clocked`. */
  clock: { now: Date };
  clocked: Stage['resources'];
  group: { shopId: string; accountId: string };
  joiner: AccountActor;
  approver: AccountActor;
  runGroup(): Promise<EndedRun>;
}

export async function openTwoShops(options: { worker?: boolean } = {}): Promise<TwoShops> {
  const shop = {
    plan: 'plus',
    currencyCode: 'EUR',
    timezone: 'Europe/Berlin',
    locations: ['Warehouse', 'Shop Berlin'],
  };
  const stage = await openStage({
    ...options,
    emulator: {
      shops: [
        { ...shop, plan: 'plus', domain: DEMO_SHOP, name: 'Lockstep Demo' },
        { ...shop, plan: 'plus', domain: GROUP_SHOP, name: 'Lockstep Group' },
      ],
    },
  });
  const group = await connectShop(stage.resources, stage.env, GROUP_SHOP);
  const clock = { now: new Date() };
  return {
    stage,
    clock,
    clocked: { ...stage.resources, now: () => clock.now },
    group,
    joiner: { shopId: stage.shopId, actor: 'user 1', address: '192.0.2.1' },
    approver: { shopId: group.shopId, actor: 'user 2', address: '192.0.2.2' },
    runGroup: async () => {
      const { runId } = await startRun(stage.resources, {
        shopId: group.shopId,
        trigger: 'manual',
        causedBy: 'test',
      });
      return stage.awaitRun(runId);
    },
  };
}

/** The demo store has entered a new code of the other one. */
export async function enterNewCode({ clocked, approver, joiner }: TwoShops): Promise<string> {
  const { code } = await makeJoinCode(clocked, approver);
  const entered = await enterJoinCode(clocked, joiner, code);
  if (entered.kind === 'refused') throw new Error(JSON.stringify(entered.problem));
  return entered.joinId;
}

/** All steps but the last. */
export async function enterAndConfirm(two: TwoShops): Promise<string> {
  const joinId = await enterNewCode(two);
  const confirmed = await confirmJoining(two.clocked, two.joiner, joinId);
  if (confirmed.kind === 'refused') throw new Error(`${confirmed.reason} ${confirmed.remedy}`);
  return joinId;
}

/** The demo store joins the other one's account. */
export async function join(two: TwoShops): Promise<void> {
  const approved = await approveJoining(two.clocked, two.approver, await enterAndConfirm(two));
  if (approved.kind === 'refused') throw new Error(`${approved.reason} ${approved.remedy}`);
}
