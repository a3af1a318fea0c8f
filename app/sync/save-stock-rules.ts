import type { EditProblem } from '~/core/bulk-edit';
import { PLAIN_POOL } from '~/core/stock-sharing';
import type { HeldBack, SharingStore, StockRule } from '~/core/stock-sharing';
import { readCapture } from '~/db/change-capture.server';
import { lookAtAllStock, readStockRules, refillOwnStock, replaceStockRules } from '~/db/stock-sharing.server';
import type { StockRules } from '~/db/stock-sharing.server';
import type { Resources } from './resources';
import { startRun } from './start-run';

/** No store sells as much. */
export const MOST_UNITS = 1_000_000;

export type SavedStockRules = { kind: 'saved' } | { kind: 'refused'; problems: EditProblem[] };

function heldBackProblem(held: HeldBack): EditProblem | null {
  if (held.by === 'units' && !(Number.isInteger(held.units) && held.units >= 1 && held.units <= MOST_UNITS))
    return {
      field: 'units',
      value: String(held.units),
      reason: 'So many units cannot be held back.',
      remedy: `Enter a whole number from 1 to ${MOST_UNITS}.`,
    };
  if (held.by === 'percent' && !(Number.isInteger(held.percent) && held.percent >= 1 && held.percent <= 100))
    return {
      field: 'percent',
      value: String(held.percent),
      reason: 'This part of the stock cannot be held back.',
      remedy: 'Enter whole percent from 1 to 100.',
    };
  return null;
}

function ruleProblems({ heldBack, ownUnits }: StockRule): EditProblem[] {
  const held = heldBackProblem(heldBack);
  const isCount = Number.isInteger(ownUnits) && ownUnits >= 0 && ownUnits <= MOST_UNITS;
  const own: EditProblem = {
    field: 'own_units',
    value: String(ownUnits),
    reason: 'A store cannot have so many units of its own.',
    remedy: `Enter a whole number from 0 to ${MOST_UNITS}.`,
  };
  return [...(held ? [held] : []), ...(isCount ? [] : [own])];
}

const isPlain = ({ heldBack, ownUnits }: StockRule) => heldBack.by === 'nothing' && ownUnits === 0;

/** Stores whose own units begin anew: others were set, or somebody asked for it. */
function refilled(before: SharingStore[], after: SharingStore[], asked: string[]): string[] {
  const units = (stores: SharingStore[], shopId: string) =>
    (stores.find((store) => store.shopId === shopId)?.rule ?? PLAIN_POOL).ownUnits;
  const all = new Set([...before, ...after].map(({ shopId }) => shopId));
  return [...all].filter(
    (shopId) => units(before, shopId) !== units(after, shopId) || asked.includes(shopId),
  );
}

/**
 * Sets how the stores of an account share its stock, and has all of them look at what they shall show. `refill`: stores whose
 * own units are full again.
 */
export async function saveStockRules(
  resources: Resources,
  {
    accountId,
    rules,
    refill = [],
    causedBy,
  }: { accountId: string; rules: StockRules; refill?: string[]; causedBy: string },
): Promise<SavedStockRules> {
  const { db, now } = resources;
  const problems = [rules.everyone, ...rules.stores.map(({ rule }) => rule)].flatMap((each) =>
    'by' in each ? ruleProblems({ heldBack: each, ownUnits: 0 }) : ruleProblems(each),
  );
  if (problems.length > 0) return { kind: 'refused', problems };
  const shops = await db.shop.findMany({
    where: { accountId, uninstalledAt: null },
    select: { id: true, adoptedAt: true },
  });
  const stores = rules.stores.filter(({ rule }) => rules.everyone.by !== 'nothing' || !isPlain(rule));
  const stranger = stores.find(({ shopId }) => !shops.some(({ id }) => id === shopId));
  if (stranger)
    return {
      kind: 'refused',
      problems: [
        {
          field: 'store',
          value: stranger.shopId,
          reason: 'This store does not share the catalog.',
          remedy: 'Reload the page: it lists the stores that do.',
        },
      ],
    };
  await db.$transaction(
    async (tx) => {
      await tx.$queryRaw`SELECT 1 FROM app.account WHERE id = ${accountId}::uuid FOR UPDATE`;
      const before = await readStockRules(tx, accountId);
      await replaceStockRules(
        tx,
        accountId,
        { everyone: rules.everyone, stores },
        { by: causedBy, now: now() },
      );
      await refillOwnStock(tx, refilled(before.stores, stores, refill));
      await lookAtAllStock(tx, accountId);
    },
    { timeout: 120_000, maxWait: 10_000 },
  );
  // Nobody settles what changed while the catalog is not followed: a run does.
  if ((await readCapture(db)).state === 'off')
    for (const { id: shopId, adoptedAt } of shops)
      if (adoptedAt !== null) await startRun(resources, { shopId, trigger: 'manual', causedBy });
  return { kind: 'saved' };
}
