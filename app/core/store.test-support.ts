/** A small Shopify for property tests: performs operations on a product, in its own spelling, and answers what it made. */
import { applyPatch, metafieldKey } from './apply-patch';
import type { Operation } from './operation';
import type {
  MetafieldState,
  OptionState,
  RemoteProduct,
  RemoteVariant,
  SourceProduct,
  SourceVariant,
  VariantFields,
} from './product-state';
import { usedOptions } from './products.test-support';
import type { RemotePatch } from './remote-patch';

const BARE: VariantFields = {
  price: '0.00',
  compareAtPrice: null,
  cost: null,
  sku: null,
  barcode: null,
  taxable: true,
  taxCode: null,
  tracked: false,
  inventoryPolicy: 'DENY',
  requiresShipping: true,
  weight: { value: '0', unit: 'KILOGRAMS' },
  harmonizedSystemCode: null,
  countryCodeOfOrigin: null,
  unitPriceMeasurement: null,
};

export interface Spelling {
  html: (html: string) => string;
  text: (text: string) => string;
}

/** Shopify's ways with what it is given. */
export const SPELLINGS: Spelling[] = [
  { html: (html) => html, text: (text) => text },
  { html: (html) => html.replaceAll('<br>', '<br />').replaceAll('\r\n', '\n'), text: (text) => text.trim() },
  { html: (html) => html.replaceAll('<p>', '<p class="rte">'), text: (text) => text.trim() },
];

/** Shopify's refusal of what no order of operations could do, e.g. two variants with the same option values. */
export class Refused extends Error {}

export class TestStore {
  product: RemoteProduct | null;
  private made = 0;
  constructor(
    held: RemoteProduct | null,
    private readonly spelling: Spelling,
  ) {
    this.product = held;
  }

  private gid(type: string): string {
    this.made += 1;
    return `gid://shopify/${type}/made-${this.made}`;
  }

  private fields<F extends object>(fields: F): F {
    const spelled: F = { ...fields };
    for (const name in fields) {
      const value: unknown = fields[name];
      if (name === 'weight' && value === null) Object.assign(spelled, { weight: BARE.weight });
      else if (typeof value === 'string')
        Object.assign(spelled, {
          [name]: name === 'descriptionHtml' ? this.spelling.html(value) : this.spelling.text(value),
        });
    }
    return spelled;
  }

  private variant(source: SourceVariant, mediaId: string | null): RemoteVariant {
    return {
      id: this.gid('ProductVariant'),
      inventoryItemId: this.gid('InventoryItem'),
      fields: { ...BARE, ...this.fields(source.fields) },
      optionValues: source.optionValues,
      mediaId,
      metafields: source.metafields,
      inventory: source.inventory,
    };
  }

  private tags(tags: string[]): string[] {
    return [...new Map(tags.map((tag) => [tag.trim().toLowerCase(), tag.trim()])).values()];
  }

  private create(source: SourceProduct): RemotePatch {
    const media = source.media.map((item) => ({
      id: this.gid('MediaImage'),
      url: null,
      alt: item.alt,
      kind: item.kind,
      status: 'UPLOADED' as const,
    }));
    const pictures = new Map(source.media.map((item, index) => [item.id, media[index]?.id ?? '']));
    const whole: RemoteProduct = {
      id: this.gid('Product'),
      fields: {
        title: '',
        descriptionHtml: '',
        handle: '',
        vendor: 'The shop',
        productType: '',
        category: null,
        status: 'ACTIVE',
        seoTitle: null,
        seoDescription: null,
        templateSuffix: null,
        ...this.fields(source.fields),
        published: false,
      },
      giftCard: source.giftCard,
      tags: this.tags(source.tags),
      options: usedOptions(source.options, source.variants),
      variants: source.variants.map((variant) =>
        this.variant(variant, variant.mediaId === null ? null : (pictures.get(variant.mediaId) ?? null)),
      ),
      media,
      metafields: source.metafields,
    };
    return {
      productId: whole.id,
      whole,
      mediaCreatedFrom: source.media.map((item) => ({
        sourceId: item.id,
        remoteId: pictures.get(item.id) ?? '',
      })),
    };
  }

  /** Performs the operation, and answers what the mutation would. Throws where Shopify would refuse. */
  perform(operation: Operation): RemotePatch {
    const patch = this.patchOf(operation);
    this.product = applyPatch(this.product, patch);
    return operation.kind === 'options-set'
      ? { productId: patch.productId, options: patch.options ?? [], stale: true }
      : patch;
  }

  private held(): RemoteProduct {
    if (!this.product) throw new Error('The product does not exist.');
    return this.product;
  }

  private heldVariant(id: string): RemoteVariant {
    const found = this.held().variants.find((variant) => variant.id === id);
    if (!found) throw new Error(`MISSING_VARIANT ${id}`);
    return found;
  }

  private options(options: OptionState[], variants: { optionValues: string[] }[]): OptionState[] {
    const keys = variants.map(({ optionValues }) => JSON.stringify(optionValues));
    if (new Set(keys).size < keys.length) throw new Refused(`VARIANT_ALREADY_EXISTS ${keys.join()}`);
    if (variants.some(({ optionValues }) => optionValues.length !== options.length))
      throw new Error('NEED_TO_ADD_OPTION_VALUES');
    return usedOptions(options, variants);
  }

  private patchOf(operation: Operation): RemotePatch {
    if (operation.kind === 'product-create') return this.create(operation.product);
    const held = this.held();
    const productId = held.id;
    if (operation.remoteId !== productId) throw new Error('PRODUCT_DOES_NOT_EXIST');
    switch (operation.kind) {
      case 'product-update':
        return { productId, fields: this.fields(operation.fields) };
      case 'product-delete':
        return { productId, deleted: true };
      case 'publish':
        return { productId, fields: { published: operation.published } };
      case 'tags-add':
        return { productId, tags: this.tags([...operation.tags, ...held.tags]) };
      case 'tags-remove': {
        const gone = new Set(operation.tags.map((tag) => tag.trim().toLowerCase()));
        return { productId, tags: held.tags.filter((tag) => !gone.has(tag.toLowerCase())) };
      }
      case 'options-set': {
        const variants = operation.variants.map(({ remoteId, created, optionValues }) => {
          if (remoteId !== null) return { ...this.heldVariant(remoteId), optionValues };
          if (!created) throw new Error('A new variant without content.');
          return this.variant(created, null);
        });
        const options = this.options(operation.options, variants);
        return { productId, options, whole: { ...held, options, variants } };
      }
      case 'variants-create': {
        const createdVariants = operation.variants.map(({ variant, mediaId }) => ({
          variant: this.variant(variant, mediaId),
          sourceId: variant.id,
        }));
        const all = [...held.variants, ...createdVariants.map(({ variant }) => variant)];
        return { productId, createdVariants, options: this.options(held.options, all) };
      }
      case 'variants-update': {
        const variants = operation.variants.map(({ remoteId, fields, optionValues, mediaId }) => {
          this.heldVariant(remoteId);
          if (mediaId !== undefined && !held.media.some(({ id }) => id === mediaId))
            throw new Error('MEDIA_DOES_NOT_EXIST');
          return {
            id: remoteId,
            fields: this.fields(fields),
            ...(optionValues && { optionValues: optionValues.map(({ name }) => name) }),
            ...(mediaId !== undefined && { mediaId }),
          };
        });
        const after = applyPatch(held, { productId, variants });
        return { productId, variants, options: this.options(held.options, after?.variants ?? []) };
      }
      case 'variants-delete': {
        const gone = operation.variants.map(({ remoteId }) => this.heldVariant(remoteId).id);
        const kept = held.variants.filter(({ id }) => !gone.includes(id));
        if (kept.length === 0) throw new Refused('A product must keep a variant.');
        return { productId, deletedVariants: gone, options: this.options(held.options, kept) };
      }
      case 'variants-reorder':
        operation.positions.forEach(({ remoteId }) => this.heldVariant(remoteId));
        return { productId, variantOrder: operation.order };
      case 'metafields-set':
        return this.metafields(
          productId,
          operation.metafields.map(({ ownerId, ...value }) => ({ ownerId, key: metafieldKey(value), value })),
        );
      case 'metafields-delete':
        return this.metafields(
          productId,
          operation.metafields.map((row) => ({ ownerId: row.ownerId, key: metafieldKey(row), value: null })),
        );
      case 'media-add': {
        const added = operation.media.map((item) => ({
          id: this.gid('MediaImage'),
          url: null,
          alt: item.alt,
          kind: item.kind,
          status: 'UPLOADED' as const,
        }));
        return {
          productId,
          media: [...held.media, ...added],
          mediaCreatedFrom: operation.media.map((item, index) => ({
            sourceId: item.id,
            remoteId: added[index]?.id ?? '',
          })),
        };
      }
      case 'media-update':
        return {
          productId,
          mediaChanges: operation.media.map(({ remoteId, alt }) => ({ id: remoteId, alt })),
        };
      case 'media-remove':
        return { productId, removedMedia: operation.media };
      case 'media-reorder':
        return { productId, mediaOrder: operation.order };
      case 'variant-media-detach':
        return {
          productId,
          variants: operation.variants.map(({ remoteId }) => ({ id: remoteId, mediaId: null })),
        };
      case 'inventory-set':
        return {
          productId,
          variants: operation.quantities.map(
            ({ variantRemoteId, locationId, quantity, changeFromQuantity }) => {
              const level = this.heldVariant(variantRemoteId).inventory[locationId];
              if (changeFromQuantity !== null && level !== changeFromQuantity)
                throw new Error('CHANGE_FROM_QUANTITY_STALE');
              return { id: variantRemoteId, inventory: { [locationId]: quantity } };
            },
          ),
        };
    }
  }

  private metafields(
    productId: string,
    rows: { ownerId: string; key: string; value: MetafieldState | null }[],
  ): RemotePatch {
    const of = (id: string) =>
      Object.fromEntries(rows.filter((row) => row.ownerId === id).map(({ key, value }) => [key, value]));
    const owners = new Set(rows.map(({ ownerId }) => ownerId).filter((id) => id !== productId));
    return {
      productId,
      metafields: of(productId),
      variants: [...owners].map((id) => ({ id, metafields: of(id) })),
    };
  }
}
