/** Inventory items, levels, locations and adjustment groups. */
import { quantityOf } from '../../catalog/inventory';
import { legacyId } from '../../state/gid';
import type { Gid } from '../../state/gid';
import type { InventoryItem, InventoryLevel, Location } from '../../state/inventory';
import { apiError } from '../call';
import type { Call, ResolverTable } from '../call';
import { paginate } from '../connection';
import type { PageArgs } from '../connection';

/** A level with its item: what the resolvers of InventoryLevel work on. */
export interface LevelSource extends InventoryLevel {
  item: InventoryItem;
}

export const levelSource = (item: InventoryItem, level: InventoryLevel): LevelSource => ({ ...level, item });

/** One line of an adjustment, as kept for replays of idempotent requests. */
export interface AdjustmentChange {
  name: string;
  delta: number;
  quantityAfterChange: number | null;
  ledgerDocumentUri: string | null;
  inventoryItemId: Gid;
  locationId: Gid;
}

export interface AdjustmentGroup {
  id: Gid;
  createdAt: string;
  reason: string;
  referenceDocumentUri: string | null;
  changes: AdjustmentChange[];
}

interface AdjustmentArgs {
  inventoryItemIds?: Gid[] | null;
  locationIds?: Gid[] | null;
  quantityNames?: string[] | null;
}

const levelsOf = (item: InventoryItem, includeInactive: boolean): LevelSource[] =>
  [...item.levels.values()]
    .filter((level) => includeInactive || level.isActive)
    .map((level) => levelSource(item, level));

const primaryLocation = (call: Call): Gid | undefined => call.shop.locations.keys().next().value;

export const inventoryTypes: ResolverTable = {
  InventoryItem: {
    legacyResourceId: (item: InventoryItem) => legacyId(item.id),
    unitCost: (item: InventoryItem, _args, call) =>
      item.cost === null ? null : { amount: item.cost, currencyCode: call.shop.currencyCode },
    measurement: (item: InventoryItem) => ({
      id: item.id.replace('/InventoryItem/', '/InventoryItemMeasurement/'),
      weight: item.weight,
    }),
    variant: (item: InventoryItem, _args, call) => call.shop.variants.get(item.variantId) ?? null,
    variants: (item: InventoryItem, args: PageArgs, call, info) =>
      paginate(
        call,
        info,
        [item.variantId].flatMap((id) => call.shop.variants.get(id) ?? []),
        args,
      ),
    inventoryLevel: (item: InventoryItem, args: { locationId: Gid; includeInactive?: boolean | null }) => {
      const level = item.levels.get(args.locationId);
      return level && (level.isActive || args.includeInactive) ? levelSource(item, level) : null;
    },
    inventoryLevels: (
      item: InventoryItem,
      args: PageArgs & { includeInactive?: boolean | null },
      call,
      info,
    ) => paginate(call, info, levelsOf(item, args.includeInactive === true), args),
    locationsCount: (item: InventoryItem) => ({ count: levelsOf(item, false).length, precision: 'EXACT' }),
    trackedEditable: () => ({ locked: false, reason: null }),
    duplicateSkuCount: (item: InventoryItem, _args, call) => {
      if (item.sku === null) return 0;
      return [...call.shop.inventoryItems.values()].filter((other) => other.sku === item.sku).length - 1;
    },
    countryHarmonizedSystemCodes: (item: InventoryItem, args: PageArgs, call, info) => {
      const codes = item.countryHarmonizedSystemCodes.map((code) => ({ ...code, id: code.countryCode }));
      return paginate(call, info, codes, args);
    },
    inventoryHistoryUrl: () => null,
  },
  InventoryLevel: {
    location: (level: LevelSource, _args, call) => call.shop.locations.get(level.locationId) ?? null,
    quantities: (level: LevelSource, args: { names: string[] }) =>
      args.names.map((name) => {
        const quantity = quantityOf(level, name);
        if (quantity === null) throw apiError(`The quantity name '${name}' is not known.`, 'BAD_REQUEST');
        return {
          id: `gid://shopify/InventoryQuantity/${legacyId(level.id)}?name=${name}`,
          name,
          quantity,
          updatedAt: level.updatedAt,
        };
      }),
    canDeactivate: (level: LevelSource) => level.item.levels.size > 1,
    deactivationAlert: () => null,
  },
  Location: {
    legacyResourceId: (location: Location) => legacyId(location.id),
    isPrimary: (location: Location, _args, call) => location.id === primaryLocation(call),
    updatedAt: (location: Location) => location.createdAt,
    fulfillsOnlineOrders: () => true,
    shipsInventory: () => true,
    isFulfillmentService: () => false,
    fulfillmentService: () => null,
    activatable: () => true,
    deactivatable: () => false,
    deletable: () => false,
    deactivatedAt: () => null,
    hasActiveInventory: (location: Location, _args, call) =>
      [...call.shop.inventoryItems.values()].some((item) => item.levels.has(location.id)),
    inventoryLevel: (location: Location, args: { inventoryItemId: Gid }, call) => {
      const item = call.shop.inventoryItems.get(args.inventoryItemId);
      const level = item?.levels.get(location.id);
      return item && level ? levelSource(item, level) : null;
    },
    inventoryLevels: (location: Location, args: PageArgs, call, info) => {
      const levels = [...call.shop.inventoryItems.values()].flatMap((item) => {
        const level = item.levels.get(location.id);
        return level?.isActive ? [levelSource(item, level)] : [];
      });
      return paginate(call, info, levels, args);
    },
  },
  InventoryAdjustmentGroup: {
    changes: (group: AdjustmentGroup, args: AdjustmentArgs) =>
      group.changes.filter(
        (change) =>
          (!args.inventoryItemIds || args.inventoryItemIds.includes(change.inventoryItemId)) &&
          (!args.locationIds || args.locationIds.includes(change.locationId)) &&
          (!args.quantityNames || args.quantityNames.includes(change.name)),
      ),
    app: (_group: AdjustmentGroup, _args, call) => ({
      id: 'gid://shopify/App/1',
      title: call.emulator.app.config.name,
    }),
    staffMember: () => null,
  },
  InventoryChange: {
    item: (change: AdjustmentChange, _args, call) =>
      call.shop.inventoryItems.get(change.inventoryItemId) ?? null,
    location: (change: AdjustmentChange, _args, call) => call.shop.locations.get(change.locationId) ?? null,
  },
};
