/** What the app asks of Shopify. */
import { MEDIA_PARTS, PRODUCT_PARTS, VARIANT_PARTS } from './document-fragments';

export const READ_SHOP = /* GraphQL */ `
  query ReadShop {
    shop {
      name
      currencyCode
      ianaTimezone
      plan {
        publicDisplayName
      }
    }
  }
`;

export const READ_LOCATIONS = /* GraphQL */ `
  query ReadLocations {
    locations(first: 100) {
      nodes {
        id
        name
        isActive
      }
    }
  }
`;

export const READ_PUBLICATIONS = /* GraphQL */ `
  query ReadPublications {
    publications(first: 50) {
      nodes {
        id
        name
      }
    }
  }
`;

export const READ_PRODUCTS =
  /* GraphQL */ `
    query ReadProducts(
      $ids: [ID!]!
      $variants: Int!
      $media: Int!
      $metafields: Int!
      $variantMetafields: Int!
      $levels: Int!
    ) {
      nodes(ids: $ids) {
        ...ProductParts
      }
    }
  ` +
  PRODUCT_PARTS +
  MEDIA_PARTS +
  VARIANT_PARTS;

export const READ_MORE_VARIANTS =
  /* GraphQL */ `
    query ReadMoreVariants($id: ID!, $after: String!, $variants: Int!, $variantMetafields: Int!, $levels: Int!) {
      product(id: $id) {
        variants(first: $variants, after: $after) {
          pageInfo {
            hasNextPage
            endCursor
          }
          nodes {
            ...VariantParts
          }
        }
      }
    }
  ` + VARIANT_PARTS;

/** One of these for each handle is composed into a document. */
export const FIND_BY_HANDLE = /* GraphQL */ `
  query FindByHandle($identifier: ProductIdentifierInput!) {
    productByIdentifier(identifier: $identifier) {
      id
    }
  }
`;

export const OUTLINE = /* GraphQL */ `
  query Outline($after: String) {
    products(first: 50, after: $after, sortKey: ID) {
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        handle
        title
        variants(first: 100) {
          pageInfo {
            hasNextPage
            endCursor
          }
          nodes {
            id
            sku
          }
        }
      }
    }
  }
`;

export const OUTLINE_MORE_VARIANTS = /* GraphQL */ `
  query OutlineMoreVariants($id: ID!, $after: String!) {
    product(id: $id) {
      variants(first: 250, after: $after) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          id
          sku
        }
      }
    }
  }
`;

export const LIST_COLLECTIONS = /* GraphQL */ `
  query ListCollections($after: String) {
    collections(first: 250, after: $after, sortKey: ID) {
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        id
        title
        handle
      }
    }
  }
`;

export const READ_COLLECTION_PRODUCTS = /* GraphQL */ `
  query ReadCollectionProducts($id: ID!, $after: String) {
    collection(id: $id) {
      products(first: 250, after: $after, sortKey: ID) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          id
        }
      }
    }
  }
`;

export const FIND_CATEGORIES = /* GraphQL */ `
  query FindCategories($search: String!) {
    taxonomy {
      categories(first: 20, search: $search) {
        nodes {
          id
          fullName
        }
      }
    }
  }
`;

/** Plain fields of products; what costs nothing beyond the products themselves, and a little more. */
export const READ_PRODUCT_FIELDS = /* GraphQL */ `
  query ReadProductFields($ids: [ID!]!) {
    nodes(ids: $ids) {
      ... on Product {
        id
        title
        descriptionHtml
        handle
        vendor
        productType
        status
        publishedAt
        templateSuffix
        tags
        category {
          id
        }
        seo {
          title
          description
        }
      }
    }
  }
`;

/** Plain fields of variants: a point each. */
export const READ_VARIANT_FIELDS = /* GraphQL */ `
  query ReadVariantFields($ids: [ID!]!) {
    nodes(ids: $ids) {
      ... on ProductVariant {
        id
        price
        compareAtPrice
        sku
        barcode
        taxable
        taxCode
        inventoryPolicy
      }
    }
  }
`;

/** Fields of variants that are held beside them. */
export const READ_VARIANT_ITEM_FIELDS = /* GraphQL */ `
  query ReadVariantItemFields($ids: [ID!]!) {
    nodes(ids: $ids) {
      ... on ProductVariant {
        id
        unitPriceMeasurement {
          quantityValue
          quantityUnit
          referenceValue
          referenceUnit
        }
        inventoryItem {
          id
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
      }
    }
  }
`;
