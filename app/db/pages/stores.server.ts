/** Read models of the stores of an account: what each is about, and who joins. As many queries whatever their number. */
import { isUnderWay } from '~/core/joining';
import { readJoining } from '../account-joins.server';
import type { StoredJoining } from '../account-joins.server';
import type { Queryable } from '../client.server';

export interface StoreName {
  id: string;
  domain: string;
  name: string;
}

export interface StoreRow extends StoreName {
  currencyCode: string;
  syncMode: string;
  isGone: boolean;
  linked: number;
  /** Products that wait to be looked at. */
  waiting: number;
  conflicts: number;
  lastRun: { id: string; state: string; createdAt: Date } | null;
  /** Of the last run that failed as a whole, or the last job that gave up and was not retried: whichever was later. */
  lastError: { reason: string; at: Date } | null;
}

type FlatRow = Omit<StoreRow, 'lastRun' | 'lastError'> & {
  runId: string | null;
  runState: string | null;
  runAt: Date | null;
  errorReason: string | null;
  errorAt: Date | null;
};

/** Every store of the account, by name; the one that asks first. One statement. */
export async function readStores(db: Queryable, accountId: string, shopId: string): Promise<StoreRow[]> {
  const rows = await db.$queryRaw<FlatRow[]>`
    SELECT shop.id, shop.domain, shop.name, shop.currency_code AS "currencyCode", shop.sync_mode AS "syncMode",
      shop.uninstalled_at IS NOT NULL AS "isGone",
      (SELECT count(*)::int FROM app.product_link WHERE shop_id = shop.id AND state = 'linked') AS linked,
      (SELECT count(*)::int FROM app.sync_request WHERE shop_id = shop.id) AS waiting,
      (SELECT count(*)::int FROM app.conflict WHERE shop_id = shop.id AND state = 'open') AS conflicts,
      run.id AS "runId", run.state AS "runState", run.created_at AS "runAt",
      trouble.reason AS "errorReason", trouble.at AS "errorAt"
    FROM app.shop
    LEFT JOIN LATERAL (
      SELECT id, state, created_at FROM app.sync_run WHERE shop_id = shop.id ORDER BY created_at DESC LIMIT 1
    ) run ON true
    LEFT JOIN LATERAL (
      SELECT reason, at FROM (
        (SELECT error AS reason, created_at AS at FROM app.sync_run
          WHERE shop_id = shop.id AND state = 'failed' AND error IS NOT NULL ORDER BY created_at DESC LIMIT 1)
        UNION ALL
        (SELECT reason, failed_at FROM app.dead_letter
          WHERE shop_id = shop.id AND retried_at IS NULL ORDER BY failed_at DESC LIMIT 1)
      ) told ORDER BY at DESC LIMIT 1
    ) trouble ON true
    WHERE shop.account_id = ${accountId}::uuid
    ORDER BY shop.id <> ${shopId}::uuid, lower(shop.name), shop.domain`;
  return rows.map(({ runId, runState, runAt, errorReason, errorAt, ...row }) => ({
    ...row,
    lastRun:
      runId === null || runState === null || runAt === null
        ? null
        : { id: runId, state: runState, createdAt: runAt },
    lastError: errorReason === null || errorAt === null ? null : { reason: errorReason, at: errorAt },
  }));
}

/** The stores of the account of this one, for the switch between them; itself is the first. */
export async function readSiblings(db: Queryable, domain: string): Promise<StoreName[]> {
  return db.$queryRaw<StoreName[]>`
    SELECT shop.id, shop.domain, shop.name FROM app.shop own JOIN app.shop USING (account_id)
    WHERE own.domain = ${domain} AND (shop.uninstalled_at IS NULL OR shop.id = own.id)
    ORDER BY shop.id <> own.id, lower(shop.name), shop.domain`;
}

export interface AccountOffer {
  joinId: string;
  state: StoredJoining['state'];
  /** The stores that are in the account already. */
  stores: (StoreName & { currencyCode: string })[];
  /** Of the prices in its catalog. Null: each store takes them for its own. */
  currencyCode: string | null;
  /** Of its catalog. */
  products: number;
}

export interface JoinRequest {
  joinId: string;
  store: StoreName;
  confirmedAt: Date;
}

export interface JoiningsView {
  /** The account that this store is about to join. */
  offer: AccountOffer | null;
  /** Stores that have confirmed, and wait to be let in. */
  requests: JoinRequest[];
  /** A code that nobody has confirmed yet: until when it is good, and the store it was entered in. */
  code: { joinId: string; expiresAt: Date; enteredIn: StoreName | null } | null;
}

/** What is under way between the account of this store and others. */
export async function readJoinings(
  db: Queryable,
  { id: shopId, accountId }: { id: string; accountId: string },
  now: Date,
): Promise<JoiningsView> {
  const rows = await db.accountJoin.findMany({
    where: {
      OR: [{ accountId }, { shopId }],
      state: { in: ['open', 'entered', 'confirmed'] },
      expiresAt: { gt: now },
    },
    orderBy: { madeAt: 'desc' },
    take: 100,
  });
  const joinings = rows
    .map((row) => ({ ...readJoining(row), confirmedAt: row.confirmedAt }))
    .filter((joining) => isUnderWay(joining, now));
  const own = joinings.find((joining) => joining.shopId === shopId);
  const select = { id: true, domain: true, name: true };
  const [named, stores, products, account] = await Promise.all([
    db.shop.findMany({
      where: { id: { in: joinings.flatMap((joining) => joining.shopId ?? []) } },
      select,
    }),
    own === undefined
      ? []
      : db.shop.findMany({
          where: { accountId: own.accountId, uninstalledAt: null },
          orderBy: { domain: 'asc' },
          select: { ...select, currencyCode: true },
        }),
    own === undefined ? 0 : db.catalogProduct.count({ where: { accountId: own.accountId } }),
    own === undefined
      ? null
      : db.account.findUnique({ where: { id: own.accountId }, select: { currencyCode: true } }),
  ]);
  const store = (id: string | null) => named.find((shop) => shop.id === id) ?? null;
  const open = joinings.find(
    (joining) => joining.accountId === accountId && ['open', 'entered'].includes(joining.state),
  );
  return {
    offer:
      own === undefined
        ? null
        : { joinId: own.id, state: own.state, stores, products, currencyCode: account?.currencyCode ?? null },
    requests: joinings.flatMap((joining) => {
      const joins = store(joining.shopId);
      return joining.accountId === accountId && joins !== null && joining.confirmedAt !== null
        ? [{ joinId: joining.id, store: joins, confirmedAt: joining.confirmedAt }]
        : [];
    }),
    code:
      open === undefined
        ? null
        : { joinId: open.id, expiresAt: open.expiresAt, enteredIn: store(open.shopId) },
  };
}

export interface AccountEventRow {
  id: string;
  kind: string;
  detail: string;
  actor: string;
  address: string;
  at: Date;
  /** Where it was done; null: a store that is gone. */
  domain: string | null;
}

/** The last of what was done to the account, the newest first. */
export async function readAccountEvents(
  db: Queryable,
  accountId: string,
  limit: number,
): Promise<AccountEventRow[]> {
  return db.$queryRaw<AccountEventRow[]>`
    SELECT event.id::text AS id, event.kind, event.detail, event.actor, event.address, event.at, shop.domain
    FROM app.account_event event LEFT JOIN app.shop ON shop.id = event.shop_id
    WHERE event.account_id = ${accountId}::uuid ORDER BY event.at DESC, event.id DESC LIMIT ${limit}`;
}
