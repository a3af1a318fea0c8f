/** What mutations of quantities check and do. */
import type { Change, InputError } from '../../catalog/change';
import { adjustQuantity, quantityOf, stockedLevel } from '../../catalog/inventory';
import type { Gid } from '../../state/gid';
import type { InventoryItem, QuantityName } from '../../state/inventory';
import { apiError } from '../call';
import type { Call } from '../call';
import type { AdjustmentChange, AdjustmentGroup } from '../types/inventory-type';

interface Place {
  inventoryItemId: Gid;
  locationId: Gid;
  /** Absent is an error since 2026-04; null opts out of the comparison. */
  changeFromQuantity?: number | null;
}

export interface SetInput {
  name: string;
  reason: string;
  referenceDocumentUri?: string | null;
  quantities: (Place & { quantity: number })[];
}

export interface AdjustInput {
  name: string;
  reason: string;
  referenceDocumentUri?: string | null;
  changes: (Place & { delta: number; ledgerDocumentUri?: string | null })[];
}

export const MAX_QUANTITY = 1_000_000_000;
const REASONS = new Set([
  'correction',
  'cycle_count_available',
  'damaged',
  'movement_canceled',
  'movement_created',
  'movement_received',
  'movement_updated',
  'other',
  'promotion',
  'quality_control',
  'received',
  'reservation_created',
  'reservation_deleted',
  'reservation_updated',
  'restock',
  'safety_stock',
  'shrinkage',
]);

/** Refusals of the reason and the reference document. */
export function checkCommon(input: { reason: string; referenceDocumentUri?: string | null }): InputError[] {
  const errors: InputError[] = [];
  if (!REASONS.has(input.reason)) {
    errors.push({
      code: 'INVALID_REASON',
      field: ['input', 'reason'],
      message: `The reason '${input.reason}' is not one of ${[...REASONS].join(', ')}.`,
    });
  }
  const uri = input.referenceDocumentUri;
  if (uri != null && !/^[a-z][a-z0-9+.-]*:\/\//i.test(uri)) {
    errors.push({
      code: 'INVALID_REFERENCE_DOCUMENT',
      field: ['input', 'referenceDocumentUri'],
      message: 'The reference document URI is not a URI',
    });
  }
  return errors;
}

/** Throws where an entry neither compares nor opts out: both must be said since 2026-04. */
export function requireComparison(places: readonly Place[], field: string): void {
  const index = places.findIndex((place) => place.changeFromQuantity === undefined);
  if (index === -1) return;
  throw apiError(
    `${field}: entry ${index} needs changeFromQuantity: the quantity it must change from, or null to opt out.`,
    'BAD_REQUEST',
  );
}

/** The quantity of a name at a location; 0 where the item is not stocked there. */
export const current = (item: InventoryItem, locationId: Gid, name: string): number => {
  const level = item.levels.get(locationId);
  return level ? (quantityOf(level, name) ?? 0) : 0;
};

/** Refusals of where a quantity is changed and what it is compared with. */
export function checkPlace(call: Call, place: Place, name: string, path: string[]): InputError[] {
  const item = call.shop.inventoryItems.get(place.inventoryItemId);
  if (!item) {
    return [
      {
        code: 'INVALID_INVENTORY_ITEM',
        field: [...path, 'inventoryItemId'],
        message: 'The specified inventory item could not be found.',
      },
    ];
  }
  if (!call.shop.locations.has(place.locationId)) {
    return [
      {
        code: 'INVALID_LOCATION',
        field: [...path, 'locationId'],
        message: 'The specified location could not be found.',
      },
    ];
  }
  if (place.changeFromQuantity == null || place.changeFromQuantity === current(item, place.locationId, name))
    return [];
  return [
    {
      code: 'CHANGE_FROM_QUANTITY_STALE',
      field: [...path, 'changeFromQuantity'],
      message: 'The changeFromQuantity value does not match the persisted quantity.',
    },
  ];
}

/** Changes a quantity by a delta; answers the changes to report. */
export function move(
  change: Change,
  place: Place,
  name: QuantityName | 'on_hand',
  delta: number,
  ledgerDocumentUri: string | null,
): AdjustmentChange[] {
  const { inventoryItemId, locationId } = place;
  const item = change.shop.inventoryItems.get(inventoryItemId);
  if (!item) return [];
  const level = stockedLevel(change, item, locationId);
  const after = adjustQuantity(change, item, level, name, delta);
  const common = { delta, quantityAfterChange: after, ledgerDocumentUri, inventoryItemId, locationId };
  if (delta === 0) return [];
  if (name === 'available') {
    return [
      { ...common, name },
      { ...common, name: 'on_hand', quantityAfterChange: quantityOf(level, 'on_hand') },
    ];
  }
  return [{ ...common, name }];
}

/** What a mutation of quantities reports. */
export const group = (
  change: Change,
  input: { reason: string; referenceDocumentUri?: string | null },
  changes: AdjustmentChange[],
): AdjustmentGroup => ({
  id: change.newGid('InventoryAdjustmentGroup'),
  createdAt: change.now,
  reason: input.reason,
  referenceDocumentUri: input.referenceDocumentUri ?? null,
  changes,
});
