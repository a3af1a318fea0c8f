import { CODE_MINUTES, MOST_WRONG_CODES, readCode } from '~/core/join-code';
import { takeStep } from '~/core/joining';
import { countAccountEvents, noteAccountEvent } from '~/db/account-events.server';
import type { AccountActor } from '~/db/account-events.server';
import { endJoinings, lockJoining, saveJoining } from '~/db/account-joins.server';
import { lockShop } from '~/db/work-under-way.server';
import { hashOfCode } from './join-code-hash';
import type { Resources } from './resources';

export interface JoinProblem {
  field: string;
  value: string;
  reason: string;
  remedy: string;
}

export type EnteredCode = { kind: 'entered'; joinId: string } | { kind: 'refused'; problem: JoinProblem };

const ASK_AGAIN = 'Have a new code made in the other store, and enter that one.';

/**
 * Enters, in the store that is to join, the code that another store's people made. Nothing moves by it: it shows whose
 * account it is. A store may enter a few wrong codes and must then wait, so that nobody finds one by trying.
 */
export async function enterJoinCode(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  by: AccountActor,
  typed: string,
): Promise<EnteredCode> {
  const value = typed.trim().slice(0, 40);
  const refused = (reason: string, remedy: string): EnteredCode => ({
    kind: 'refused',
    problem: { field: 'code', value, reason, remedy },
  });
  const read = readCode(typed);
  if (read.kind === 'problem') return refused(read.reason, read.remedy);
  const codeHash = await hashOfCode(read.code);
  const at = now();
  return db.$transaction(async (tx): Promise<EnteredCode> => {
    const shop = await lockShop(tx, by.shopId);
    if (shop === null || shop.isGone)
      return refused('The app is not installed on this store.', 'Install it again.');
    const since = new Date(at.getTime() - CODE_MINUTES * 60_000);
    const wrong = await countAccountEvents(tx, { shopId: by.shopId, kind: 'code-wrong', since });
    if (wrong >= MOST_WRONG_CODES)
      return refused(
        `This store entered ${wrong} wrong codes within ${CODE_MINUTES} minutes.`,
        `Wait ${CODE_MINUTES} minutes, then enter a code that was made meanwhile.`,
      );
    const note = (kind: 'code-wrong' | 'code-entered', detail: string, accountId: string) =>
      noteAccountEvent(tx, by, { accountId, kind, detail, at });
    const joining = await lockJoining(tx, { codeHash });
    if (joining === null) {
      await note('code-wrong', 'unknown', shop.accountId);
      return refused('No store has made this code.', 'Compare it with what the other store shows.');
    }
    if (joining.accountId === shop.accountId)
      return refused(
        'It was made by a store of the same account.',
        'Enter it in the store that is to join, not here.',
      );
    const step = takeStep(joining, { kind: 'enter', shopId: by.shopId }, at);
    if (step.kind === 'not-possible') {
      // Entered twice by the same store: the page was opened again.
      if (joining.shopId === by.shopId && step.why === 'used') return { kind: 'entered', joinId: joining.id };
      await note('code-wrong', step.why, shop.accountId);
      return step.why === 'expired'
        ? refused(`It was good for ${CODE_MINUTES} minutes, which are over.`, ASK_AGAIN)
        : refused('It was used already, or another code took its place.', ASK_AGAIN);
    }
    // A store joins one account at a time, and makes no codes of an account that it is about to leave.
    await endJoinings(tx, by.shopId, at);
    await saveJoining(tx, { ...joining, ...step.joining }, { enteredBy: by.actor });
    await note('code-entered', shop.domain, joining.accountId);
    return { kind: 'entered', joinId: joining.id };
  });
}
