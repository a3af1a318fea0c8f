import { randomBytes, randomUUID } from 'node:crypto';
import { CODE_LENGTH, CODE_MINUTES, codeOf, shownCode } from '~/core/join-code';
import { noteAccountEvent } from '~/db/account-events.server';
import type { AccountActor } from '~/db/account-events.server';
import { endUnconfirmed } from '~/db/account-joins.server';
import { hashOfCode } from './join-code-hash';
import type { Resources } from './resources';

export interface MadeCode {
  /** As it is shown. It is nowhere else. */
  code: string;
  expiresAt: Date;
}

/** Makes a code by which a store can join the account of this one; codes of the account that nobody confirmed end. */
export async function makeJoinCode(
  { db, now }: Pick<Resources, 'db' | 'now'>,
  by: AccountActor,
): Promise<MadeCode> {
  const code = codeOf(randomBytes(CODE_LENGTH));
  const codeHash = await hashOfCode(code);
  const at = now();
  const expiresAt = new Date(at.getTime() + CODE_MINUTES * 60_000);
  await db.$transaction(async (tx) => {
    const { accountId } = await tx.shop.findUniqueOrThrow({
      where: { id: by.shopId },
      select: { accountId: true },
    });
    await endUnconfirmed(tx, accountId, at);
    await tx.accountJoin.create({
      data: {
        id: randomUUID(),
        accountId,
        madeIn: by.shopId,
        madeBy: by.actor,
        madeAt: at,
        codeHash,
        expiresAt,
      },
    });
    await noteAccountEvent(tx, by, { accountId, kind: 'code-made', at });
  });
  return { code: shownCode(code), expiresAt };
}
