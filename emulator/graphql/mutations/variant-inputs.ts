/** What productVariantsBulkCreate and productVariantsBulkUpdate share: media and stock of variant inputs. */
import type { Change, InputError } from '../../catalog/change';
import { adjustQuantity, stockedLevel } from '../../catalog/inventory';
import { setVariantMedia } from '../../catalog/media';
import type { PlannedOption, VariantOptionValueInput } from '../../catalog/options';
import { itemOf } from '../../catalog/variants';
import type { VariantFieldsInput } from '../../catalog/variants';
import type { Gid } from '../../state/gid';
import type { Product, StoredFile, Variant } from '../../state/product';
import type { Shop } from '../../state/shop';
import type { MediaInput } from './new-media';

export interface VariantBulkInput extends VariantFieldsInput {
  id?: Gid | null;
  optionValues?: VariantOptionValueInput[] | null;
  mediaId?: Gid | null;
  mediaSrc?: string[] | null;
  inventoryQuantities?: { locationId: Gid; availableQuantity: number }[] | null;
  quantityAdjustments?:
    { locationId: Gid; adjustment?: number | null; changeFromQuantity?: number | null }[] | null;
}

/** The product's options in the form option values are read with. */
export const optionsOf = (product: Product): PlannedOption[] => product.options;

/** Refusals of a variant's picture: it must be on the product, or among the new media of the same call. */
export function checkVariantMedia(
  input: VariantBulkInput,
  product: Product,
  media: readonly MediaInput[],
  path: string[],
): InputError[] {
  const { mediaId, mediaSrc } = input;
  if (mediaId != null && !product.mediaIds.includes(mediaId)) {
    return [
      {
        code: 'MUST_BE_FOR_THIS_PRODUCT',
        field: [...path, 'mediaId'],
        message: 'Media must belong to the product',
      },
    ];
  }
  if ((mediaSrc?.length ?? 0) > 1) {
    return [{ code: 'INVALID_INPUT', field: [...path, 'mediaSrc'], message: 'A variant may have one media' }];
  }
  const unknown = (mediaSrc ?? []).find(
    (source) => !media.some(({ originalSource }) => originalSource === source),
  );
  if (unknown === undefined) return [];
  return [
    {
      code: 'INVALID_INPUT',
      field: [...path, 'mediaSrc'],
      message: 'The media must also be in the argument media',
    },
  ];
}

/** Shows the variant's picture; `added` are the new media of the call. */
export function applyVariantMedia(
  change: Change,
  variant: Variant,
  input: VariantBulkInput,
  added: readonly StoredFile[],
): void {
  const [source] = input.mediaSrc ?? [];
  const byUrl = added.find(({ originalSource }) => originalSource === source)?.id;
  const mediaId = input.mediaId ?? byUrl;
  if (mediaId != null) setVariantMedia(change, variant, [mediaId]);
}

/** Refusals of stock given at creation. */
export function checkStock(shop: Shop, input: VariantBulkInput, path: string[]): InputError[] {
  return (input.inventoryQuantities ?? []).flatMap(({ locationId }, index) =>
    shop.locations.has(locationId)
      ? []
      : [
          {
            code: 'TRACKED_VARIANT_LOCATION_NOT_FOUND',
            field: [...path, 'inventoryQuantities', String(index)],
            message: 'Location does not exist',
          },
        ],
  );
}

/** Refusals of stock moved by an update. */
export function checkAdjustments(
  shop: Shop,
  variant: Variant,
  input: VariantBulkInput,
  path: string[],
): InputError[] {
  if (input.inventoryQuantities && input.inventoryQuantities.length > 0) {
    const message = 'Inventory quantities can only be provided during create. Use quantityAdjustments.';
    return [
      {
        code: 'NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE',
        field: [...path, 'inventoryQuantities'],
        message,
      },
    ];
  }
  return (input.quantityAdjustments ?? []).flatMap(
    ({ locationId, changeFromQuantity }, index): InputError[] => {
      const field = [...path, 'quantityAdjustments', String(index)];
      if (!shop.locations.has(locationId))
        return [{ code: 'INVALID_INPUT', field, message: 'Location does not exist' }];
      const available = itemOf(shop, variant).levels.get(locationId)?.quantities.available ?? 0;
      if (changeFromQuantity == null || changeFromQuantity === available) return [];
      return [
        {
          code: 'INVALID_INPUT',
          field,
          message: 'The changeFromQuantity does not match the current quantity',
        },
      ];
    },
  );
}

export function applyStock(change: Change, variant: Variant, input: VariantBulkInput): void {
  const item = itemOf(change.shop, variant);
  for (const { locationId, availableQuantity } of input.inventoryQuantities ?? []) {
    const level = stockedLevel(change, item, locationId);
    adjustQuantity(change, item, level, 'available', availableQuantity - level.quantities.available);
  }
  for (const { locationId, adjustment } of input.quantityAdjustments ?? []) {
    adjustQuantity(change, item, stockedLevel(change, item, locationId), 'available', adjustment ?? 0);
  }
}
