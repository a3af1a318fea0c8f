/** What the app writes of products and variants. */
import { MEDIA_PARTS, PRODUCT_PARTS, VARIANT_PARTS } from './document-fragments';

export const PRODUCT_CREATE =
  /* GraphQL */ `
    mutation ProductCreate(
      $identifier: ProductSetIdentifiers!
      $input: ProductSetInput!
      $variants: Int!
      $media: Int!
      $metafields: Int!
      $variantMetafields: Int!
      $levels: Int!
    ) {
      productSet(identifier: $identifier, input: $input, synchronous: true) {
        product {
          ...ProductParts
        }
        userErrors {
          field
          message
          code
        }
      }
    }
  ` +
  PRODUCT_PARTS +
  MEDIA_PARTS +
  VARIANT_PARTS;

export const PRODUCT_UPDATE = /* GraphQL */ `
  mutation ProductUpdate($identifier: ProductUpdateIdentifiers!, $product: ProductUpdateInput!) {
    productUpdate(identifier: $identifier, product: $product) {
      product {
        id
        title
        descriptionHtml
        handle
        vendor
        productType
        status
        templateSuffix
        category {
          id
        }
        seo {
          title
          description
        }
      }
      userErrors {
        field
        message
      }
    }
  }
`;

export const PRODUCT_DELETE = /* GraphQL */ `
  mutation ProductDelete($input: ProductDeleteInput!) {
    productDelete(input: $input, synchronous: true) {
      deletedProductId
      userErrors {
        field
        message
      }
    }
  }
`;

export const PUBLISH = /* GraphQL */ `
  mutation Publish($id: ID!, $input: [PublicationInput!]!) {
    publishablePublish(id: $id, input: $input) {
      publishable {
        ... on Product {
          id
          publishedAt
        }
      }
      userErrors {
        field
        message
      }
    }
  }
`;

export const UNPUBLISH = /* GraphQL */ `
  mutation Unpublish($id: ID!, $input: [PublicationInput!]!) {
    publishableUnpublish(id: $id, input: $input) {
      publishable {
        ... on Product {
          id
          publishedAt
        }
      }
      userErrors {
        field
        message
      }
    }
  }
`;

export const TAGS_ADD = /* GraphQL */ `
  mutation TagsAdd($id: ID!, $tags: [String!]!) {
    tagsAdd(id: $id, tags: $tags) {
      node {
        ... on Product {
          id
          tags
        }
      }
      userErrors {
        field
        message
      }
    }
  }
`;

export const TAGS_REMOVE = /* GraphQL */ `
  mutation TagsRemove($id: ID!, $tags: [String!]!) {
    tagsRemove(id: $id, tags: $tags) {
      node {
        ... on Product {
          id
          tags
        }
      }
      userErrors {
        field
        message
      }
    }
  }
`;

export const OPTIONS_SET = /* GraphQL */ `
  mutation OptionsSet($identifier: ProductSetIdentifiers!, $input: ProductSetInput!) {
    productSet(identifier: $identifier, input: $input, synchronous: true) {
      product {
        id
        options {
          name
          values
        }
      }
      userErrors {
        field
        message
        code
      }
    }
  }
`;

export const VARIANTS_CREATE =
  /* GraphQL */ `
    mutation VariantsCreate(
      $productId: ID!
      $rows: [ProductVariantsBulkInput!]!
      $variantMetafields: Int!
      $levels: Int!
    ) {
      productVariantsBulkCreate(productId: $productId, variants: $rows, strategy: DEFAULT) {
        product {
          id
          options {
            name
            values
          }
        }
        productVariants {
          ...VariantParts
        }
        userErrors {
          field
          message
          code
        }
      }
    }
  ` + VARIANT_PARTS;

export const VARIANTS_UPDATE = /* GraphQL */ `
  mutation VariantsUpdate($productId: ID!, $rows: [ProductVariantsBulkInput!]!) {
    productVariantsBulkUpdate(productId: $productId, variants: $rows, allowPartialUpdates: true) {
      product {
        options {
          name
          values
        }
      }
      productVariants {
        id
        price
        compareAtPrice
        barcode
        taxable
        taxCode
        inventoryPolicy
        selectedOptions {
          name
          value
        }
        unitPriceMeasurement {
          quantityValue
          quantityUnit
          referenceValue
          referenceUnit
        }
        sku
        inventoryItem {
          tracked
          requiresShipping
          harmonizedSystemCode
          countryCodeOfOrigin
          unitCost {
            amount
          }
          measurement {
            weight {
              value
              unit
            }
          }
        }
        media(first: 1) {
          nodes {
            id
          }
        }
      }
      userErrors {
        field
        message
        code
      }
    }
  }
`;

export const VARIANTS_DELETE = /* GraphQL */ `
  mutation VariantsDelete($productId: ID!, $variantsIds: [ID!]!) {
    productVariantsBulkDelete(productId: $productId, variantsIds: $variantsIds) {
      product {
        id
        options {
          name
          values
        }
      }
      userErrors {
        field
        message
        code
      }
    }
  }
`;

export const VARIANTS_REORDER = /* GraphQL */ `
  mutation VariantsReorder($productId: ID!, $positions: [ProductVariantPositionInput!]!, $variants: Int!) {
    productVariantsBulkReorder(productId: $productId, positions: $positions) {
      product {
        id
        variants(first: $variants) {
          nodes {
            id
          }
        }
      }
      userErrors {
        field
        message
        code
      }
    }
  }
`;
