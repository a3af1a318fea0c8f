/** Stock: locations, inventory items and their levels. */
import type { Gid } from './gid';
import type { Instant, Money } from './product';

export interface Location {
  id: Gid;
  name: string;
  isActive: boolean;
  createdAt: Instant;
}

/** The names of quantities a level keeps; on_hand is the sum of the others but incoming. */
export const QUANTITY_NAMES = [
  'available',
  'committed',
  'damaged',
  'quality_control',
  'reserved',
  'safety_stock',
  'incoming',
] as const;
export type QuantityName = (typeof QUANTITY_NAMES)[number];

export interface InventoryLevel {
  id: Gid;
  locationId: Gid;
  quantities: Record<QuantityName, number>;
  isActive: boolean;
  createdAt: Instant;
  updatedAt: Instant;
}

export interface InventoryItem {
  id: Gid;
  variantId: Gid;
  sku: string | null;
  tracked: boolean;
  requiresShipping: boolean;
  /** Cost per item in the shop's currency. */
  cost: Money | null;
  countryCodeOfOrigin: string | null;
  provinceCodeOfOrigin: string | null;
  harmonizedSystemCode: string | null;
  countryHarmonizedSystemCodes: { countryCode: string; harmonizedSystemCode: string }[];
  weight: { value: number; unit: 'GRAMS' | 'KILOGRAMS' | 'OUNCES' | 'POUNDS' };
  /** location gid -> level */
  levels: Map<Gid, InventoryLevel>;
  createdAt: Instant;
  updatedAt: Instant;
}
