/** Quantities (under idempotency keys) and inventory items. */
import { z } from 'zod';
import { Change } from '../../catalog/change';
import { adjustQuantity, stockedLevel, unstock } from '../../catalog/inventory';
import { applyItemFields, checkItemFields } from '../../catalog/variants';
import type { InventoryItemInput } from '../../catalog/variants';
import type { Gid } from '../../state/gid';
import { QUANTITY_NAMES } from '../../state/inventory';
import type { FieldResolver } from '../call';
import type { IdempotentMutation, Mutation } from '../mutation-field';
import { findLevel } from '../queries/nodes';
import { levelSource } from '../types/inventory-type';
import {
  MAX_QUANTITY,
  checkCommon,
  checkPlace,
  current,
  group,
  move,
  requireComparison,
} from './inventory-quantities';
import type { AdjustInput, SetInput } from './inventory-quantities';

const groupPayload: IdempotentMutation['payload'] = (replay, userErrors) => ({
  inventoryAdjustmentGroup: replay,
  userErrors,
});

const inventorySetQuantities: IdempotentMutation = {
  idempotency: 'required',
  run({ input }: { input: SetInput }, change, call) {
    requireComparison(input.quantities, 'input.quantities');
    const errors = checkCommon(input);
    const { name } = input;
    if (name !== 'available' && name !== 'on_hand') {
      return {
        errors: [
          {
            code: 'INVALID_NAME',
            field: ['input', 'name'],
            message: "The quantity name must be either 'available' or 'on_hand'.",
          },
        ],
      };
    }
    const seen = new Set<string>();
    input.quantities.forEach((entry, index) => {
      const path = ['input', 'quantities', String(index)];
      const pair = `${entry.inventoryItemId} ${entry.locationId}`;
      if (seen.has(pair)) {
        const message = 'The combination of inventoryItemId and locationId must be unique.';
        errors.push({
          code: 'NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR',
          field: [...path, 'locationId'],
          message,
        });
      }
      seen.add(pair);
      if (entry.quantity > MAX_QUANTITY)
        errors.push({
          code: 'INVALID_QUANTITY_TOO_HIGH',
          field: [...path, 'quantity'],
          message: 'The quantity cannot be higher than 1,000,000,000.',
        });
      if (entry.quantity < -MAX_QUANTITY)
        errors.push({
          code: 'INVALID_QUANTITY_TOO_LOW',
          field: [...path, 'quantity'],
          message: 'The quantity cannot be lower than -1,000,000,000.',
        });
      if (name === 'on_hand' && entry.quantity < 0)
        errors.push({
          code: 'INVALID_QUANTITY_NEGATIVE',
          field: [...path, 'quantity'],
          message: 'The quantity cannot be negative.',
        });
      errors.push(...checkPlace(call, entry, name, path));
    });
    if (errors.length > 0) return { errors };
    const changes = input.quantities.flatMap((entry) => {
      const item = change.shop.inventoryItems.get(entry.inventoryItemId);
      return item
        ? move(change, entry, name, entry.quantity - current(item, entry.locationId, name), null)
        : [];
    });
    return { replay: group(change, input, changes) };
  },
  payload: groupPayload,
};

const inventoryAdjustQuantities: IdempotentMutation = {
  idempotency: 'required',
  run({ input }: { input: AdjustInput }, change, call) {
    requireComparison(input.changes, 'input.changes');
    const errors = checkCommon(input);
    const name = QUANTITY_NAMES.find((each) => each === input.name);
    if (!name) {
      return {
        errors: [
          {
            code: 'INVALID_QUANTITY_NAME',
            field: ['input', 'name'],
            message: `The quantity name '${input.name}' cannot be adjusted.`,
          },
        ],
      };
    }
    input.changes.forEach((entry, index) => {
      const path = ['input', 'changes', String(index)];
      errors.push(...checkPlace(call, entry, name, path));
      const item = call.shop.inventoryItems.get(entry.inventoryItemId);
      const after = (item ? current(item, entry.locationId, name) : 0) + entry.delta;
      if (after > MAX_QUANTITY)
        errors.push({
          code: 'INVALID_QUANTITY_TOO_HIGH',
          field: [...path, 'delta'],
          message: 'The quantity cannot be higher than 1,000,000,000.',
        });
      if (after < -MAX_QUANTITY)
        errors.push({
          code: 'INVALID_QUANTITY_TOO_LOW',
          field: [...path, 'delta'],
          message: 'The quantity cannot be lower than -1,000,000,000.',
        });
    });
    if (errors.length > 0) return { errors };
    const changes = input.changes.flatMap((entry) =>
      move(change, entry, name, entry.delta, entry.ledgerDocumentUri ?? null),
    );
    return { replay: group(change, input, changes) };
  },
  payload: groupPayload,
};

interface ActivateArgs {
  inventoryItemId: Gid;
  locationId: Gid;
  available?: number | null;
  onHand?: number | null;
}

const placeSchema = z.object({ inventoryItemId: z.string(), locationId: z.string() }).nullable();

const inventoryActivate: IdempotentMutation = {
  idempotency: 'required',
  run(args: ActivateArgs, change, call) {
    const { inventoryItemId, locationId, available, onHand } = args;
    const item = call.shop.inventoryItems.get(inventoryItemId);
    if (!item)
      return {
        errors: [
          { code: null, field: ['inventoryItemId'], message: 'The inventory item could not be found.' },
        ],
      };
    if (!call.shop.locations.has(locationId))
      return { errors: [{ code: null, field: ['locationId'], message: 'The location could not be found.' }] };
    if (available != null && onHand != null)
      return {
        errors: [{ code: null, field: ['available'], message: 'Give either available or onHand, not both.' }],
      };
    const known = item.levels.get(locationId);
    if (known?.isActive && available != null) {
      return {
        errors: [
          {
            code: null,
            field: ['available'],
            message: 'Not allowed to set available quantity when the item is already active at the location.',
          },
        ],
      };
    }
    const level = stockedLevel(change, item, locationId);
    const quantity = available ?? onHand;
    if (quantity != null)
      adjustQuantity(change, item, level, 'available', quantity - level.quantities.available);
    return { replay: { inventoryItemId, locationId } };
  },
  payload(replay, userErrors, call) {
    const place = placeSchema.parse(replay);
    const item = call.shop.inventoryItems.get(place?.inventoryItemId ?? '');
    const level = item?.levels.get(place?.locationId ?? '');
    return { inventoryLevel: item && level ? levelSource(item, level) : null, userErrors };
  },
};

const inventoryDeactivate: FieldResolver = (_root, args: { inventoryLevelId: Gid }, call) => {
  const found = findLevel(call.shop, args.inventoryLevelId);
  if (!found)
    return {
      userErrors: [{ field: ['inventoryLevelId'], message: 'The inventory level could not be found.' }],
    };
  if (found.item.levels.size < 2) {
    return {
      userErrors: [
        { field: ['inventoryLevelId'], message: 'The item must be stocked at one location at least.' },
      ],
    };
  }
  const change = new Change(call.emulator, call.shop);
  unstock(change, found.item, found.locationId);
  change.commit();
  return { userErrors: [] };
};

const inventoryItemUpdate: FieldResolver = (_root, args: { id: Gid; input: InventoryItemInput }, call) => {
  const item = call.shop.inventoryItems.get(args.id);
  if (!item)
    return {
      inventoryItem: null,
      userErrors: [{ field: ['id'], message: 'The product variant could not be found.' }],
    };
  const errors = checkItemFields(args.input, ['input']);
  if (errors.length > 0) return { inventoryItem: null, userErrors: errors };
  const change = new Change(call.emulator, call.shop);
  const variant = call.shop.variants.get(item.variantId);
  if (applyItemFields(change, item, args.input) && variant) change.variantChanged(variant, 'inventoryItem');
  change.commit();
  return { inventoryItem: item, userErrors: [] };
};

export const inventoryMutations: Record<string, Mutation> = {
  inventorySetQuantities,
  inventoryAdjustQuantities,
  inventoryActivate,
  inventoryDeactivate,
  inventoryItemUpdate,
};
