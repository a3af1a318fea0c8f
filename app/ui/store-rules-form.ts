/** The rules of a store as they are typed, and as they are meant. */
import type { Rounding } from '~/core/bulk-edit';
import type { EditProblem } from '~/core/bulk-edit';
import { NO_RULES } from '~/core/store-rules';
import type { OutsideRule, RuledTextField, ProductChoice, StatusRule } from '~/core/product-rules';
import type { CompareAtRule, Conversion, StoreRules } from '~/core/store-rules';

/** '0.99', '0.95' and '0.00' are endings that have a choice of their own. */
export const ROUNDING_CHOICES = ['none', '0.99', '0.95', '0.00', 'ending', 'step'] as const;
export type RoundingChoice = (typeof ROUNDING_CHOICES)[number];

export interface RulesForm {
  products: ProductChoice['by'];
  search: string;
  outside: OutsideRule;
  /** "" for the catalog's own. */
  texts: Record<RuledTextField, string>;
  conversion: Conversion['by'];
  factor: string;
  rates: { from: string; rate: string }[];
  /** "" keeps the address that is stored. */
  address: string;
  maxMove: string;
  catalogCurrencyCode: string;
  markupPercent: string;
  markupAmount: string;
  rounding: RoundingChoice;
  ending: string;
  step: string;
  compareAt: CompareAtRule['by'];
  compareAtPercent: string;
  status: StatusRule;
}

function roundingChoice(rounding: Rounding): Pick<RulesForm, 'rounding' | 'ending' | 'step'> {
  if (rounding.to === 'none') return { rounding: 'none', ending: '', step: '' };
  if (rounding.to === 'step') return { rounding: 'step', ending: '', step: rounding.step };
  const known = ROUNDING_CHOICES.find((choice) => choice === rounding.ending);
  return known === undefined
    ? { rounding: 'ending', ending: rounding.ending, step: '' }
    : { rounding: known, ending: '', step: '' };
}

function mapTexts<From, To>(
  texts: Record<RuledTextField, From>,
  to: (key: From) => To,
): Record<RuledTextField, To> {
  const { title, descriptionHtml, seoTitle, seoDescription } = texts;
  return {
    title: to(title),
    descriptionHtml: to(descriptionHtml),
    seoTitle: to(seoTitle),
    seoDescription: to(seoDescription),
  };
}

const unlessZero = (number: string) => (number === '0' ? '' : number);

/** The form that shows these rules; null: none. */
export function rulesForm(rules: StoreRules | null, catalogCurrencyCode: string): RulesForm {
  const { products, texts, conversion, markup, rounding, compareAt, status } = rules ?? NO_RULES;
  return {
    products: products.by,
    search: products.by === 'search' ? products.search : '',
    outside: products.by === 'search' ? products.outside : 'leave',
    texts: mapTexts(texts, (key) => key ?? ''),
    conversion: conversion.by,
    factor: conversion.by === 'factor' ? conversion.factor : '',
    rates: conversion.by === 'table' ? conversion.rates : [],
    address: '',
    maxMove: conversion.by === 'feed' ? conversion.maxDailyMovePercent : '5',
    catalogCurrencyCode,
    markupPercent: unlessZero(markup.percent),
    markupAmount: unlessZero(markup.amount),
    ...roundingChoice(rounding),
    compareAt: compareAt.by,
    compareAtPercent: compareAt.by === 'above-price' ? compareAt.percent : '',
    status,
  };
}

function conversionOf(form: RulesForm): Conversion {
  switch (form.conversion) {
    case 'none':
      return { by: 'none' };
    case 'factor':
      return { by: 'factor', factor: form.factor.trim() };
    case 'table':
      return {
        by: 'table',
        rates: form.rates
          .map(({ from, rate }) => ({ from: from.trim(), rate: rate.trim() }))
          .toSorted((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0)),
      };
    case 'feed':
      return { by: 'feed', address: form.address.trim(), maxDailyMovePercent: form.maxMove.trim() };
  }
}

function roundingOf(form: RulesForm): Rounding {
  switch (form.rounding) {
    case 'none':
      return { to: 'none' };
    case 'step':
      return { to: 'step', step: form.step.trim() };
    case 'ending':
      return { to: 'ending', ending: form.ending.trim() };
    default:
      return { to: 'ending', ending: form.rounding };
  }
}

const zeroWhereEmpty = (number: string) => (number.trim() === '' ? '0' : number.trim());

/** What the form says; whether it makes sense is `storeRulesProblems`' to say. */
export function rulesOf(form: RulesForm): StoreRules {
  return {
    products:
      form.products === 'all'
        ? { by: 'all' }
        : { by: 'search', search: form.search.trim(), outside: form.outside },
    texts: mapTexts(form.texts, (key) => (key.trim() === '' ? null : key.trim())),
    conversion: conversionOf(form),
    markup: { percent: zeroWhereEmpty(form.markupPercent), amount: zeroWhereEmpty(form.markupAmount) },
    rounding: roundingOf(form),
    compareAt:
      form.compareAt === 'above-price'
        ? { by: 'above-price', percent: form.compareAtPercent.trim() }
        : { by: form.compareAt },
    status: form.status,
  };
}

/** What is to be said of a field; undefined: nothing. */
export function problemText(problems: readonly EditProblem[], field: string): string | undefined {
  const problem = problems.find((each) => each.field === field);
  return problem && `${problem.reason} ${problem.remedy}`;
}
