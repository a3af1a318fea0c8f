/** The rules of a store are saved, or taken away; a worker then asks for all of its products (keep-store-rules.ts). */
import type { EditProblem } from '~/core/bulk-edit';
import { saysNothing } from '~/core/store-rules';
import type { Conversion, RulesInForce, StoreRules } from '~/core/store-rules';
import { storeRulesProblems } from '~/core/store-rules-check';
import { lockRules, putRulesInForce, readStandingRules, sameRules } from '~/db/store-rules.server';
import { feedSealOf, fetchRate } from './fetch-rate';
import { FEED_EVERY_MS, rateByRules, todayIn } from './rate-in-force';
import { inTransaction } from './record-work';
import type { Resources } from './resources';

export type SavedStoreRules =
  { kind: 'saved' } | { kind: 'unchanged' } | { kind: 'refused'; problems: EditProblem[] };

const CURRENCY = /^[A-Z]{3}$/;

interface Asked {
  shopId: string;
  /** A feed's address as typed; "" keeps the one that is stored. */
  rules: StoreRules;
  /** ISO 4217, of the catalog's prices; null: as it is. */
  catalogCurrencyCode: string | null;
  actor: string;
}

interface Shop {
  id: string;
  currencyCode: string;
  timezone: string;
}

type Rated =
  | { kind: 'rated'; inForce: RulesInForce | null; dueAt: Date | null }
  | { kind: 'refused'; problems: EditProblem[] };

const addressProblem = (reason: string, remedy: string): Rated => ({
  kind: 'refused',
  // The address may hold a token: it is not said again.
  problems: [{ field: 'conversion.address', value: '…', reason, remedy }],
});

/** A feed's address is sealed and its rate asked for; a feed that is kept keeps its rate until it is asked the next time. */
async function rateByFeed(
  resources: Resources,
  shop: Shop,
  asked: { rules: StoreRules; conversion: Extract<Conversion, { by: 'feed' }> },
  held: RulesInForce | null,
): Promise<Rated> {
  const { secrets, web, now } = resources;
  const { rules, conversion } = asked;
  const kept = held?.rules.conversion.by === 'feed' ? held.rules.conversion : null;
  if (conversion.address === '') {
    if (kept === null)
      return addressProblem('There is no address to ask.', 'Write the https address of the rates.');
    const inForce = {
      rules: { ...rules, conversion: { ...conversion, address: kept.address } },
      rate: held?.rate ?? null,
    };
    return { kind: 'rated', inForce, dueAt: now() };
  }
  const problem = web.problemOf(conversion.address);
  if (problem !== null) return addressProblem(problem.reason, problem.remedy);
  const { currencyCode } = shop;
  const told = await fetchRate(resources, { url: conversion.address, currencyCode });
  if (told.kind === 'problem')
    return addressProblem(told.problem, 'Correct the address, or write the rates into a table.');
  const address = secrets.encrypt(conversion.address, feedSealOf(shop.id));
  return {
    kind: 'rated',
    inForce: { rules: { ...rules, conversion: { ...conversion, address } }, rate: told.rate },
    dueAt: new Date(now().getTime() + FEED_EVERY_MS),
  };
}

async function rated(
  resources: Resources,
  shop: Shop,
  rules: StoreRules,
  held: RulesInForce | null,
): Promise<Rated> {
  const { conversion } = rules;
  if (conversion.by === 'feed') return rateByFeed(resources, shop, { rules, conversion }, held);
  if (saysNothing(rules)) return { kind: 'rated', inForce: null, dueAt: null };
  const { rate, dueAt } = rateByRules(conversion, { timeZone: shop.timezone, now: resources.now() });
  return { kind: 'rated', inForce: { rules, rate }, dueAt };
}

/** Puts the rules of a store in force. Rules that leave everything as the catalog has it are none. */
export async function saveStoreRules(resources: Resources, asked: Asked): Promise<SavedStoreRules> {
  const { db, now, live } = resources;
  const { shopId, rules, catalogCurrencyCode, actor } = asked;
  const shop = await db.shop.findUniqueOrThrow({
    where: { id: shopId },
    select: { id: true, accountId: true, currencyCode: true, timezone: true },
  });
  const problems = storeRulesProblems(rules, {
    currencyCode: shop.currencyCode,
    today: todayIn(shop.timezone, now()),
  });
  if (catalogCurrencyCode !== null && !CURRENCY.test(catalogCurrencyCode))
    problems.push({
      field: 'catalogCurrencyCode',
      value: catalogCurrencyCode,
      reason: 'This is not a currency’s code.',
      remedy: 'Write its three letters, for example EUR.',
    });
  if (problems.length > 0) return { kind: 'refused', problems };
  const next = await rated(resources, shop, rules, (await readStandingRules(db, shopId)).inForce);
  if (next.kind === 'refused') return next;
  const outcome = await inTransaction(resources, async (tx): Promise<SavedStoreRules> => {
    const held = await lockRules(tx, shopId);
    if (catalogCurrencyCode !== null && next.inForce !== null && rules.conversion.by !== 'none')
      await tx.account.update({
        where: { id: shop.accountId },
        data: { currencyCode: catalogCurrencyCode },
        select: { id: true },
      });
    if (sameRules(held.inForce, next.inForce)) return { kind: 'unchanged' };
    await putRulesInForce(tx, held, { ...next, shopId, changedBy: actor, now: now() });
    return { kind: 'saved' };
  });
  if (outcome.kind === 'saved') await live.publish(shopId, { kind: 'overlays-changed' });
  return outcome;
}
