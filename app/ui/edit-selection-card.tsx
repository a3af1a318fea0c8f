import {
  BlockStack,
  Box,
  Button,
  ButtonGroup,
  Card,
  ChoiceList,
  InlineGrid,
  InlineStack,
  Text,
} from '@shopify/polaris';
import type { ReactNode } from 'react';
import type { ProductStatus } from '~/core/product-state';
import { TextControl, controlId } from './edit-controls';
import { filterQuery } from './edit-selection-form';
import type { FilterForm, SelectionForm } from './edit-selection-form';
import { EditSkuList } from './edit-sku-list';
import type { SkuListProps } from './edit-sku-list';
import { counted } from './formats';
import { ManyChoice } from './many-choice';

/** What the catalog holds, to choose from. */
export interface FilterChoices {
  vendors: string[];
  productTypes: string[];
  tags: string[];
}

interface Props extends SkuListProps {
  choices: FilterChoices;
  /** The first of the chosen products, by title; none: they are not known by title. */
  chosenTitles: string[];
  /** How many are selected, and what else is to be said of it. */
  children: ReactNode;
}

const WAYS: { way: SelectionForm['way']; label: string }[] = [
  { way: 'filters', label: 'Filters' },
  { way: 'search', label: 'Search' },
  { way: 'skus', label: 'SKUs' },
  { way: 'products', label: 'Chosen' },
];

/** Which products an edit changes. */
export function EditSelectionCard(props: Props) {
  const { form, onChange } = props;
  const ways = WAYS.filter(({ way }) => way !== 'products' || form.productIds.length > 0);
  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          Products
        </Text>
        <div role="group" aria-label="Choose products by">
          <ButtonGroup variant="segmented">
            {ways.map(({ way, label }) => (
              <Button key={way} pressed={form.way === way} onClick={() => onChange({ ...form, way })}>
                {label}
              </Button>
            ))}
          </ButtonGroup>
        </div>
        <Fields {...props} />
        {props.children}
      </BlockStack>
    </Card>
  );
}

function Fields(props: Props) {
  switch (props.form.way) {
    case 'filters':
      return <Filters {...props} />;
    case 'search':
      return <Search {...props} />;
    case 'skus':
      return <EditSkuList {...props} />;
    case 'products':
      return <Chosen {...props} />;
  }
}

const STATUSES: { value: ProductStatus; label: string }[] = [
  { value: 'ACTIVE', label: 'Active' },
  { value: 'DRAFT', label: 'Draft' },
  { value: 'ARCHIVED', label: 'Archived' },
  { value: 'UNLISTED', label: 'Unlisted' },
];

function Filters({ form, onChange, problemOf, choices }: Props) {
  const { filters } = form;
  const set = (part: Partial<FilterForm>) => onChange({ ...form, filters: { ...filters, ...part } });
  const query = filterQuery(filters);
  return (
    <BlockStack gap="400">
      <ManyChoice
        label="Vendors"
        placeholder="Any vendor"
        choices={choices.vendors}
        chosen={filters.vendors}
        onChange={(vendors) => set({ vendors })}
      />
      <ManyChoice
        label="Product types"
        placeholder="Any type"
        choices={choices.productTypes}
        chosen={filters.productTypes}
        onChange={(productTypes) => set({ productTypes })}
      />
      <ManyChoice
        label="Tags, at least one of"
        placeholder="Any tag"
        choices={choices.tags}
        chosen={filters.tags}
        onChange={(tags) => set({ tags })}
      />
      <TextControl
        control="filters.category"
        problemOf={problemOf}
        label="Category"
        placeholder="Any category"
        helpText="Its full name or the last part of it, for example Bedding"
        value={filters.category}
        onChange={(category) => set({ category })}
      />
      <TextControl
        control="filters.collection"
        problemOf={problemOf}
        label="Collection"
        placeholder="Any collection"
        helpText="Its title or handle in this store"
        value={filters.collection}
        onChange={(collection) => set({ collection })}
      />
      <InlineGrid columns={2} gap="300">
        <TextControl
          control="filters.priceFrom"
          problemOf={problemOf}
          label="Price from"
          inputMode="decimal"
          value={filters.priceFrom}
          onChange={(priceFrom) => set({ priceFrom })}
        />
        <TextControl
          control="filters.priceTo"
          problemOf={problemOf}
          label="Price to"
          inputMode="decimal"
          value={filters.priceTo}
          onChange={(priceTo) => set({ priceTo })}
        />
      </InlineGrid>
      <ChoiceList
        title="Status"
        allowMultiple
        choices={STATUSES}
        selected={filters.statuses}
        onChange={(chosen) =>
          set({ statuses: STATUSES.flatMap(({ value }) => (chosen.includes(value) ? [value] : [])) })
        }
      />
      {query !== '' && (
        <InlineStack gap="200" blockAlign="center">
          <Text as="span" tone="subdued" breakWord>
            As a search: <code>{query}</code>
          </Text>
          <Button variant="plain" onClick={() => onChange({ ...form, way: 'search', query })}>
            Edit as a search
          </Button>
        </InlineStack>
      )}
    </BlockStack>
  );
}

const EXAMPLES = [
  { query: 'vendor:Acme price:>=50', means: 'from 50 on, by Acme' },
  { query: 'tag:sale -status:archived', means: 'tagged sale, and not archived' },
  { query: 'title:winter* inventory_total:0', means: 'sold out, with a title word like “winter”' },
  { query: '(product_type:Tent OR product_type:Tarp) cost:>20', means: 'of either type, at a cost over 20' },
];

function Search({ form, onChange, problemOf }: Props) {
  return (
    <BlockStack gap="300">
      <TextControl
        control="query"
        problemOf={problemOf}
        label="Search"
        value={form.query}
        onChange={(query) => onChange({ ...form, query })}
        multiline={2}
        spellCheck={false}
        placeholder="vendor:Acme tag:sale"
        helpText="Words, or field:value as in Shopify’s own search. All terms must hold; OR between two, and “-” before one that must not. Empty: all products."
      />
      <BlockStack gap="100" inlineAlign="start">
        <Text as="h3" variant="headingSm">
          Examples
        </Text>
        {EXAMPLES.map(({ query, means }) => (
          <Box key={query}>
            <Button variant="plain" textAlign="start" onClick={() => onChange({ ...form, query })}>
              {query}
            </Button>
            <Text as="p" variant="bodySm" tone="subdued">
              {means}
            </Text>
          </Box>
        ))}
      </BlockStack>
      <Text as="p" variant="bodySm" tone="subdued">
        Fields: title, variant_title, handle, vendor, product_type, category, collection, tag, status, sku,
        barcode, price, compare_at_price, cost, inventory_total, inventory_quantity, created_at, updated_at,
        gift_card, published.
      </Text>
    </BlockStack>
  );
}

/** Titles that are shown of a longer choice. */
const SHOWN_TITLES = 5;

function Chosen({ form, chosenTitles }: Props) {
  const shown = chosenTitles.slice(0, SHOWN_TITLES);
  const more = form.productIds.length - shown.length;
  return (
    <div id={controlId('products')} tabIndex={-1}>
      <BlockStack gap="200">
        <Text as="p">{`${counted(form.productIds.length, 'product')}, each with all of its variants`}</Text>
        {shown.length > 0 && (
          <Text as="p" tone="subdued" breakWord>
            {`${shown.join(', ')}${more > 0 ? ` and ${counted(more, 'more', 'more')}` : ''}`}
          </Text>
        )}
      </BlockStack>
    </div>
  );
}
