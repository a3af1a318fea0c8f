/** What the app writes beside products and variants: metafields, media, stock. */
import { MEDIA_PARTS } from './document-fragments';

export const METAFIELDS_SET = /* GraphQL */ `
  mutation MetafieldsSet($metafieldRows: [MetafieldsSetInput!]!) {
    metafieldsSet(metafields: $metafieldRows) {
      metafields {
        namespace
        key
        type
        value
        owner {
          ... on Product {
            id
          }
          ... on ProductVariant {
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

export const METAFIELDS_DELETE = /* GraphQL */ `
  mutation MetafieldsDelete($metafieldRows: [MetafieldIdentifierInput!]!) {
    metafieldsDelete(metafields: $metafieldRows) {
      deletedMetafields {
        ownerId
        namespace
        key
      }
      userErrors {
        field
        message
      }
    }
  }
`;

export const MEDIA_ADD =
  /* GraphQL */ `
    mutation MediaAdd($identifier: ProductUpdateIdentifiers!, $product: ProductUpdateInput!, $added: [CreateMediaInput!]!) {
      productUpdate(identifier: $identifier, product: $product, media: $added) {
        product {
          id
          media(first: 250) {
            nodes {
              ...MediaParts
            }
          }
        }
        userErrors {
          field
          message
        }
      }
    }
  ` + MEDIA_PARTS;

export const FILES_UPDATE = /* GraphQL */ `
  mutation FilesUpdate($files: [FileUpdateInput!]!) {
    fileUpdate(files: $files) {
      files {
        id
        alt
      }
      userErrors {
        field
        message
        code
      }
    }
  }
`;

export const MEDIA_REORDER = /* GraphQL */ `
  mutation MediaReorder($id: ID!, $moves: [MoveInput!]!) {
    productReorderMedia(id: $id, moves: $moves) {
      job {
        id
      }
      mediaUserErrors {
        field
        message
        code
      }
    }
  }
`;

export const VARIANT_MEDIA_DETACH = /* GraphQL */ `
  mutation VariantMediaDetach($productId: ID!, $variantMedia: [ProductVariantDetachMediaInput!]!) {
    productVariantDetachMedia(productId: $productId, variantMedia: $variantMedia) {
      productVariants {
        id
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

export const INVENTORY_SET = /* GraphQL */ `
  mutation InventorySet($input: InventorySetQuantitiesInput!, $key: String!) {
    inventorySetQuantities(input: $input) @idempotent(key: $key) {
      inventoryAdjustmentGroup {
        changes(quantityNames: ["available"]) {
          quantityAfterChange
          item {
            id
          }
          location {
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
