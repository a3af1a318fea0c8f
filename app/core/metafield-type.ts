/** The names and types that a metafield may have, and which values they can plainly not hold. */

export const METAFIELD_NAMESPACE = /^(\$app(:[\w-]+)?|[\w-]{3,255})$/;
export const METAFIELD_KEY = /^[\w-]{2,64}$/;

/**
 * https://shopify.dev/docs/apps/build/metafields/list-of-data-types and, for what has a unit,
 * https://shopify.dev/docs/api/liquid/objects/measurement
 */
const TYPES: ReadonlySet<string> = new Set(
  `boolean color date date_time id json language link money multi_line_text_field number_decimal number_integer rating
  rich_text_field single_line_text_field url
  article_reference collection_reference company_reference customer_reference file_reference metaobject_reference
  mixed_reference order_reference page_reference product_reference product_taxonomy_value_reference variant_reference
  antenna_gain area battery_charge_capacity battery_energy_capacity capacitance concentration data_storage_capacity
  data_transfer_rate dimension display_density distance duration electric_current electrical_resistance energy frequency
  illuminance inductance luminous_flux mass_flow_rate power pressure resolution rotational_speed sound_level speed
  temperature thermal_power voltage volume volumetric_flow_rate weight`
    .split(/\s+/)
    .filter((type) => type !== ''),
);

/** Whether Shopify has metafields of this type; "list." before a type is a list of it. */
export function isMetafieldType(type: string): boolean {
  return TYPES.has(type.replace(/^list\./, ''));
}

function isJson(value: string): boolean {
  try {
    JSON.parse(value);
    return true;
  } catch {
    return false; // That it is none is the answer.
  }
}

const shaped = (pattern: RegExp) => (value: string) => pattern.test(value);

/** By type: what a value must look like, and how to say so. Types that are not here are left to Shopify. */
const SHAPES: Readonly<Record<string, { fits: (value: string) => boolean; remedy: string }>> = {
  single_line_text_field: { fits: (value) => !/[\r\n]/.test(value), remedy: 'Write one line.' },
  number_integer: { fits: shaped(/^-?\d+$/), remedy: 'Write a whole number, digits only.' },
  number_decimal: {
    fits: shaped(/^-?\d+(\.\d+)?$/),
    remedy: 'Write digits with a point before the decimals, for example 12.5.',
  },
  boolean: { fits: shaped(/^(true|false)$/), remedy: 'Write true or false.' },
  date: { fits: shaped(/^\d{4}-\d{2}-\d{2}$/), remedy: 'Write the date as 2026-11-25.' },
  date_time: { fits: shaped(/^\d{4}-\d{2}-\d{2}T/), remedy: 'Write date and time as 2026-11-25T09:00:00.' },
  json: { fits: isJson, remedy: 'Write valid JSON.' },
  url: {
    fits: (value) => URL.canParse(value),
    remedy: 'Write a whole address, for example https://example.com.',
  },
  color: { fits: shaped(/^#[0-9a-fA-F]{6}$/), remedy: 'Write the color as #RRGGBB.' },
};

/** What to write instead of a value that the type cannot hold; null where nothing is known against it. */
export function metafieldRemedy(type: string, value: string): string | null {
  const shape = type.startsWith('list.')
    ? { fits: (text: string) => isJson(text) && text.trim().startsWith('['), remedy: 'Write a JSON list.' }
    : SHAPES[type];
  return shape === undefined || shape.fits(value) ? null : shape.remedy;
}
