/** Large catalogs for tests and benches: products of an invented outdoor trade, the same for the same seed. */
import type { CatalogMediaState, CatalogProductState, CatalogVariantState } from '~/core/catalog-product';
import type { MetafieldState } from '~/core/product-state';
import { SeededRandom } from './seeded-random';

export interface LargeCatalog {
  seed: number;
  products: number;
  /** Variants a product, drawn evenly between both. At most 1,000. */
  minVariants: number;
  maxVariants: number;
}

interface Kind {
  name: string;
  type: string;
  /** Least and most. */
  grams: [number, number];
  price: [number, number];
}

const kinds: [Kind, ...Kind[]] = [
  { name: 'Tent', type: 'Tents', grams: [900, 4200], price: [129, 749] },
  { name: 'Jacket', type: 'Jackets', grams: [180, 950], price: [59, 429] },
  { name: 'Trousers', type: 'Trousers', grams: [210, 640], price: [39, 219] },
  { name: 'Backpack', type: 'Backpacks', grams: [450, 2300], price: [49, 319] },
  { name: 'Sleeping Bag', type: 'Sleeping bags', grams: [420, 1900], price: [79, 599] },
  { name: 'Stove', type: 'Cooking', grams: [70, 900], price: [19, 189] },
  { name: 'Boots', type: 'Footwear', grams: [620, 1750], price: [89, 349] },
  { name: 'Fleece', type: 'Midlayers', grams: [190, 520], price: [35, 179] },
  { name: 'Lantern', type: 'Lighting', grams: [60, 480], price: [12, 99] },
  { name: 'Rope', type: 'Climbing', grams: [1500, 4300], price: [69, 289] },
];
const ranges = [
  'Fjell',
  'Skua',
  'Heron',
  'Marram',
  'Larch',
  'Cairn',
  'Tarn',
  'Osprey',
  'Birch',
  'Gneiss',
  'Ptarmigan',
  'Sorrel',
] as const;
const grades = [
  'Light',
  'Pro',
  'Trail',
  'Alpine',
  'Trek',
  'Storm',
  'Summit',
  'Day',
  'Expedition',
  'Coast',
] as const;
const vendors = ['North Larch', 'Cairnworks', 'Tidewater Supply', 'Hollow Oak', 'Granite & Wool'] as const;
const words = [
  'waterproof',
  'recycled',
  'insulated',
  'windproof',
  'ultralight',
  'vegan',
  'bestseller',
  'new',
  'winter',
  'summer',
  'family',
  'festival',
  'bikepacking',
  'alpine',
];
const materials = [
  'recycled nylon',
  'ripstop polyester',
  'merino wool',
  'waxed cotton',
  '7075 aluminium',
  'goose down',
  'silicone-coated nylon',
] as const;
const sentences = [
  'Cut for long days when the weather cannot make up its mind.',
  'Every seam is taped by hand and checked under pressure before it leaves the workshop.',
  'The zips run on both sides, so it opens with gloves on and closes without looking.',
  'It packs down to the size of a loaf of bread and weighs little more.',
  'We tested it for two winters above the tree line and changed eleven details since.',
  'Worn parts can be sent back and are mended at cost for as long as we are around.',
  'The fabric is dyed in the yarn, which takes half the water and keeps its colour longer.',
  'Pockets sit above the hip belt, where a hand finds them under a loaded pack.',
  'A reflective thread along the edge finds the light of any head torch.',
  'Made in small series; each piece carries the number of its batch inside the collar.',
] as const;
const sizes = ['XXS', 'XS', 'S', 'M', 'L', 'XL', 'XXL', '3XL', '4XL', '5XL'];
const colours = ['Moss', 'Slate', 'Rust', 'Sand', 'Ink', 'Heather', 'Amber', 'Glacier', 'Charcoal', 'Berry'];
const fits = ['Regular', 'Short', 'Long', 'Slim', 'Wide', 'Tall', 'Relaxed', 'Kids', 'Layering', 'Petite'];

function amount(random: SeededRandom, min: number, max: number): string {
  return `${random.integer(min, max)}.${random.pick(['00', '50', '90', '95', '99'])}`.replace(/\.?0+$/, '');
}

function description(random: SeededRandom, title: string): string {
  const chosen = random.sample(sentences, random.integer(4, 7));
  const features = [
    `Outer: ${random.pick(materials)}`,
    `Trim: ${random.pick(materials)}`,
    `Guarantee: ${random.integer(2, 10)} years`,
  ];
  const list = features.map((feature) => `<li>${feature}</li>`).join('');
  return `<p><strong>${title}.</strong> ${chosen.join(' ')}</p><ul>${list}</ul>`;
}

/** As many options as `count` variants need, and the first `count` combinations. */
function optionsFor(random: SeededRandom, count: number): { names: string[]; combinations: string[][] } {
  if (count === 1) return { names: [], combinations: [[]] };
  if (count <= 10 && random.chance(0.4))
    return { names: ['Size'], combinations: sizes.slice(0, count).map((size) => [size]) };
  const perColour = Math.min(10, Math.max(2, Math.ceil(Math.sqrt(count))));
  const names = count > 100 ? ['Size', 'Colour', 'Fit'] : ['Size', 'Colour'];
  const used = count > 100 ? fits.slice(0, Math.ceil(count / 100)) : [''];
  const chosenSizes = sizes.slice(0, count > 100 ? 10 : perColour);
  const combinations = used.flatMap((fit) =>
    colours.flatMap((colour) =>
      chosenSizes.map((size) => (fit === '' ? [size, colour] : [size, colour, fit])),
    ),
  );
  return { names, combinations: combinations.slice(0, count) };
}

function metafieldsOf(random: SeededRandom): MetafieldState[] {
  const custom = (key: string, type: string, value: string) => ({ namespace: 'custom', key, type, value });
  return [
    custom('care', 'multi_line_text_field', 'Wash cold with liquid soap.\nDry in the shade.'),
    custom(
      'season',
      'single_line_text_field',
      random.pick(['Three seasons', 'Summer', 'Winter', 'All year']),
    ),
    custom('guarantee_years', 'number_integer', String(random.integer(2, 10))),
  ].slice(0, random.integer(0, 3));
}

function generateProduct(
  { seed, minVariants, maxVariants }: LargeCatalog,
  index: number,
): CatalogProductState {
  const random = new SeededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const kind = random.pick(kinds);
  const title = `${random.pick(ranges)} ${random.pick(grades)} ${kind.name} ${index + 1}`;
  const handle = title.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const { names, combinations } = optionsFor(random, random.integer(minVariants, maxVariants));
  const price = amount(random, ...kind.price);
  const onSale = random.chance(0.2);
  const media = Array.from({ length: random.integer(1, 5) }, (_, picture): CatalogMediaState => ({
    id: random.uuid(),
    url: `https://cdn.example.com/large/${handle}/${picture + 1}.jpg`,
    alt: picture === 0 ? title : '',
    kind: 'IMAGE',
    position: picture + 1,
  }));
  const variants = combinations.map((optionValues, variant): CatalogVariantState => ({
    id: random.uuid(),
    position: variant + 1,
    optionValues,
    mediaId: random.chance(0.3) ? (media[variant % media.length]?.id ?? null) : null,
    metafields: [],
    stock: { '': random.integer(0, 250) },
    extra: {},
    fields: {
      sku: `${kind.name.slice(0, 3).toUpperCase()}-${index + 1}-${variant + 1}`,
      barcode: String(4_000_000_000_000 + index * 1000 + variant),
      price,
      compareAtPrice: onSale ? String(Math.ceil(Number(price) * 1.25)) : null,
      cost: amount(random, Math.ceil(kind.price[0] / 3), kind.price[0]),
      taxable: true,
      taxCode: null,
      tracked: true,
      inventoryPolicy: random.chance(0.1) ? 'CONTINUE' : 'DENY',
      fulfillmentService: 'manual',
      requiresShipping: true,
      weightValue: String(random.integer(...kind.grams)),
      weightUnit: 'GRAMS',
      harmonizedSystemCode: '630622',
      countryCodeOfOrigin: random.pick(['NO', 'PT', 'VN', 'DE']),
      unitPriceMeasurement: null,
    },
  }));
  return {
    id: random.uuid(),
    fields: {
      handle,
      title,
      descriptionHtml: description(random, title),
      vendor: random.pick(vendors),
      productType: kind.type,
      category: null,
      tags: random.sample(words, random.integer(1, 6)).sort(),
      status: random.chance(0.05) ? 'DRAFT' : 'ACTIVE',
      published: random.chance(0.95),
      giftCard: false,
      seoTitle: random.chance(0.6) ? `${title} | Lockstep Outdoor` : null,
      seoDescription: random.chance(0.6) ? `${title}: ${random.pick(sentences)}` : null,
      templateSuffix: null,
    },
    options: names.map((name, option) => ({
      name,
      values: [...new Set(combinations.map((values) => values[option] ?? ''))],
    })),
    variants,
    media,
    metafields: metafieldsOf(random),
    extra: {},
  };
}

/** Yields the products one by one; product n is the same whatever the number of products. */
export function* generateCatalog(catalog: LargeCatalog): Generator<CatalogProductState> {
  for (let index = 0; index < catalog.products; index += 1) yield generateProduct(catalog, index);
}
