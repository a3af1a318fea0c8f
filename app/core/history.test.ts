import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identical } from './canonical';
import type { FieldPath, FieldValue } from './decision';
import { fieldsAt, fieldsOf, historyKey } from './history';
import type { PastChange } from './history';
import type { SourceProduct, SourceVariant } from './product-state';

const variant = (id: string, price: string): SourceVariant => ({
  id,
  fields: { price, sku: id.toUpperCase() },
  optionValues: [id],
  mediaId: null,
  metafields: {},
  inventory: { 'gid://shopify/Location/1': 5 },
});

const product = (): SourceProduct => ({
  id: 'p',
  fields: { title: 'Tent', vendor: 'Acme', seoTitle: null },
  giftCard: false,
  tags: ['Camping'],
  options: [{ name: 'Size', values: ['a', 'b'] }],
  variants: [variant('a', '10.00'), variant('b', '20.00')],
  media: [{ id: 'm', url: 'https://cdn.example.com/m.jpg', alt: 'A tent', kind: 'IMAGE' }],
  metafields: {},
});

const START = Date.UTC(2026, 0, 1);
const at = (minute: number) => new Date(START + minute * 60_000);

function change(
  id: number,
  minute: number,
  field: string,
  before: FieldValue,
  after: FieldValue,
  more: { variant?: string; state?: string } = {},
): PastChange {
  const path: FieldPath = { variant: more.variant ?? null, field };
  return { path, at: at(minute), id: BigInt(id), before, after, state: more.state ?? 'applied' };
}

function find(fields: ReturnType<typeof fieldsAt>, field: string, of: string | null = null) {
  return fields.find(({ path }) => path.field === field && path.variant === of);
}

describe('a product as it was', () => {
  it('is as today where nothing is on record', () => {
    const fields = fieldsAt(product(), [], at(0));
    expect(fields.every(({ isSame, then, now }) => isSame && identical(then, now))).toBe(true);
    expect(find(fields, 'price', 'b')).toMatchObject({ then: '20.00', obstacle: null });
    // Empty then and today: nothing to show.
    expect(find(fields, 'seoTitle')).toBeUndefined();
  });

  it('leaves out what overlays held, and takes of a push over one only what it wrote', () => {
    const changes = [
      change(1, 10, 'title', 'First', 'Second'),
      { ...change(2, 20, 'title', 'Second', 'Sale!'), overlay: 'held' },
      { ...change(3, 30, 'title', 'Sale!', 'Tent'), overlay: 'released' },
      { ...change(4, 20, 'vendor', 'Elsewhere', 'Sale!'), overlay: 'held' },
      { ...change(5, 30, 'vendor', 'Sale!', 'Acme'), overlay: 'released' },
    ];
    const title = (minute: number) => find(fieldsAt(product(), changes, at(minute)), 'title')?.then;
    expect([9, 10, 25, 30].map(title)).toEqual(['First', 'Second', 'Second', 'Tent']);
    const vendor = (minute: number) => find(fieldsAt(product(), changes, at(minute)), 'vendor')?.then;
    expect([10, 25, 30].map(vendor)).toEqual(['Acme', 'Acme', 'Acme']);
  });

  it('takes the newest value until then, the instant included, else what the oldest change since found', () => {
    const changes = [
      change(2, 20, 'title', 'Two', 'Three'),
      change(1, 10, 'title', 'One', 'Two'),
      change(3, 30, 'title', 'Three', 'Tent'),
    ];
    const title = (minute: number) => find(fieldsAt(product(), changes, at(minute)), 'title')?.then;
    expect([9, 10, 19, 20, 29, 30, 99].map(title)).toEqual([
      'One',
      'Two',
      'Two',
      'Three',
      'Three',
      'Tent',
      'Tent',
    ]);
  });

  it('lets ids order the changes of one instant, whatever the order of the list', () => {
    const changes = [change(12, 10, 'title', 'Two', 'Three'), change(9, 10, 'title', 'One', 'Two')];
    for (const list of [changes, [...changes].reverse()]) {
      expect(find(fieldsAt(product(), list, at(10)), 'title')?.then).toBe('Three');
      expect(find(fieldsAt(product(), list, at(9)), 'title')?.then).toBe('One');
    }
  });

  it('is not moved by what failed, was skipped or stands in conflict', () => {
    const changes = ['failed', 'skipped', 'conflicted'].map((state, index) =>
      change(index, index, 'title', 'No', 'Never', { state }),
    );
    expect(find(fieldsAt(product(), changes, at(9)), 'title')).toMatchObject({ then: 'Tent', isSame: true });
  });

  it('knows a tag by any spelling, and names a lost one as it was spelled', () => {
    const changes = [change(1, 10, 'tags:OLD', 'OLD', null), change(2, 20, 'tags:camping', null, 'camping')];
    const before = fieldsAt(product(), changes, at(5));
    expect(find(before, 'tags:OLD')).toMatchObject({ then: 'OLD', now: null, isSame: false });
    expect(find(before, 'tags:Camping')).toMatchObject({ then: null, now: 'Camping', isSame: false });
    const after = fieldsAt(product(), changes, at(25));
    // Only the spelling differs.
    expect(find(after, 'tags:Camping')).toMatchObject({ then: 'camping', now: 'Camping', isSame: true });
    expect(find(after, 'tags:OLD')).toBeUndefined();
  });

  it('does not call two spellings of an amount a difference', () => {
    const changes = [change(1, 10, 'price', '9', '10', { variant: 'a' })];
    expect(find(fieldsAt(product(), changes, at(11)), 'price', 'a')).toMatchObject({
      then: '10',
      now: '10.00',
      isSame: true,
    });
  });

  it('shows of a variant that came since only that, and of one that is gone what it was', () => {
    const changes = [
      change(1, 10, 'existence', null, 'A', { variant: 'a' }),
      change(2, 11, 'price', '9.00', '10.00', { variant: 'a' }),
      change(3, 12, 'price', '4.00', '5.00', { variant: 'gone' }),
      change(4, 13, 'existence', 'G', null, { variant: 'gone' }),
    ];
    const fields = fieldsAt(product(), changes, at(5));
    expect(fields.filter(({ path }) => path.variant === 'a')).toMatchObject([
      { path: { field: 'existence' }, then: false, now: true, obstacle: 'existence' },
    ]);
    expect(fields.filter(({ path }) => path.variant === 'gone')).toMatchObject([
      { path: { field: 'price' }, then: '4.00', now: null, obstacle: 'variant-gone' },
      { path: { field: 'existence' }, then: true, now: false, obstacle: 'existence' },
    ]);
    expect(fieldsAt(product(), changes, at(20)).filter(({ path }) => path.variant === 'gone')).toEqual([]);
  });

  it('brings no picture back, but its text', () => {
    const changes = [
      change(1, 10, 'media:m', null, { url: 'https://cdn.example.com/m.jpg', alt: '', kind: 'IMAGE' }),
      change(2, 20, 'mediaAlt:m', '', 'A tent'),
    ];
    const fields = fieldsAt(product(), changes, at(5));
    expect(find(fields, 'media:m')).toMatchObject({ then: null, obstacle: 'picture' });
    expect(find(fields, 'mediaAlt:m')).toMatchObject({ then: '', now: 'A tent', obstacle: null });
  });

  it('of a product that is no longer in the catalog is what the record knows', () => {
    const fields = fieldsAt(null, [change(1, 10, 'title', 'One', 'Two')], at(5));
    expect(fields).toMatchObject([{ path: { field: 'title' }, then: 'One', now: null }]);
  });
});

/** One edit of the catalog: writes it and answers the change as the line records it; null where it changes nothing. */
type Edit = { kind: string; of: number; value: number };

const TAGS = ['Camping', 'camping', 'Sale', 'SALE', 'New'];

function applyEdit(
  source: SourceProduct,
  { kind, of, value }: Edit,
): Pick<PastChange, 'path' | 'before' | 'after'> {
  const item = source.variants[of % source.variants.length]!;
  const set = (path: FieldPath, before: FieldValue, after: FieldValue) => ({ path, before, after });
  switch (kind) {
    case 'title': {
      const before = source.fields.title ?? null;
      source.fields.title = `Title ${value}`;
      return set({ variant: null, field: 'title' }, before, source.fields.title);
    }
    case 'seoTitle': {
      const before = source.fields.seoTitle ?? null;
      source.fields.seoTitle = value === 0 ? null : `SEO ${value}`;
      return set({ variant: null, field: 'seoTitle' }, before, source.fields.seoTitle);
    }
    case 'tag': {
      const tag = TAGS[(of + value) % TAGS.length]!;
      const held = source.tags.find((each) => each.toLowerCase() === tag.toLowerCase());
      source.tags = source.tags.filter((each) => each !== held);
      if (held !== undefined) return set({ variant: null, field: `tags:${held}` }, held, null);
      source.tags.push(tag);
      return set({ variant: null, field: `tags:${tag}` }, null, tag);
    }
    case 'metafield': {
      const before = source.metafields['custom.care'] ?? null;
      const after = {
        namespace: 'custom',
        key: 'care',
        type: 'single_line_text_field',
        value: `wash ${value}`,
      };
      if (value === 0) delete source.metafields['custom.care'];
      else source.metafields['custom.care'] = after;
      return set({ variant: null, field: 'metafield:custom.care' }, before, value === 0 ? null : after);
    }
    case 'stock': {
      const location = `gid://shopify/Location/${1 + (value % 2)}`;
      const before = item.inventory[location] ?? null;
      item.inventory[location] = value;
      return set({ variant: item.id, field: `inventory:${location}` }, before, value);
    }
    default: {
      const before = item.fields.price ?? null;
      item.fields.price = `${value}.00`;
      return set({ variant: item.id, field: 'price' }, before, item.fields.price);
    }
  }
}

describe('history against a simulation forwards', () => {
  const edits = fc.array(
    fc.record({
      edit: fc.record({
        kind: fc.constantFrom('title', 'seoTitle', 'tag', 'metafield', 'stock', 'price'),
        of: fc.nat(3),
        value: fc.nat(4),
      }),
      /** 0: at the same instant as the one before. */
      minutes: fc.nat(2),
      noise: fc.boolean(),
    }),
    { maxLength: 40 },
  );
  const asMap = (source: SourceProduct) =>
    new Map(fieldsOf(source).map(({ path, value }) => [historyKey(path), value]));

  it('finds every field at every instant', () => {
    fc.assert(
      fc.property(edits, fc.integer(), (steps, seed) => {
        const source = product();
        const changes: PastChange[] = [];
        const moments = [{ minute: 0, held: asMap(source) }];
        let minute = 1;
        for (const [index, step] of steps.entries()) {
          minute += step.minutes;
          const row = { at: at(minute), id: BigInt(index + 1) };
          changes.push({ ...applyEdit(source, step.edit), ...row, state: 'applied' });
          if (step.noise)
            changes.push({ ...applyEdit(structuredClone(source), step.edit), ...row, state: 'failed' });
          if (moments.at(-1)!.minute === minute) moments.pop();
          moments.push({ minute, held: asMap(source) });
        }
        // In any order: the page reads them from two ends.
        changes.sort(
          (a, b) => Number((a.id * 7919n + BigInt(seed)) % 31n) - Number((b.id * 7919n + BigInt(seed)) % 31n),
        );
        for (const { minute: when, held } of moments) {
          const fields = fieldsAt(structuredClone(source), changes, at(when));
          const found = new Map(fields.map(({ path, then }) => [historyKey(path), then]));
          for (const key of new Set([...held.keys(), ...found.keys()]))
            expect([when, key, found.get(key) ?? null]).toEqual([when, key, held.get(key) ?? null]);
        }
      }),
      { numRuns: 500 },
    );
  });
});
