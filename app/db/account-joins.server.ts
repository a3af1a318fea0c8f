/** Codes by which stores join accounts, and what became of them. */
import { z } from 'zod';
import { JOIN_STATES } from '~/core/joining';
import type { Joining } from '~/core/joining';
import type { Queryable } from './client.server';

export interface StoredJoining extends Joining {
  id: string;
  accountId: string;
  madeIn: string;
}

interface JoinRow {
  id: string;
  accountId: string;
  madeIn: string;
  state: string;
  shopId: string | null;
  expiresAt: Date;
}

const stateOf = z.enum(JOIN_STATES);

/** A row as the core knows it. */
export function readJoining({ id, accountId, madeIn, shopId, expiresAt, state }: JoinRow): StoredJoining {
  return { id, accountId, madeIn, shopId, expiresAt, state: stateOf.parse(state) };
}

/** The joining of this code or id, locked until the transaction ends: each step is taken once. */
export async function lockJoining(
  tx: Queryable,
  by: { codeHash: string } | { id: string },
): Promise<StoredJoining | null> {
  const [row] =
    'id' in by
      ? await tx.$queryRaw<JoinRow[]>`
          SELECT id, account_id AS "accountId", made_in AS "madeIn", state, shop_id AS "shopId", expires_at AS "expiresAt"
          FROM app.account_join WHERE id = ${by.id}::uuid FOR UPDATE`
      : await tx.$queryRaw<JoinRow[]>`
          SELECT id, account_id AS "accountId", made_in AS "madeIn", state, shop_id AS "shopId", expires_at AS "expiresAt"
          FROM app.account_join WHERE code_hash = ${by.codeHash} FOR UPDATE`;
  return row === undefined ? null : readJoining(row);
}

/** Notes what a step made of it. */
export async function saveJoining(
  tx: Queryable,
  { id, state, shopId, expiresAt }: StoredJoining,
  more: { enteredBy?: string; confirmedAt?: Date; endedAt?: Date } = {},
): Promise<void> {
  await tx.accountJoin.update({ where: { id }, data: { state, shopId, expiresAt, ...more } });
}

const UNDER_WAY = { in: ['open', 'entered', 'confirmed'] };

/** Ends what a store had begun: codes that it made, joinings in which it takes part. */
export async function endJoinings(tx: Queryable, shopId: string, at: Date): Promise<void> {
  await tx.accountJoin.updateMany({
    where: { state: UNDER_WAY, OR: [{ shopId }, { madeIn: shopId }] },
    data: { state: 'cancelled', endedAt: at },
  });
}

/** Codes of the account that nobody has confirmed: a new one takes their place. */
export async function endUnconfirmed(tx: Queryable, accountId: string, at: Date): Promise<void> {
  await tx.accountJoin.updateMany({
    where: { accountId, state: { in: ['open', 'entered'] } },
    data: { state: 'cancelled', endedAt: at },
  });
}
