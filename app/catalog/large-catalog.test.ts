import { describe, expect, it } from 'vitest';
import { applyPatch } from './apply-patch';
import { generateCatalog } from './large-catalog';

const catalog = { seed: 7, products: 300, minVariants: 1, maxVariants: 100 };

describe('generateCatalog', () => {
  it('gives the same products for the same seed, and others for another', () => {
    const products = [...generateCatalog(catalog)];
    expect([...generateCatalog({ ...catalog, products: 40 })]).toEqual(products.slice(0, 40));
    expect([...generateCatalog({ ...catalog, seed: 8, products: 1 })]).not.toEqual(products.slice(0, 1));
  });

  it('gives products that the catalog could hold', () => {
    const products = [...generateCatalog(catalog)];
    const counts = products.map(({ variants }) => variants.length);
    expect(Math.min(...counts)).toBeLessThan(5);
    expect(Math.max(...counts)).toBeGreaterThan(95);
    expect(new Set(products.map(({ fields }) => fields.handle)).size).toBe(300);
    expect(new Set(products.flatMap(({ variants }) => variants.map(({ id }) => id))).size).toBe(
      counts.reduce((a, b) => a + b),
    );
    for (const product of products) {
      const combinations = product.variants.map(({ optionValues }) => JSON.stringify(optionValues));
      expect(new Set(combinations).size).toBe(combinations.length);
      expect(product.fields.descriptionHtml.length).toBeGreaterThan(300);
      expect(product.fields.descriptionHtml.length).toBeLessThan(900);
      const nothing = { handle: product.fields.handle, lines: [], fields: {}, optionNames: [], variants: [] };
      const patch = { ...nothing, replacesMedia: false, media: [], metafields: [], extra: {} };
      expect(applyPatch(product, patch, () => 'new').product).toEqual(product);
    }
  });

  it('reaches 1,000 variants with a third option', () => {
    const [product] = generateCatalog({ seed: 1, products: 1, minVariants: 1000, maxVariants: 1000 });
    expect(product!.variants).toHaveLength(1000);
    expect(product!.options).toHaveLength(3);
  });
});
