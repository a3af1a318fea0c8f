/** Bulk edits in a merchant's words. One place, so that every page says the same. */
import type { AmountChange, BulkChange, PriceFloor, ProductSelection, Rounding } from '~/core/bulk-edit';
import type { FieldValue } from '~/core/decision';
import type { GuardFinding } from '~/core/edit-guard';
import type { LowestPrice } from '~/core/lowest-price';
import type { EditTarget } from '~/core/promotion';
import { fieldLabel, fieldText } from './field-words';
import { counted, formatInstant, formatShare } from './formats';
import { priorityWords, spanWords } from './promotion-words';
import type { StateWords } from './state-words';

const EDIT_STATES: Record<string, StateWords> = {
  planning: { label: 'Being planned', tone: 'info', progress: 'partiallyComplete' },
  planned: { label: 'Ready to review', tone: 'attention', progress: 'incomplete' },
  applying: { label: 'Being applied', tone: 'info', progress: 'partiallyComplete' },
  finished: { label: 'Applied', tone: 'success', progress: 'complete' },
  cancelled: { label: 'Cancelled', progress: 'incomplete' },
  failed: { label: 'Failed', tone: 'critical', progress: 'incomplete' },
};

const FIELD_STATES: Record<string, StateWords> = {
  planned: { label: 'Will change', tone: 'info', progress: 'incomplete' },
  skipped: { label: 'Left as it is', progress: 'complete' },
  applied: { label: 'Changed', tone: 'success', progress: 'complete' },
  moved: { label: 'Changed meanwhile', tone: 'warning', progress: 'partiallyComplete' },
  refused: { label: 'Not possible', tone: 'critical', progress: 'incomplete' },
  cancelled: { label: 'Cancelled', progress: 'incomplete' },
};

const WARNINGS: Record<string, string> = {
  'below-cost': 'Below cost',
  'large-change': 'Large change',
  'compare-at-not-above-price': 'Compare-at price not above price',
  'to-zero': 'Becomes zero',
  'raised-to-floor': 'Raised to the floor',
  'compare-at-above-lowest-price': 'Compare-at price above the lowest of 30 days',
};

const SKIPS: Record<string, string> = {
  unchanged: 'Already so',
  'nothing-to-reckon-from': 'Nothing to reckon from',
  'out-of-range': 'Not a value it can have',
  'not-tracked': 'Stock not tracked',
  'not-there': 'Not there',
  'changed-since': 'Changed since',
};

/** Where an edit stands. A word that is not known is shown as it is. */
export function editStateWords(state: string, target: EditTarget['kind'] = 'catalog'): StateWords {
  const words = EDIT_STATES[state] ?? { label: state };
  return state === 'finished' && target === 'promotion' ? { ...words, label: 'Scheduled' } : words;
}

/** Where an edit goes, in short. */
export const TARGET_WORDS: Record<EditTarget['kind'], string> = {
  catalog: 'Catalog and all stores',
  store: 'This store only',
  promotion: 'Promotion',
};

/** What comes of applying an edit, by where it goes. */
export const CONSEQUENCES: Record<EditTarget['kind'], string> = {
  catalog: 'It is written to your catalog and to Shopify. You can take it back afterwards.',
  store:
    'It is written to this store in Shopify; your catalog stays as it is. You can take it back afterwards.',
  promotion: 'The prices go to this store when the promotion starts, and back when it ends.',
};

/** The terms of a promotion as pages get them: instants in ISO 8601. */
export interface PromotionTermsText {
  startsAt: string;
  endsAt: string | null;
  priority: number;
  showsBaseAsCompareAt: boolean;
}

/** Where an edit applies, and of a promotion when, a sentence each; `terms` null: they are not known. */
export function targetSentences(
  target: EditTarget['kind'],
  terms: PromotionTermsText | null,
  timeZone: string,
): string[] {
  switch (target) {
    case 'catalog':
      return ['In your catalog; every store follows.'];
    case 'store':
      return ['In this store only, whatever the catalog says, until you revoke it.'];
    case 'promotion':
      return terms === null ? ['As a promotion in this store.'] : promotionSentences(terms, timeZone);
  }
}

function promotionSentences(terms: PromotionTermsText, timeZone: string): string[] {
  return [
    `As a promotion in this store, ${spanWords(terms, timeZone)} (${timeZone}).`,
    `Priority over other promotions: ${priorityWords(terms.priority).toLowerCase()}.`,
    ...(terms.showsBaseAsCompareAt ? ['The regular price is shown as compare-at price.'] : []),
  ];
}

/** "Lowest price of 30 days: 18.00". */
export function lowestPriceWords(lowest: LowestPrice, timeZone: string): string {
  const since =
    lowest.knownOnlySince === null ? '' : ` (known since ${formatInstant(lowest.knownOnlySince, timeZone)})`;
  return `Lowest price of 30 days: ${fieldText('price', lowest.amount)}${since}`;
}

/** What became of one field of an edit. */
export const editFieldStateWords = (state: string): StateWords => FIELD_STATES[state] ?? { label: state };
export const warningWords = (code: string): string => WARNINGS[code] ?? code;
/** Why a field of the selected products is left as it is, in short; the row's message says it whole. */
export const editSkipWords = (code: string): string => SKIPS[code] ?? code;

/** Why an edit must be confirmed. */
export function guardWords(finding: GuardFinding): string {
  switch (finding.limit) {
    case 'catalog-share': {
      const share = formatShare(finding.products, finding.ofProducts);
      return `It changes ${counted(finding.products, 'product')} of ${finding.ofProducts.toLocaleString('en-US')} (${share} of your catalog).`;
    }
    case 'change': {
      const are = finding.fields === 1 ? 'number changes' : 'numbers change';
      return `${finding.fields.toLocaleString('en-US')} ${are} by more than your limit, the largest by ${plain(finding.percent)}%.`;
    }
    case 'zero-stock':
      return `It sets ${counted(finding.fields, 'stock quantity', 'stock quantities')} to zero or below.`;
  }
}

const MANY = 3;
const SHORT = 60;

/** "a, b and 3 more", each in quotation marks. */
function listed(items: string[]): string {
  const shown = items.slice(0, MANY).map((item) => `“${shortened(item)}”`);
  const more = items.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  const last = shown.at(-1) ?? '';
  return shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ${last}` : last;
}

const shortened = (text: string): string => (text.length > SHORT ? `${text.slice(0, SHORT)}…` : text);

/** "+010.50" as "10.5"; the sign is told apart. */
function plain(number: string): string {
  const [whole = '', decimals = ''] = number.trim().replace(/^[+-]/, '').split('.');
  const kept = decimals.replace(/0+$/, '');
  return `${whole.replace(/^0+(?=\d)/, '')}${kept === '' ? '' : `.${kept}`}`;
}

const isZero = (number: string): boolean => plain(number) === '0';
const isNegative = (number: string): boolean => number.trim().startsWith('-') && !isZero(number);

type AmountField = 'price' | 'compareAtPrice' | 'cost';

const AMOUNTS: Record<AmountField, string> = {
  price: 'price',
  compareAtPrice: 'compare-at price',
  cost: 'cost',
};

/** The price that "the other price" of a field is. */
const OTHERS: Record<AmountField, string> = {
  price: 'compare-at price',
  compareAtPrice: 'price',
  cost: 'price',
};

function amountSentence(field: AmountField, change: AmountChange): string {
  const of = `the ${AMOUNTS[field]}`;
  switch (change.by) {
    case 'percent':
    case 'amount': {
      const number = change.by === 'percent' ? change.percent : change.amount;
      if (isZero(number)) return `Keep ${of}`;
      const size = change.by === 'percent' ? `${plain(number)}%` : fieldText('price', plain(number));
      return `${isNegative(number) ? 'Lower' : 'Raise'} ${of} by ${size}`;
    }
    case 'value':
      return `Set ${of} to ${fieldText('price', plain(change.value))}`;
    case 'margin':
      return field === 'cost'
        ? `Set the cost so that the margin of the price is ${plain(change.percent)}%`
        : `Set ${of} from the cost, for a margin of ${plain(change.percent)}%`;
    case 'other-price': {
      const moved = isZero(change.percent)
        ? ''
        : ` ${isNegative(change.percent) ? 'less' : 'plus'} ${plain(change.percent)}%`;
      return `Set ${of} to the ${OTHERS[field]}${moved}`;
    }
  }
}

function roundingWords(rounding: Rounding): string {
  switch (rounding.to) {
    case 'none':
      return '';
    case 'ending':
      return `, to the nearest that ends in ${rounding.ending.replace(/^0+(?=\.)/, '')}`;
    case 'step':
      return `, rounded to the nearest ${rounding.step}`;
  }
}

function floorWords({ atCost, minimum }: PriceFloor): string {
  const floors = [
    ...(atCost ? ['the cost'] : []),
    ...(minimum === null ? [] : [fieldText('price', plain(minimum))]),
  ];
  return floors.length === 0 ? '' : `, never below ${floors.join(' or ')}`;
}

function tagSentence(change: Extract<BulkChange, { field: 'tags' }>['change']): string {
  switch (change.kind) {
    case 'add':
      return `Add the ${change.tags.length === 1 ? 'tag' : 'tags'} ${listed(change.tags)}`;
    case 'remove':
      return `Remove the ${change.tags.length === 1 ? 'tag' : 'tags'} ${listed(change.tags)}`;
    case 'replace':
      return change.tags.length === 0 ? 'Remove all tags' : `Replace all tags by ${listed(change.tags)}`;
    case 'rename':
      return `Rename the tag “${shortened(change.from)}” to “${shortened(change.to)}”`;
  }
}

function mediaSentence(change: Extract<BulkChange, { field: 'media' }>['change']): string {
  switch (change.kind) {
    case 'add':
      return `Add ${counted(change.pictures.length, 'picture')}`;
    case 'replace':
      return `Replace all pictures by ${counted(change.pictures.length, 'picture')}`;
    case 'move':
      return `Move the picture at position ${change.from} to position ${change.to}`;
    case 'alt':
      return change.text === ''
        ? 'Empty the alternative text of all pictures'
        : `Set the alternative text of all pictures to “${shortened(change.text)}”`;
    case 'remove':
      return change.position === null
        ? 'Remove all pictures'
        : `Remove the picture at position ${change.position}`;
  }
}

/** "Set the vendor to …", "Empty the vendor" where there is no value. */
function valueSentence(field: string, value: string | null): string {
  const label = fieldLabel(field, {});
  // "SEO title" keeps its capitals.
  const name = /^[A-Z]{2}/.test(label) ? label : label.charAt(0).toLowerCase() + label.slice(1);
  if (value === null || value === '') return `Empty the ${name}`;
  return `Set the ${name} to “${shortened(fieldText(field, value))}”`;
}

/** What one change does, as the beginning of a sentence; `locations` gives the names of location gids. */
export function changeSentence(change: BulkChange, locations: Record<string, string> = {}): string {
  switch (change.field) {
    case 'price':
      return `${amountSentence(change.field, change.change)}${roundingWords(change.rounding)}${floorWords(change.floor)}`;
    case 'compareAtPrice':
    case 'cost':
      return change.change === null
        ? `Empty the ${AMOUNTS[change.field]}`
        : `${amountSentence(change.field, change.change)}${roundingWords(change.rounding)}`;
    case 'tags':
      return tagSentence(change.change);
    case 'inventory': {
      const at = `stock at ${locations[change.locationId] ?? 'a location that is gone'}`;
      if (change.change.kind === 'set') return `Set the ${at} to ${change.change.available}`;
      const { by } = change.change;
      return by === 0 ? `Keep the ${at}` : `${by < 0 ? 'Lower' : 'Raise'} the ${at} by ${Math.abs(by)}`;
    }
    case 'media':
      return mediaSentence(change.change);
    case 'status':
    case 'vendor':
    case 'productType':
    case 'seoTitle':
    case 'seoDescription':
      return valueSentence(change.field, change.value);
    case 'metafield': {
      const name = `the ${change.of} metafield ${change.namespace}.${change.key}`;
      return change.value === null ? `Remove ${name}` : `Set ${name} to “${shortened(change.value)}”`;
    }
  }
}

/** Which products a selection is, within a sentence: "12 listed SKUs". */
export function selectionSentence(selection: ProductSelection): string {
  switch (selection.kind) {
    case 'query':
      return selection.query.trim() === '' ? 'all products' : `products that match ${selection.query.trim()}`;
    case 'skus':
      return counted(selection.skus.length, 'listed SKU');
    case 'products':
      return counted(selection.productIds.length, 'chosen product');
  }
}

const LONGEST_VALUE = 120;

/**
 * The two values of a planned field in a line each. An order of pictures names them by the place they have now; one that the
 * edit adds has none yet.
 */
export function plannedText(planned: { path: { field: string }; before: FieldValue; after: FieldValue }): {
  before: string;
  after: string;
} {
  const { field } = planned.path;
  const kind = field.split(':')[0] ?? field;
  const places = new Map(
    field === 'mediaOrder' && Array.isArray(planned.before)
      ? planned.before.map((id, at) => [id, String(at + 1)])
      : [],
  );
  const text = (value: FieldValue): string => {
    const shown =
      field === 'mediaOrder' && Array.isArray(value)
        ? value.map((id) => places.get(id) ?? 'new').join(', ')
        : fieldText(kind, value);
    // A tag is its own value: what counts is whether the product has it.
    if (kind === 'tags') return shown === '' ? 'not there' : 'there';
    if (shown === '') return kind === 'media' ? 'not there' : 'empty';
    return shown.length > LONGEST_VALUE ? `${shown.slice(0, LONGEST_VALUE)}…` : shown;
  };
  return { before: text(planned.before), after: text(planned.after) };
}
