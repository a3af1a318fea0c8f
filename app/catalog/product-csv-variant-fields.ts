/** The columns of Shopify's product CSV that hold one field of a variant. */
import type { CatalogVariantState, VariantPatch } from '~/core/catalog-product';
import type { InventoryPolicy, WeightUnit } from '~/core/product-state';
import { type FieldColumn, writeBoolean } from './csv-field-column';
import {
  type Reading,
  good,
  mapReading,
  readBoolean,
  readChoice,
  readCode,
  readDecimal,
  readInteger,
  readTrimmed,
  toGrams,
  writeCode,
} from './product-csv-cells';

export type VariantFieldPatch = Pick<VariantPatch, 'fields' | 'weightGrams' | 'unitPriceMeasurement'> &
  Partial<Pick<VariantPatch, 'extra'>>;
export type VariantFieldColumn = FieldColumn<VariantFieldPatch, CatalogVariantState>;

/** A tracker other than Shopify's own is kept by name under this header. */
const trackerHeader = 'Variant Inventory Tracker';

const policies: Record<string, InventoryPolicy> = {
  deny: 'DENY',
  continue: 'CONTINUE',
  false: 'DENY',
  true: 'CONTINUE',
};
const weightUnits: Record<string, WeightUnit> = {
  g: 'GRAMS',
  kg: 'KILOGRAMS',
  oz: 'OUNCES',
  lb: 'POUNDS',
  lbs: 'POUNDS',
};
const weightUnitNames: Record<WeightUnit, string> = {
  GRAMS: 'g',
  KILOGRAMS: 'kg',
  OUNCES: 'oz',
  POUNDS: 'lb',
};
/** https://shopify.dev/docs/api/admin-graphql/2026-10/enums/UnitPriceMeasurementMeasuredUnit */
const measuredUnits = Object.fromEntries(
  'ml cl l m3 floz pt qt gal mg g kg oz lb mm cm m in ft yd m2 ft2 item'
    .split(' ')
    .map((unit) => [unit, unit.toUpperCase()]),
);

/** A code such as ISO 3166-1 alpha-2, in capitals. */
function readPattern(cell: string, pattern: RegExp, reason: string, remedy: string): Reading<string> {
  const text = cell.trim().toUpperCase();
  return pattern.test(text) ? good(text) : { ok: false, reason, remedy };
}

const money = (cell: string) => readDecimal(cell, 4);

export const variantFieldColumns: VariantFieldColumn[] = [
  {
    header: 'Variant SKU',
    names: ['variant sku', 'sku'],
    read: (cell) => mapReading(readCode(cell), (sku) => ({ fields: { sku } })),
    clear: { fields: { sku: null } },
    write: ({ fields: { sku } }) => writeCode(sku ?? ''),
  },
  {
    header: 'Variant Grams',
    names: ['variant grams', 'weight value (grams)', 'grams'],
    read: (cell) => mapReading(readDecimal(cell, 6), (weightGrams) => ({ fields: {}, weightGrams })),
    clear: { fields: {}, weightGrams: null },
    write: ({ fields: { weightValue, weightUnit } }) =>
      weightValue === null ? '' : toGrams(weightValue, weightUnit),
  },
  {
    header: trackerHeader,
    names: ['variant inventory tracker', 'inventory tracker'],
    read: (cell) => {
      const tracker = cell.trim();
      const other = tracker.toLowerCase() === 'shopify' ? null : tracker;
      return good({ fields: { tracked: true }, extra: { [trackerHeader]: other } });
    },
    clear: { fields: { tracked: false }, extra: { [trackerHeader]: null } },
    write: ({ fields, extra }) => (fields.tracked ? (extra[trackerHeader] ?? 'shopify') : ''),
  },
  {
    header: 'Variant Inventory Policy',
    names: ['variant inventory policy', 'inventory policy', 'continue selling when out of stock'],
    read: (cell) =>
      mapReading(readChoice(cell, policies), (inventoryPolicy) => ({ fields: { inventoryPolicy } })),
    clear: null,
    write: ({ fields: { inventoryPolicy } }) => inventoryPolicy.toLowerCase(),
  },
  {
    header: 'Variant Fulfillment Service',
    names: ['variant fulfillment service', 'fulfillment service'],
    read: (cell) =>
      mapReading(readTrimmed(cell, 255), (fulfillmentService) => ({ fields: { fulfillmentService } })),
    clear: { fields: { fulfillmentService: 'manual' } },
    write: ({ fields: { fulfillmentService } }) => fulfillmentService,
  },
  {
    header: 'Variant Price',
    names: ['variant price', 'price'],
    read: (cell) => mapReading(money(cell), (price) => ({ fields: { price } })),
    clear: null,
    write: ({ fields: { price } }) => price,
  },
  {
    header: 'Variant Compare At Price',
    names: ['variant compare at price', 'compare-at price', 'compare at price', 'variant compare-at price'],
    read: (cell) => mapReading(money(cell), (compareAtPrice) => ({ fields: { compareAtPrice } })),
    clear: { fields: { compareAtPrice: null } },
    write: ({ fields: { compareAtPrice } }) => compareAtPrice ?? '',
  },
  {
    header: 'Variant Requires Shipping',
    names: ['variant requires shipping', 'requires shipping'],
    read: (cell) => mapReading(readBoolean(cell), (requiresShipping) => ({ fields: { requiresShipping } })),
    clear: null,
    write: ({ fields: { requiresShipping } }) => writeBoolean(requiresShipping),
  },
  {
    header: 'Variant Taxable',
    names: ['variant taxable', 'charge tax', 'taxable'],
    read: (cell) => mapReading(readBoolean(cell), (taxable) => ({ fields: { taxable } })),
    clear: null,
    write: ({ fields: { taxable } }) => writeBoolean(taxable),
  },
  {
    header: 'Unit Price Total Measure',
    names: ['unit price total measure'],
    read: (cell) =>
      mapReading(readDecimal(cell, 6), (quantityValue) => ({
        fields: {},
        unitPriceMeasurement: { quantityValue },
      })),
    clear: { fields: {}, unitPriceMeasurement: null },
    write: ({ fields: { unitPriceMeasurement } }) => unitPriceMeasurement?.quantityValue ?? '',
  },
  {
    header: 'Unit Price Total Measure Unit',
    names: ['unit price total measure unit'],
    read: (cell) =>
      mapReading(readChoice(cell, measuredUnits), (quantityUnit) => ({
        fields: {},
        unitPriceMeasurement: { quantityUnit },
      })),
    clear: { fields: {}, unitPriceMeasurement: null },
    write: ({ fields: { unitPriceMeasurement } }) => unitPriceMeasurement?.quantityUnit.toLowerCase() ?? '',
  },
  {
    header: 'Unit Price Base Measure',
    names: ['unit price base measure'],
    read: (cell) =>
      mapReading(readInteger(cell, { min: 1, max: 1_000_000_000 }), (referenceValue) => ({
        fields: {},
        unitPriceMeasurement: { referenceValue },
      })),
    clear: { fields: {}, unitPriceMeasurement: null },
    write: ({ fields: { unitPriceMeasurement } }) => unitPriceMeasurement?.referenceValue.toString() ?? '',
  },
  {
    header: 'Unit Price Base Measure Unit',
    names: ['unit price base measure unit'],
    read: (cell) =>
      mapReading(readChoice(cell, measuredUnits), (referenceUnit) => ({
        fields: {},
        unitPriceMeasurement: { referenceUnit },
      })),
    clear: { fields: {}, unitPriceMeasurement: null },
    write: ({ fields: { unitPriceMeasurement } }) => unitPriceMeasurement?.referenceUnit.toLowerCase() ?? '',
  },
  {
    header: 'Variant Barcode',
    names: ['variant barcode', 'variant barcodes', 'barcode', 'barcodes'],
    read: (cell) => mapReading(readCode(cell), (barcode) => ({ fields: { barcode } })),
    clear: { fields: { barcode: null } },
    write: ({ fields: { barcode } }) => writeCode(barcode ?? ''),
  },
  {
    header: 'Variant Weight Unit',
    names: ['variant weight unit', 'weight unit for display', 'weight unit'],
    read: (cell) => mapReading(readChoice(cell, weightUnits), (weightUnit) => ({ fields: { weightUnit } })),
    clear: null,
    write: ({ fields: { weightUnit } }) => weightUnitNames[weightUnit],
  },
  {
    header: 'Variant Tax Code',
    names: ['variant tax code', 'tax code'],
    read: (cell) => mapReading(readTrimmed(cell, 255), (taxCode) => ({ fields: { taxCode } })),
    clear: { fields: { taxCode: null } },
    write: ({ fields: { taxCode } }) => taxCode ?? '',
  },
  {
    header: 'Cost per item',
    names: ['cost per item', 'variant cost'],
    read: (cell) => mapReading(money(cell), (cost) => ({ fields: { cost } })),
    clear: { fields: { cost: null } },
    write: ({ fields: { cost } }) => cost ?? '',
  },
  {
    header: 'Variant HS Code',
    names: ['variant hs code', 'hs code', 'harmonized system code'],
    read: (cell) =>
      mapReading(
        readPattern(
          cell.replace(/[.\s]/g, ''),
          /^\d{6,13}$/,
          'This is not a Harmonized System code.',
          'Write 6 to 13 digits.',
        ),
        (harmonizedSystemCode) => ({ fields: { harmonizedSystemCode } }),
      ),
    clear: { fields: { harmonizedSystemCode: null } },
    write: ({ fields: { harmonizedSystemCode } }) => harmonizedSystemCode ?? '',
  },
  {
    header: 'Variant Country of Origin',
    names: ['variant country of origin', 'country of origin', 'coo'],
    read: (cell) =>
      mapReading(
        readPattern(
          cell,
          /^[A-Z]{2}$/,
          'This is not a country code.',
          'Write the two letters of ISO 3166, for example FR.',
        ),
        (countryCodeOfOrigin) => ({ fields: { countryCodeOfOrigin } }),
      ),
    clear: { fields: { countryCodeOfOrigin: null } },
    write: ({ fields: { countryCodeOfOrigin } }) => countryCodeOfOrigin ?? '',
  },
];
