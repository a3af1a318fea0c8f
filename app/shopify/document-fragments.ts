/** Selections that several documents share. */

/** Page sizes are variables of these names in every document that needs them: composed documents share them. */
export const PAGE_SIZES = ['variants', 'media', 'metafields', 'variantMetafields', 'levels'] as const;
export type PageSizes = Record<(typeof PAGE_SIZES)[number], number>;

export const VARIANT_PARTS = /* GraphQL */ `
  fragment VariantParts on ProductVariant {
    id
    updatedAt
    title
    price
    compareAtPrice
    sku
    barcode
    taxable
    taxCode
    inventoryPolicy
    inventoryQuantity
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
      inventoryLevels(first: $levels) {
        pageInfo {
          hasNextPage
        }
        nodes {
          location {
            id
          }
          quantities(names: ["available"]) {
            quantity
          }
        }
      }
    }
    media(first: 1) {
      nodes {
        id
      }
    }
    metafields(first: $variantMetafields) {
      pageInfo {
        hasNextPage
      }
      nodes {
        namespace
        key
        type
        value
      }
    }
  }
`;

export const MEDIA_PARTS = /* GraphQL */ `
  fragment MediaParts on Media {
    id
    alt
    mediaContentType
    status
    preview {
      image {
        url
      }
    }
  }
`;

export const PRODUCT_PARTS = /* GraphQL */ `
  fragment ProductParts on Product {
    id
    updatedAt
    title
    descriptionHtml
    handle
    vendor
    productType
    status
    publishedAt
    templateSuffix
    isGiftCard
    tags
    category {
      id
    }
    seo {
      title
      description
    }
    options {
      name
      values
    }
    media(first: $media) {
      pageInfo {
        hasNextPage
      }
      nodes {
        ...MediaParts
      }
    }
    metafields(first: $metafields) {
      pageInfo {
        hasNextPage
      }
      nodes {
        namespace
        key
        type
        value
      }
    }
    variants(first: $variants) {
      pageInfo {
        hasNextPage
        endCursor
      }
      nodes {
        ...VariantParts
      }
    }
  }
`;
