/** What was typed for one change of a bulk edit, as the change that it means. Pure. */
import type { AmountChange, BulkChange, Rounding } from '~/core/bulk-edit';
import type { ChangeControl, ChangeForm, ChangeProblem } from './edit-change-form';

/** What may be typed of a number, and how to say that it must be. */
const AMOUNT = /^\d{1,12}(\.\d{1,6})?$/;

class Reader {
  readonly problems: ChangeProblem[] = [];

  constructor(private readonly form: ChangeForm) {}

  refuse(control: ChangeControl, message: string, isMissing = false): void {
    this.problems.push({ control, message, isMissing });
  }

  /** A number without a sign; a "%" or "+" around it is forgiven. */
  amount(control: 'number' | 'ending' | 'step' | 'minimum', example: string): string {
    const text = this.form[control].trim().replace(/^\+\s*|\s*%$/g, '');
    const number = text.startsWith('.') ? `0${text}` : text;
    if (text === '') this.refuse(control, `Write a number, for example ${example}.`, true);
    else if (!AMOUNT.test(number))
      this.refuse(
        control,
        `“${this.form[control].trim()}” is no number. Write it with a point and without signs, for example ${example}.`,
      );
    return number;
  }

  whole(control: 'quantity' | 'position' | 'moveTo', limits: { from: number; to: number }): number {
    const text = this.form[control].trim();
    const number = Number(text);
    if (text === '') this.refuse(control, `Write a whole number from ${limits.from} to ${limits.to}.`, true);
    else if (!/^-?\d{1,10}$/.test(text) || number < limits.from || number > limits.to)
      this.refuse(
        control,
        `“${text}” cannot be used. Write a whole number from ${limits.from} to ${limits.to}.`,
      );
    return number;
  }

  text(control: 'from' | 'to' | 'namespace' | 'key' | 'text', what: string): string {
    const text = this.form[control];
    if (text.trim() === '') this.refuse(control, `Write ${what}.`, true);
    return text;
  }
}

/** Percentages are written beside "lower" or "raise"; the model has them signed. */
const signed = (isLess: boolean, number: string) => (isLess ? `-${number}` : number);

function amountChange(form: ChangeForm, read: Reader): AmountChange | null {
  switch (form.way) {
    case 'clear':
      return null;
    case 'percent-less':
    case 'percent-more':
      return {
        by: 'percent',
        percent: signed(form.way === 'percent-less', read.amount('number', '10')),
      };
    case 'amount-less':
    case 'amount-more':
      return { by: 'amount', amount: signed(form.way === 'amount-less', read.amount('number', '5.00')) };
    case 'value':
      return { by: 'value', value: read.amount('number', '19.99') };
    case 'margin':
      return { by: 'margin', percent: read.amount('number', '40') };
    case 'other-less':
    case 'other-more':
      return {
        by: 'other-price',
        percent: signed(form.way === 'other-less', read.amount('number', '0 or 20')),
      };
  }
}

function rounding(form: ChangeForm, read: Reader): Rounding {
  switch (form.rounding) {
    case 'none':
      return { to: 'none' };
    case 'ending':
      return { to: 'ending', ending: read.amount('ending', '0.90') };
    case 'step':
      return { to: 'step', step: read.amount('step', '0.10') };
    case '0.05':
      return { to: 'step', step: form.rounding };
    default:
      return { to: 'ending', ending: form.rounding };
  }
}

/** What was typed between commas, each once. */
export function typedTags(text: string): string[] {
  const tags = text.split(',').map((tag) => tag.trim());
  return [...new Set(tags.filter((tag) => tag !== ''))];
}

function tagChange(form: ChangeForm, read: Reader): Extract<BulkChange, { field: 'tags' }>['change'] {
  if (form.tagWay === 'rename')
    return {
      kind: 'rename',
      from: read.text('from', 'the tag as it is now').trim(),
      to: read.text('to', 'the new tag').trim(),
    };
  const tags = typedTags(form.tags);
  // To replace all tags by none is to take them all away.
  if (tags.length === 0 && !(form.tagWay === 'replace' && form.isCleared))
    read.refuse('tags', 'Write at least one tag; separate several by commas.', true);
  return { kind: form.tagWay, tags: form.tagWay === 'replace' && form.isCleared ? [] : tags };
}

const MOST_STOCK = 1_000_000_000;

function stockChange(form: ChangeForm, read: Reader): Extract<BulkChange, { field: 'inventory' }> {
  if (form.locationId === '') read.refuse('locationId', 'Choose a location.', true);
  const { locationId } = form;
  if (form.stockWay === 'set') {
    const available = read.whole('quantity', { from: -MOST_STOCK, to: MOST_STOCK });
    return { field: 'inventory', locationId, change: { kind: 'set', available } };
  }
  const by = read.whole('quantity', { from: 0, to: MOST_STOCK });
  // Not -0.
  const change = { kind: 'adjust', by: form.stockWay === 'lower' ? 0 - by : by } as const;
  return { field: 'inventory', locationId, change };
}

function isWebAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:\/\//i.test(text);
}

const MOST_PICTURES = 250;

function mediaChange(form: ChangeForm, read: Reader): Extract<BulkChange, { field: 'media' }>['change'] {
  const places = { from: 1, to: MOST_PICTURES };
  switch (form.mediaWay) {
    case 'add':
    case 'replace':
      if (form.uploads > 0)
        read.refuse('uploads', 'Pictures are still on their way. Wait until they are ready.', true);
      form.pictures.forEach(({ url }, at) => {
        const isMissing = url.trim() === '';
        if (isMissing || !isWebAddress(url.trim()))
          read.refuse(
            `pictures.${at}`,
            isMissing
              ? 'Upload a picture, or write the whole public address, from “https://” on, of one on the web.'
              : 'Write the whole public address, from “https://” on, of a picture on the web.',
            isMissing,
          );
      });
      return {
        kind: form.mediaWay,
        pictures: form.pictures.map((picture) => ({ ...picture, url: picture.url.trim() })),
      };
    case 'move':
      return { kind: 'move', from: read.whole('position', places), to: read.whole('moveTo', places) };
    case 'alt':
      return { kind: 'alt', text: form.alt };
    case 'remove':
      return { kind: 'remove', position: read.whole('position', places) };
    case 'remove-all':
      return { kind: 'remove', position: null };
  }
}

function readChange(form: ChangeForm, read: Reader): BulkChange {
  switch (form.field) {
    case 'price': {
      const change = amountChange(form, read);
      if (change === null) read.refuse('way', 'A price cannot be empty. Choose another way to change it.');
      const minimum = form.minimum.trim() === '' ? null : read.amount('minimum', '5.00');
      return {
        field: 'price',
        change: change ?? { by: 'value', value: '' },
        rounding: rounding(form, read),
        floor: { atCost: form.atCost, minimum },
      };
    }
    case 'compareAtPrice':
    case 'cost': {
      const change = amountChange(form, read);
      return { field: form.field, change, rounding: change === null ? { to: 'none' } : rounding(form, read) };
    }
    case 'tags':
      return { field: 'tags', change: tagChange(form, read) };
    case 'inventory':
      return stockChange(form, read);
    case 'media':
      return { field: 'media', change: mediaChange(form, read) };
    case 'status':
      return { field: 'status', value: form.status };
    case 'vendor':
    case 'productType':
      return {
        field: form.field,
        value: form.isCleared ? '' : read.text('text', 'what it shall be, or choose to empty it'),
      };
    case 'seoTitle':
    case 'seoDescription':
      return {
        field: form.field,
        value: form.isCleared ? null : read.text('text', 'the text, or choose to empty it'),
      };
    case 'metafield':
      return {
        field: 'metafield',
        of: form.of,
        namespace: read.text('namespace', 'the part before the point, for example custom').trim(),
        key: read.text('key', 'the part behind the point, for example care').trim(),
        type: form.type,
        value: form.isCleared ? null : read.text('text', 'the value, or choose to remove the metafield'),
      };
  }
}

/**
 * The change that was typed, or everything that keeps it from being one. Whether it makes sense is for `checkBulkChanges`
 * (core/bulk-edit-check.ts).
 */
export function changeOf(form: ChangeForm): { change: BulkChange } | { problems: ChangeProblem[] } {
  const read = new Reader(form);
  const change = readChange(form, read);
  return read.problems.length > 0 ? { problems: read.problems } : { change };
}
