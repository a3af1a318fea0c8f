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
