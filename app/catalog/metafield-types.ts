/** Types of metafields, which a product CSV does not carry. */

/**
 * Shopify's standard definitions that a CSV may name:
 * https://shopify.dev/docs/apps/build/custom-data/metafields/list-of-standard-definitions
 */
const standardTypes: Record<string, string> = {
  'descriptors.subtitle': 'single_line_text_field',
  'descriptors.care_guide': 'multi_line_text_field',
  'facts.isbn': 'single_line_text_field',
  'facts.ean': 'single_line_text_field',
  'facts.upc': 'single_line_text_field',
  'reviews.rating': 'rating',
  'reviews.rating_count': 'number_integer',
  'mm-google-shopping.custom_product': 'boolean',
};

/** The type of a metafield that the catalog does not have yet: the standard one for the key, else text. */
export function usualMetafieldType(namespace: string, key: string, value: string): string {
  return (
    standardTypes[`${namespace}.${key}`] ??
    (/[\r\n]/.test(value) ? 'multi_line_text_field' : 'single_line_text_field')
  );
}
