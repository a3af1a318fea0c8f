/** One change of a bulk edit as it is typed: everything as text. What it means: read-edit-change.ts. Pure. */
import type { AmountChange, BulkChange, NewPicture, Rounding } from '~/core/bulk-edit';
import type { ProductStatus } from '~/core/product-state';

export const EDIT_FIELDS = [
  'price',
  'compareAtPrice',
  'cost',
  'tags',
  'inventory',
  'status',
  'vendor',
  'productType',
  'media',
  'seoTitle',
  'seoDescription',
  'metafield',
] as const satisfies BulkChange['field'][];
export type EditField = (typeof EDIT_FIELDS)[number];

export const AMOUNT_WAYS = [
  'percent-less',
  'percent-more',
  'amount-less',
  'amount-more',
  'value',
  'margin',
  'other-less',
  'other-more',
  'clear',
] as const;
export type AmountWay = (typeof AMOUNT_WAYS)[number];

/** Amounts are the usual endings and steps; 'ending' and 'step' are the merchant's own. */
export const ROUNDINGS = ['none', '0.99', '0.95', '0.00', 'ending', '0.05', 'step'] as const;
export type RoundingWay = (typeof ROUNDINGS)[number];

/** What was typed for one change. What its field does not use is kept: nothing is lost by looking at another field. */
export interface ChangeForm {
  id: string;
  field: EditField;
  way: AmountWay;
  number: string;
  rounding: RoundingWay;
  ending: string;
  step: string;
  atCost: boolean;
  /** "": none. */
  minimum: string;
  tagWay: 'add' | 'remove' | 'replace' | 'rename';
  /** Separated by commas. */
  tags: string;
  from: string;
  to: string;
  stockWay: 'set' | 'raise' | 'lower';
  quantity: string;
  locationId: string;
  mediaWay: 'add' | 'replace' | 'move' | 'alt' | 'remove' | 'remove-all';
  pictures: NewPicture[];
  /** Files that are on their way into the store: they become pictures when all are ready. */
  uploads: number;
  position: string;
  moveTo: string;
  alt: string;
  status: ProductStatus;
  of: 'product' | 'variant';
  namespace: string;
  key: string;
  type: string;
  /** Vendor, product type, a text for search engines, or a metafield's value. */
  text: string;
  /** The same, taken away instead. */
  isCleared: boolean;
}

export type ChangeControl = keyof ChangeForm | `pictures.${number}`;

/** Why what stands in a control cannot be used. */
export interface ControlProblem<Control extends string = string> {
  control: Control;
  message: string;
  /** Nothing was entered yet: nobody needs to hear of it before they are done. */
  isMissing: boolean;
}

export type ChangeProblem = ControlProblem<ChangeControl>;

export const NO_PICTURE: NewPicture = { url: '', alt: '', kind: 'IMAGE' };

/** A change of a field with nothing typed yet. */
export function newChange(field: EditField, id: string): ChangeForm {
  return {
    id,
    field,
    way: field === 'compareAtPrice' ? 'other-more' : field === 'cost' ? 'value' : 'percent-less',
    number: '',
    rounding: 'none',
    ending: '',
    step: '',
    atCost: false,
    minimum: '',
    tagWay: 'add',
    tags: '',
    from: '',
    to: '',
    stockWay: 'set',
    quantity: '',
    locationId: '',
    mediaWay: 'add',
    pictures: [NO_PICTURE],
    uploads: 0,
    position: '',
    moveTo: '',
    alt: '',
    status: 'ACTIVE',
    of: 'product',
    namespace: 'custom',
    key: '',
    type: 'single_line_text_field',
    text: '',
    isCleared: false,
  };
}

/** The number without its sign, which the way to change it says. */
const unsigned = (number: string) => number.replace(/^[+-]/, '');
const isLess = (number: string) => number.startsWith('-');

function amountForm(change: AmountChange | null): Pick<ChangeForm, 'way' | 'number'> {
  if (change === null) return { way: 'clear', number: '' };
  switch (change.by) {
    case 'percent':
      return {
        way: isLess(change.percent) ? 'percent-less' : 'percent-more',
        number: unsigned(change.percent),
      };
    case 'amount':
      return { way: isLess(change.amount) ? 'amount-less' : 'amount-more', number: unsigned(change.amount) };
    case 'value':
      return { way: 'value', number: change.value };
    case 'margin':
      return { way: 'margin', number: change.percent };
    case 'other-price':
      return { way: isLess(change.percent) ? 'other-less' : 'other-more', number: unsigned(change.percent) };
  }
}

function roundingForm(rounding: Rounding): Partial<ChangeForm> {
  if (rounding.to === 'none') return { rounding: 'none' };
  const number = rounding.to === 'ending' ? rounding.ending : rounding.step;
  const usual = rounding.to === 'ending' ? (['0.99', '0.95', '0.00'] as const) : (['0.05'] as const);
  const known = usual.find((one) => one === number);
  return known === undefined ? { rounding: rounding.to, [rounding.to]: number } : { rounding: known };
}

function mediaForm(change: Extract<BulkChange, { field: 'media' }>['change']): Partial<ChangeForm> {
  switch (change.kind) {
    case 'add':
    case 'replace':
      return { mediaWay: change.kind, pictures: change.pictures };
    case 'move':
      return { mediaWay: 'move', position: String(change.from), moveTo: String(change.to) };
    case 'alt':
      return { mediaWay: 'alt', alt: change.text };
    case 'remove':
      return change.position === null
        ? { mediaWay: 'remove-all' }
        : { mediaWay: 'remove', position: String(change.position) };
  }
}

function stockForm(change: Extract<BulkChange, { field: 'inventory' }>['change']): Partial<ChangeForm> {
  if (change.kind === 'set') return { stockWay: 'set', quantity: String(change.available) };
  return { stockWay: change.by < 0 ? 'lower' : 'raise', quantity: String(Math.abs(change.by)) };
}

function tagForm(change: Extract<BulkChange, { field: 'tags' }>['change']): Partial<ChangeForm> {
  if (change.kind === 'rename') return { tagWay: 'rename', from: change.from, to: change.to };
  return { tagWay: change.kind, tags: change.tags.join(', '), isCleared: change.tags.length === 0 };
}

function typedOf(change: BulkChange): Partial<ChangeForm> {
  switch (change.field) {
    case 'price':
      return {
        ...amountForm(change.change),
        ...roundingForm(change.rounding),
        atCost: change.floor.atCost,
        minimum: change.floor.minimum ?? '',
      };
    case 'compareAtPrice':
    case 'cost':
      return { ...amountForm(change.change), ...roundingForm(change.rounding) };
    case 'tags':
      return tagForm(change.change);
    case 'inventory':
      return { ...stockForm(change.change), locationId: change.locationId };
    case 'media':
      return mediaForm(change.change);
    case 'status':
      return { status: change.value };
    case 'vendor':
    case 'productType':
    case 'seoTitle':
    case 'seoDescription':
      return { text: change.value ?? '', isCleared: change.value === null || change.value === '' };
    case 'metafield': {
      const { of, namespace, key, type, value } = change;
      return { of, namespace, key, type, text: value ?? '', isCleared: value === null };
    }
  }
}

/** A change as it would be typed. */
export function changeForm(change: BulkChange, id: string): ChangeForm {
  return { ...newChange(change.field, id), ...typedOf(change) };
}
