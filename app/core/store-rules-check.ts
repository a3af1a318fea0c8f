/** What makes no sense of the rules of a store: each problem names the field, its value and the remedy. */
import { checkRounding, checkedNumber } from './amount-check';
import type { Report } from './amount-check';
import type { EditProblem } from './bulk-edit';
import type { Day } from './calendar-day';
import { minorUnitDigits } from './currency';
import { conditionsOf } from './matches-search';
import { parseSearchQuery } from './search-query';
import type { SearchField } from './search-terms';
import { METAFIELD_KEY, METAFIELD_NAMESPACE } from './metafield-type';
import { RULED_TEXT_FIELDS } from './product-rules';
import type { ProductChoice, TextRules } from './product-rules';
import { rateOnDay } from './store-rules';
import type { Conversion, DatedRate, StoreRules } from './store-rules';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

function checkRate(report: Report, field: string, rate: string): void {
  if (checkedNumber(report, field, rate)?.greaterThan(0) === false)
    report(
      field,
      rate,
      'A rate is above zero.',
      'Write how many of the store’s money are one of the catalog’s, for example 150.25.',
    );
}

function checkTable(report: Report, rates: readonly DatedRate[], today: Day): void {
  const days = new Map<Day, number>();
  rates.forEach(({ from, rate }, index) => {
    checkRate(report, `conversion.rates.${index}.rate`, rate);
    const field = `conversion.rates.${index}.from`;
    if (!DAY.test(from) || Number.isNaN(Date.parse(`${from}T00:00:00Z`)))
      report(field, from, 'This is not a day.', 'Write a day such as 2026-12-01.');
    else if (days.has(from))
      report(field, from, 'Two rates begin on this day.', 'Remove one of them, or give it another day.');
    days.set(from, index);
  });
  if (rateOnDay(rates, today) === null)
    report(
      'conversion.rates',
      rates.map(({ from }) => from).join(', '),
      'No rate holds today: prices could not be converted until one begins.',
      `Add a rate from ${today} or from an earlier day.`,
    );
}

function checkConversion(report: Report, conversion: Conversion, today: Day): void {
  switch (conversion.by) {
    case 'none':
      return;
    case 'factor':
      return checkRate(report, 'conversion.factor', conversion.factor);
    case 'table':
      return checkTable(report, conversion.rates, today);
    case 'feed': {
      const { maxDailyMovePercent: most } = conversion;
      const percent = checkedNumber(report, 'conversion.maxDailyMovePercent', most);
      if (percent?.greaterThan(0) === false || percent?.greaterThan(100))
        report(
          'conversion.maxDailyMovePercent',
          most,
          'This limit would let every rate through, or none.',
          'Write a percentage above 0, at most 100; 5 is usual.',
        );
    }
  }
}

/**
 * Fields that hold of whole products. What depends on a variant, on stock, on the moment or on the store itself would move
 * products in and out of a store by its sales and edits.
 */
const CHOOSING_FIELDS: ReadonlySet<SearchField> = new Set<SearchField>([
  'title',
  'handle',
  'vendor',
  'product_type',
  'category',
  'tag',
  'status',
  'gift_card',
  'published',
  'created_at',
  'id',
]);

function checkChoice(report: Report, products: ProductChoice): void {
  if (products.by === 'all') return;
  const { search } = products;
  const reading = parseSearchQuery(search);
  if (reading.kind === 'problem') {
    const { value, reason, remedy } = reading.problem;
    report('products.search', value, reason, remedy);
    return;
  }
  const { query } = reading;
  if (query.kind === 'all')
    report(
      'products.search',
      search,
      'An empty search finds every product.',
      'Write what the products of this store have in common, for example tag:outlet, or choose all products.',
    );
  for (const term of conditionsOf(query)) {
    if (term.field !== null && CHOOSING_FIELDS.has(term.field)) continue;
    report(
      'products.search',
      term.field ?? (term.kind === 'words' ? term.text : search),
      term.field === null
        ? 'A word without a field is also sought in SKUs, which belong to variants.'
        : 'This does not hold of a product as a whole, or not for long.',
      `Name a field of the product: ${[...CHOOSING_FIELDS].join(', ')}.`,
    );
  }
}

function checkTexts(report: Report, texts: TextRules): void {
  for (const field of RULED_TEXT_FIELDS) {
    const name = texts[field];
    if (name === null) continue;
    const dot = name.lastIndexOf('.');
    if (METAFIELD_NAMESPACE.test(name.slice(0, Math.max(0, dot))) && METAFIELD_KEY.test(name.slice(dot + 1)))
      continue;
    report(
      `texts.${field}`,
      name,
      'This names no metafield.',
      'Write its namespace and key, for example custom.title_de, or leave it empty.',
    );
  }
}

/** Problems of rules as they were asked for; `currencyCode`: ISO 4217, of the store; `today`: by the store's clock. */
export function storeRulesProblems(
  rules: StoreRules,
  { currencyCode, today }: { currencyCode: string; today: Day },
): EditProblem[] {
  const problems: EditProblem[] = [];
  const report: Report = (field, value, reason, remedy) => {
    problems.push({ field, value: String(value), reason, remedy });
  };
  checkChoice(report, rules.products);
  checkTexts(report, rules.texts);
  checkConversion(report, rules.conversion, today);
  const { percent, amount } = rules.markup;
  if (checkedNumber(report, 'markup.percent', percent)?.lessThanOrEqualTo(-100))
    report(
      'markup.percent',
      percent,
      'That leaves nothing of the price, or less than nothing.',
      'Write a percentage above -100.',
    );
  const digits = minorUnitDigits(currencyCode);
  const added = checkedNumber(report, 'markup.amount', amount);
  if (added !== null && added.decimalPlaces() > digits)
    report(
      'markup.amount',
      amount,
      `Prices in ${currencyCode} have ${digits} decimals.`,
      `Write at most ${digits} decimals.`,
    );
  checkRounding(report, rules.rounding, currencyCode);
  if (
    rules.compareAt.by === 'above-price' &&
    checkedNumber(report, 'compareAt.percent', rules.compareAt.percent)?.greaterThan(0) === false
  )
    report(
      'compareAt.percent',
      rules.compareAt.percent,
      'A compare-at price that is not above the price says nothing.',
      'Write a percentage above 0, or show none.',
    );
  return problems;
}
