import { describe, expect, it } from 'vitest';
import type { PlannedField } from './bulk-edit';
import { type AppliedField, planUndo } from './bulk-edit-undo';
import type { SourceProduct } from './product-state';

const picture = (id: string, alt = '') => ({
  id,
  url: `https://cdn.example.com/${id}.jpg`,
  alt,
  kind: 'IMAGE' as const,
});
const value = (id: string) => ({ url: picture(id).url, alt: '', kind: 'IMAGE' });

function product(more: Partial<SourceProduct> = {}): SourceProduct {
  return {
    id: 'p',
    fields: { title: 'Tent', vendor: 'Acme' },
    giftCard: false,
    tags: ['Sale'],
    options: [{ name: 'Size', values: ['a'] }],
    variants: [
      {
        id: 'a',
        fields: { price: '18.00', tracked: true },
        optionValues: ['a'],
        mediaId: null,
        metafields: {},
        inventory: {},
      },
    ],
    media: [picture('front'), picture('back')],
    metafields: {},
    ...more,
  };
}

const own = (field: string, before: AppliedField['before'], after: AppliedField['after']): AppliedField => ({
  path: { variant: null, field },
  before,
  after,
});
const ofVariant = (
  variant: string,
  field: string,
  before: AppliedField['before'],
  after: AppliedField['after'],
): AppliedField => ({ path: { variant, field }, before, after });

function told(fields: PlannedField[]): string[] {
  return fields.map((field) =>
    field.outcome === 'change'
      ? `${field.path.field}: ${JSON.stringify(field.before)} -> ${JSON.stringify(field.after)}`
      : `${field.path.field}: ${field.code}. ${field.message}`,
  );
}

describe('undo', () => {
  it('goes by what values mean, and starts from how they are spelled today', () => {
    expect(told(planUndo(product(), [ofVariant('a', 'price', '20.00', '18')]))).toEqual([
      'price: "18.00" -> "20.00"',
    ]);
    expect(told(planUndo(product({ tags: ['SALE'] }), [own('tags:Sale', null, 'Sale')]))).toEqual([
      'tags:SALE: "SALE" -> null',
    ]);
  });

  it('keeps what somebody changed since and says what it holds', () => {
    expect(
      told(
        planUndo(product({ tags: [] }), [
          ofVariant('a', 'price', '20.00', '17.00'),
          own('vendor', 'Orbit', 'Zenith'),
          own('tags:Sale', null, 'Sale'),
          own('mediaOrder', ['back', 'front'], ['front', 'back', 'side']),
        ]),
      ),
    ).toEqual([
      // A tag that was added and is gone again is as it was before the edit.
      'tags:Sale: unchanged. It is so again already.',
      'vendor: changed-since. It was changed since and holds "Acme" now.',
      'mediaOrder: changed-since. It was changed since and holds another order now.',
      'price: changed-since. It was changed since and holds "18.00" now.',
    ]);
    expect(told(planUndo(product(), [ofVariant('gone', 'price', '1.00', null)]))).toEqual([
      'price: changed-since. The variant is no longer in the catalog.',
    ]);
  });

  it('adds a removed picture again under its id, in its place', () => {
    const removed = [
      own('media:side', value('side'), null),
      own('mediaOrder', ['front', 'side', 'back'], ['front', 'back']),
      ofVariant('a', 'variantMedia', 'side', null),
    ];
    expect(told(planUndo(product(), removed))).toEqual([
      `media:side: null -> ${JSON.stringify(value('side'))}`,
      'mediaOrder: ["front","back"] -> ["front","side","back"]',
      'variantMedia: null -> "side"',
    ]);
    // Somebody added it again: it is neither there twice nor shown under an id that nothing has.
    const again = product({
      media: [picture('front'), picture('back'), { ...picture('side'), id: 'other' }],
    });
    expect(told(planUndo(again, removed))).toEqual([
      'media:side: changed-since. The picture has been added again since.',
      'mediaOrder: changed-since. It was changed since and holds another order now.',
      'variantMedia: changed-since. The picture it showed is no longer there.',
    ]);
  });

  it('does not take a picture from a variant that shows it since', () => {
    const [variant] = product().variants;
    const shown = product({ variants: [{ ...variant!, mediaId: 'back' }] });
    expect(told(planUndo(shown, [own('media:back', null, value('back'))]))).toEqual([
      'media:back: changed-since. A variant shows the picture since.',
    ]);
    expect(told(planUndo(product(), [own('media:back', null, value('back'))]))).toEqual([
      `media:back: ${JSON.stringify(value('back'))} -> null`,
    ]);
  });

  it('brings no more back than a product can hold', () => {
    const full = product({ tags: Array.from({ length: 250 }, (_, index) => `t${index}`) });
    const tag = own('tags:Sale', 'Sale', null);
    expect(told(planUndo(full, [tag]))).toEqual([
      'tags:Sale: changed-since. The product has 250 tags now. Remove some.',
    ]);
    expect(told(planUndo(full, [tag, own('tags:t0', null, 't0')]))).toEqual([
      'tags:t0: "t0" -> null',
      'tags:Sale: null -> "Sale"',
    ]);
    const pictures = product({ media: Array.from({ length: 250 }, (_, index) => picture(`m${index}`)) });
    expect(planUndo(pictures, [own('media:side', value('side'), null)])).toMatchObject([
      { code: 'changed-since' },
    ]);
  });
});
