/** Which products a store gets, and in which language. */
import { BlockStack, Card, InlineGrid, Text } from '@shopify/polaris';
import { RULED_TEXT_FIELDS } from '~/core/product-rules';
import type { OutsideRule, ProductChoice, RuledTextField } from '~/core/product-rules';
import { Choice, Field } from './store-rules-fields';
import type { RulesCardProps } from './store-rules-fields';

const CHOICES: readonly { value: ProductChoice['by']; label: string }[] = [
  { value: 'all', label: 'All products of your catalog' },
  { value: 'search', label: 'Those that a search finds' },
];

const OUTSIDES: readonly { value: OutsideRule; label: string; helpText: string }[] = [
  {
    value: 'leave',
    label: 'Leave them as they are',
    helpText: 'Nothing of them is written, in the store or in your catalog; nor are they made there.',
  },
  {
    value: 'draft',
    label: 'Make them drafts',
    helpText: 'What the store has already stays in step, but is not for sale. Others are not made there.',
  },
];

/** Which products of the catalog the store gets. */
export function ProductsCard({ form, onChange, problemOf }: RulesCardProps) {
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          Products
        </Text>
        <Choice
          title="Products"
          titleHidden
          value={form.products}
          choices={CHOICES}
          onChange={(products) => onChange({ products })}
        />
        {form.products === 'search' && (
          <>
            <Field
              label="Search"
              type="text"
              value={form.search}
              onChange={(search) => onChange({ search })}
              problem={problemOf('products.search')}
              placeholder="tag:outlet OR vendor:Acme"
              helpText="In Shopify’s search syntax, by fields of whole products: title, vendor, product_type, category, tag, status."
            />
            <Choice
              title="All other products"
              value={form.outside}
              choices={OUTSIDES}
              onChange={(outside) => onChange({ outside })}
            />
          </>
        )}
      </BlockStack>
    </Card>
  );
}

const TEXT_LABELS: Record<RuledTextField, string> = {
  title: 'Title',
  descriptionHtml: 'Description',
  seoTitle: 'Page title for search engines',
  seoDescription: 'Meta description',
};

/** In which language the store shows its products. */
export function TextsCard({ form, onChange, problemOf }: RulesCardProps) {
  return (
    <Card>
      <BlockStack gap="400">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            Language
          </Text>
          <Text as="p" tone="subdued">
            The metafield of your catalog’s products that holds this store’s text, such as custom.title_de.
            Where it is empty, the catalog’s own text is shown. What is written over it in Shopify is put
            back.
          </Text>
        </BlockStack>
        <InlineGrid columns={{ xs: 1, sm: 2 }} gap="300">
          {RULED_TEXT_FIELDS.map((field) => (
            <Field
              key={field}
              type="text"
              label={TEXT_LABELS[field]}
              value={form.texts[field]}
              onChange={(key) => onChange({ texts: { ...form.texts, [field]: key } })}
              problem={problemOf(`texts.${field}`)}
              placeholder="The catalog’s own"
            />
          ))}
        </InlineGrid>
      </BlockStack>
    </Card>
  );
}
