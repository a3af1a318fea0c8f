/** The rules of shared stock as a form: typed text, and what it says. */
import { PLAIN_POOL } from '~/core/stock-sharing';
import type { HeldBack, SharingStore } from '~/core/stock-sharing';

/** What is held back from a store. 'same': as from all that have no choice of their own. */
export const HELD_BACK_CHOICES = ['same', 'nothing', 'units', 'percent'] as const;
export type HeldBackChoice = (typeof HELD_BACK_CHOICES)[number];

export interface HeldBackForm {
  by: HeldBackChoice;
  amount: string;
}

export interface StoreRuleForm extends HeldBackForm {
  shopId: string;
  ownUnits: string;
}

export interface StockRulesForm {
  everyone: HeldBackForm;
  stores: StoreRuleForm[];
}

interface Rules {
  everyone: HeldBack;
  stores: SharingStore[];
}

function heldBackForm(held: HeldBack): HeldBackForm {
  switch (held.by) {
    case 'nothing':
      return { by: 'nothing', amount: '' };
    case 'units':
      return { by: 'units', amount: String(held.units) };
    case 'percent':
      return { by: 'percent', amount: String(held.percent) };
  }
}

const sameHeldBack = (one: HeldBack, other: HeldBack) =>
  JSON.stringify(heldBackForm(one)) === JSON.stringify(heldBackForm(other));

/** What is said of a store that stands as all others do follows them when they are changed. */
export function stockRulesForm({ everyone, stores }: Rules, shopIds: string[]): StockRulesForm {
  return {
    everyone: heldBackForm(everyone),
    stores: shopIds.map((shopId) => {
      const rule = stores.find((store) => store.shopId === shopId)?.rule;
      const isSame = rule === undefined || sameHeldBack(rule.heldBack, everyone);
      return {
        shopId,
        ...(isSame ? { by: 'same', amount: '' } : heldBackForm(rule.heldBack)),
        ownUnits: String((rule ?? PLAIN_POOL).ownUnits),
      };
    }),
  };
}

const wholeNumber = (text: string) => (/^\d{1,9}$/.test(text.trim()) ? Number(text) : null);

function readHeldBack({ by, amount }: HeldBackForm, everyone: HeldBack): HeldBack | string {
  const number = wholeNumber(amount);
  switch (by) {
    case 'same':
      return everyone;
    case 'nothing':
      return { by: 'nothing' };
    case 'units':
      return number === null || number < 1
        ? 'Enter how many units are held back: a whole number from 1.'
        : { by: 'units', units: number };
    case 'percent':
      return number === null || number < 1 || number > 100
        ? 'Enter how much is held back: whole percent from 1 to 100.'
        : { by: 'percent', percent: number };
  }
}

export type ReadStockRules = { kind: 'rules'; rules: Rules } | { kind: 'problem'; problem: string };

export function readStockRulesForm(form: StockRulesForm): ReadStockRules {
  const everyone = readHeldBack(form.everyone, { by: 'nothing' });
  if (typeof everyone === 'string') return { kind: 'problem', problem: everyone };
  const stores: SharingStore[] = [];
  for (const store of form.stores) {
    const heldBack = readHeldBack(store, everyone);
    if (typeof heldBack === 'string') return { kind: 'problem', problem: heldBack };
    const ownUnits = wholeNumber(store.ownUnits === '' ? '0' : store.ownUnits);
    if (ownUnits === null)
      return { kind: 'problem', problem: 'Enter the units of a store’s own as a whole number from 0.' };
    if (store.by !== 'same' || ownUnits > 0)
      stores.push({ shopId: store.shopId, rule: { heldBack, ownUnits } });
  }
  return { kind: 'rules', rules: { everyone, stores } };
}
