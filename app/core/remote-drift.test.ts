import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RemoteProduct, RemoteVariant } from './product-state';
import { remoteProducts } from './products.test-support';
import { productDiffers, variantListsDiffer } from './remote-drift';

const copy = (product: RemoteProduct): RemoteProduct => JSON.parse(JSON.stringify(product));
const first = (product: RemoteProduct): RemoteVariant => product.variants[0]!;
const note = { namespace: 'custom', key: 'note', type: 'single_line_text_field', value: 'new' };

/** Edits that a merchant would want to be found. */
const EDITS: Record<string, (product: RemoteProduct) => void> = {
  title: (product) => void (product.fields.title += ' II'),
  published: (product) => void (product.fields.published = !product.fields.published),
  tags: (product) => void product.tags.push('brand-new'),
  'option name': (product) => void (product.options[0]!.name += '!'),
  'metafield added': (product) => void (product.metafields['custom.note'] = note),
  'media added': (product) =>
    void product.media.push({
      id: 'gid://shopify/MediaImage/9',
      url: null,
      alt: '',
      kind: 'IMAGE',
      status: 'PROCESSING',
    }),
  'variant gone': (product) => void product.variants.pop(),
  'variant replaced': (product) => void (first(product).id += '9'),
  price: (product) => void (first(product).fields.price = '12345.67'),
  'option value': (product) => void (first(product).optionValues = ['Else']),
};
const LIST_EDITS: Record<string, (product: RemoteProduct) => void> = {
  picture: (product) => void (first(product).mediaId = 'gid://shopify/MediaImage/77'),
  'variant metafield': (product) => void (first(product).metafields['custom.note'] = note),
  stock: (product) => void (first(product).inventory['gid://shopify/Location/1'] = 4711),
};

describe('what Shopify holds otherwise', () => {
  it('is nothing in a product that was read again', () => {
    fc.assert(
      fc.property(remoteProducts, (product) => {
        expect(productDiffers(product, copy(product), 'whole')).toBe(false);
      }),
    );
  });

  it.each(Object.keys(EDITS))('is found in either read: %s', (name) => {
    fc.assert(
      fc.property(remoteProducts, (product) => {
        fc.pre(product.options.length > 0);
        const edited = copy(product);
        EDITS[name]!(edited);
        expect(productDiffers(product, edited, 'whole')).toBe(true);
        expect(productDiffers(product, edited, 'without variant lists')).toBe(true);
      }),
    );
  });

  it.each(Object.keys(LIST_EDITS))('is found in the lists of a variant: %s', (name) => {
    fc.assert(
      fc.property(remoteProducts, (product) => {
        const edited = copy(product);
        LIST_EDITS[name]!(edited);
        expect(productDiffers(product, edited, 'whole')).toBe(true);
        expect(productDiffers(product, edited, 'without variant lists')).toBe(false);
        expect(variantListsDiffer(first(product), first(edited))).toBe(true);
      }),
    );
  });

  it('is not another spelling, nor what happens to pictures by themselves', () => {
    fc.assert(
      fc.property(remoteProducts, (product) => {
        const same = copy(product);
        same.tags.reverse();
        same.media = same.media.map((media) => ({ ...media, url: null, status: 'PROCESSING' }));
        for (const { fields, inventory } of same.variants) {
          fields.price = `${fields.price}0`;
          fields.weight ??= { value: '0', unit: 'KILOGRAMS' };
          inventory['gid://shopify/Location/3'] = 0;
        }
        expect(productDiffers(product, same, 'whole')).toBe(false);
        expect(productDiffers(same, product, 'whole')).toBe(false);
      }),
    );
  });
});
