/** Quantities of inventory items at locations. */
import type { Gid } from '../state/gid';
import { QUANTITY_NAMES } from '../state/inventory';
import type { InventoryItem, InventoryLevel, QuantityName } from '../state/inventory';
import type { Change } from './change';

/** "available", "on_hand" and the other names a quantity is asked by; null for names Shopify does not know. */
export function quantityOf(level: InventoryLevel, name: string): number | null {
  if (name === 'on_hand') {
    return QUANTITY_NAMES.reduce(
      (sum, each) => (each === 'incoming' ? sum : sum + level.quantities[each]),
      0,
    );
  }
  const known = QUANTITY_NAMES.find((each) => each === name);
  return known ? level.quantities[known] : null;
}

/** The level of an item at a location, made (with nothing in stock) where there is none, and active again. */
export function stockedLevel(change: Change, item: InventoryItem, locationId: Gid): InventoryLevel {
  const existing = item.levels.get(locationId);
  if (existing) {
    if (!existing.isActive) {
      existing.isActive = true;
      change.levelChanged(item, existing, true);
    }
    return existing;
  }
  const quantities: Record<QuantityName, number> = {
    available: 0,
    committed: 0,
    damaged: 0,
    quality_control: 0,
    reserved: 0,
    safety_stock: 0,
    incoming: 0,
  };
  const level: InventoryLevel = {
    id: `${change.newGid('InventoryLevel')}?inventory_item_id=${item.id.split('/').pop() ?? ''}`,
    locationId,
    quantities,
    isActive: true,
    createdAt: change.now,
    updatedAt: change.now,
  };
  item.levels.set(locationId, level);
  change.levelChanged(item, level, true);
  return level;
}

/** Adds to a quantity; on_hand moves what is available. Answers the quantity of that name afterwards. */
export function adjustQuantity(
  change: Change,
  item: InventoryItem,
  level: InventoryLevel,
  name: QuantityName | 'on_hand',
  delta: number,
): number {
  const moved = name === 'on_hand' ? 'available' : name;
  if (delta !== 0) {
    level.quantities[moved] += delta;
    change.levelChanged(item, level);
  }
  return quantityOf(level, name) ?? 0;
}

/** Sets what is available at a location, stocking the item there first where needed. */
export function setAvailable(change: Change, item: InventoryItem, locationId: Gid, quantity: number): void {
  const level = stockedLevel(change, item, locationId);
  adjustQuantity(change, item, level, 'available', quantity - level.quantities.available);
}

/** What can be sold of an item at all its locations. */
export function availableInAll(item: InventoryItem): number {
  let sum = 0;
  for (const level of item.levels.values()) if (level.isActive) sum += level.quantities.available;
  return sum;
}

/** Ends stocking the item at a location; its quantities are gone. */
export function unstock(change: Change, item: InventoryItem, locationId: Gid): void {
  const level = item.levels.get(locationId);
  if (!level) return;
  for (const name of QUANTITY_NAMES) level.quantities[name] = 0;
  item.levels.delete(locationId);
  change.levelRemoved(item, level);
}
