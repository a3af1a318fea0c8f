/** What a bulk edit changes, as a request says it, and the changes it means. */
import { z } from 'zod';
import type { AmountChange, BulkChange, Rounding } from '~/core/bulk-edit';
import { PRIORITIES } from '~/core/promotion';
import { checkSelection, onlyOneOf, selectionShape } from './bulk-selection';
import { id } from './schemas';
import { instant } from './schemas';
import { refuse } from './validation';

/** A change, and the fields of the request it was made of: `parts` by the first word within the change. */
export interface NamedChange {
  change: BulkChange;
  field: string;
  parts?: Record<string, string>;
}

const NUMBER = '\\d{1,12}(?:\\.\\d{1,6})?';
const ADJUSTMENT = new RegExp(
  `^(?:(?<other>price|compare_at_price)(?<share>[+-]${NUMBER})%|margin=(?<margin>${NUMBER})%|=(?<value>${NUMBER})|(?<percent>[+-]${NUMBER})%|(?<amount>[+-]${NUMBER}))$`,
);
const HOW =
  'Send a change such as "-10%", "+2.50", "=19.99", "margin=40%" (of the price, from the cost) or "compare_at_price-20%" (from the other price).';

/** `other`: the price that it may be reckoned from. */
const adjustment = (other: 'price' | 'compare_at_price') =>
  z
    .string()
    .regex(
      new RegExp(`^(?:${other}[+-]${NUMBER}%|margin=${NUMBER}%|=${NUMBER}|[+-]${NUMBER}%?)$`),
      HOW.replace('compare_at_price-20%', `${other}-20%`),
    );

const amount = z
  .string()
  .regex(new RegExp(`^${NUMBER}$`), 'Send an amount as text, digits with a point, such as "9.99".');

/** "+5" as "5": a decimal has no plus. */
const unsigned = (number: string) => number.replace(/^\+/, '');

function amountChange(text: string): AmountChange {
  const { share, margin, value, percent, amount: by } = ADJUSTMENT.exec(text)?.groups ?? {};
  if (share !== undefined) return { by: 'other-price', percent: unsigned(share) };
  if (margin !== undefined) return { by: 'margin', percent: margin };
  if (value !== undefined) return { by: 'value', value };
  if (percent !== undefined) return { by: 'percent', percent: unsigned(percent) };
  return { by: 'amount', amount: unsigned(by ?? '0') };
}

const rounding = z
  .strictObject({
    ending: amount.optional().describe('To the nearest amount with these decimals: "0.99".'),
    step: amount.optional().describe('To the nearest multiple: "0.05".'),
  })
  .superRefine((sent, context) => onlyOneOf(sent, ['ending', 'step'], 'how to round', context));

function roundingOf(sent: z.output<typeof rounding> | undefined): Rounding {
  if (sent?.ending !== undefined) return { to: 'ending', ending: sent.ending };
  if (sent?.step !== undefined) return { to: 'step', step: sent.step };
  return { to: 'none' };
}

/** The first field where none of these is sent. */
function checkAnyOf(
  body: Readonly<Record<string, unknown>>,
  names: readonly [string, ...string[]],
  context: Parameters<typeof refuse>[0],
): void {
  if (names.some((name) => body[name] !== undefined)) return;
  refuse(context, [names[0]], {
    reason: 'Nothing says what to change.',
    remedy: `Send ${names.join(', or ')}.`,
  });
}

/** Where an edit goes. */
export const targetShape = {
  target: z
    .enum(['catalog', 'store'])
    .optional()
    .describe(
      'catalog (what is meant where nothing is said): every store of the catalog follows. store: an override of this store only, until it is revoked.',
    ),
};

const priceShape = {
  price_adjustment: adjustment('compare_at_price')
    .optional()
    .describe('"-10%", "+2.50", "=19.99", "margin=40%" (from the cost), "compare_at_price-20%".'),
  compare_at_price_adjustment: adjustment('price')
    .nullable()
    .optional()
    .describe('The same for the compare-at price, "price+25%" too; null clears it.'),
  rounding: rounding
    .optional()
    .describe("How new prices are rounded. Absent: to the currency's smallest unit, half up."),
  minimum_price: amount
    .optional()
    .describe('A price that would be lower becomes this, or what the rounding allows next.'),
  never_below_cost: z.boolean().optional().describe('True: no price goes below the cost of its variant.'),
};

type PriceJson = z.output<z.ZodObject<typeof priceShape>>;

function checkPrices(
  body: PriceJson & Parameters<typeof checkSelection>[0],
  context: Parameters<typeof checkSelection>[1] & Parameters<typeof refuse>[0],
): void {
  checkSelection(body, context);
  checkAnyOf(body, ['price_adjustment', 'compare_at_price_adjustment'], context);
  for (const name of ['minimum_price', 'never_below_cost'] as const)
    if (body[name] !== undefined && body.price_adjustment === undefined)
      refuse(context, [name], {
        reason: 'It limits a change of the price, and there is none.',
        remedy: 'Send price_adjustment with it, or leave it out.',
      });
}

export const priceBody = z
  .strictObject({ ...selectionShape, ...targetShape, ...priceShape })
  .superRefine(checkPrices);

/** Of a promotion: prices, and when they hold. */
export const promotionBody = z
  .strictObject({
    ...selectionShape,
    ...priceShape,
    starts_at: instant.optional().describe('Absent: at once.'),
    ends_at: instant.optional().describe('Absent: until somebody ends it.'),
    priority: z
      .int()
      .min(PRIORITIES.least)
      .max(PRIORITIES.most)
      .optional()
      .describe('Where promotions overlap the higher number wins; absent: 0.'),
    show_base_as_compare_at: z
      .boolean()
      .optional()
      .describe('True: the price without the promotion is shown as the compare-at price.'),
  })
  .superRefine(checkPrices);

export function priceChanges(body: PriceJson): NamedChange[] {
  const { price_adjustment: price, compare_at_price_adjustment: compareAt } = body;
  const round = roundingOf(body.rounding);
  const parts = {
    ...{ rounding: 'rounding', floor: 'minimum_price' },
    ...{ startsAt: 'starts_at', endsAt: 'ends_at', priority: 'priority' },
  };
  const changes: NamedChange[] = [];
  if (price !== undefined)
    changes.push({
      field: 'price_adjustment',
      parts,
      change: {
        field: 'price',
        change: amountChange(price),
        rounding: round,
        floor: { atCost: body.never_below_cost ?? false, minimum: body.minimum_price ?? null },
      },
    });
  if (compareAt !== undefined)
    changes.push({
      field: 'compare_at_price_adjustment',
      parts,
      change: {
        field: 'compareAtPrice',
        change: compareAt === null ? null : amountChange(compareAt),
        rounding: round,
      },
    });
  return changes;
}

const MOST_TAGS = 250;
const tag = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .regex(/^[^,]*$/, 'Send a tag without commas; each tag is an entry of its own.');
const tags = z.array(tag).max(MOST_TAGS);

export const tagBody = z
  .strictObject({
    ...selectionShape,
    ...targetShape,
    add: tags.min(1).optional(),
    remove: tags.min(1).optional(),
    replace: tags.optional().describe('All tags that the products shall have.'),
    rename: z.strictObject({ from: tag, to: tag }).optional().describe('Where a product has the tag.'),
  })
  .superRefine((body, context) => {
    checkSelection(body, context);
    checkAnyOf(body, ['add', 'remove', 'replace', 'rename'], context);
  });

/** In an order in which none undoes another: what is added stays. */
export function tagChanges({ add, remove, replace, rename }: z.output<typeof tagBody>): NamedChange[] {
  const changes: NamedChange[] = [];
  if (replace)
    changes.push({ field: 'replace', change: { field: 'tags', change: { kind: 'replace', tags: replace } } });
  if (rename)
    changes.push({ field: 'rename', change: { field: 'tags', change: { kind: 'rename', ...rename } } });
  if (remove)
    changes.push({ field: 'remove', change: { field: 'tags', change: { kind: 'remove', tags: remove } } });
  if (add) changes.push({ field: 'add', change: { field: 'tags', change: { kind: 'add', tags: add } } });
  return changes;
}

const MOST_UNITS = 1_000_000_000;
const units = z.int().min(-MOST_UNITS).max(MOST_UNITS);

export const inventoryBody = z
  .strictObject({
    ...selectionShape,
    location_id: z
      .string()
      .regex(/^gid:\/\/shopify\/Location\/\d{1,20}$/, 'Send an id such as gid://shopify/Location/1.')
      .optional(),
    location: z.string().min(1).max(255).optional().describe('Name of an active location of the store.'),
    set: units.optional().describe('Available units that there shall be.'),
    adjust: units.optional().describe('Available units more, or less where negative.'),
  })
  .superRefine((body, context) => {
    checkSelection(body, context);
    onlyOneOf(body, ['location_id', 'location'], 'where', context);
    onlyOneOf(body, ['set', 'adjust'], 'how many units', context);
  });

export function inventoryChanges(
  { set, adjust, location_id: sentId }: z.output<typeof inventoryBody>,
  locationId: string,
): NamedChange[] {
  return [
    {
      field: set === undefined ? 'adjust' : 'set',
      parts: { locationId: sentId === undefined ? 'location' : 'location_id' },
      change: {
        field: 'inventory',
        locationId,
        change: set === undefined ? { kind: 'adjust', by: adjust ?? 0 } : { kind: 'set', available: set },
      },
    },
  ];
}

const MOST_PICTURES = 250;
const pictures = z
  .array(
    z
      .strictObject({
        url: z
          .string()
          .max(2_048)
          .regex(/^https?:\/\/\S+$/, 'Send the whole public address of the picture, beginning with https://.')
          .optional()
          .describe('Public address of a picture.'),
        picture_id: id.optional().describe('Of a picture that was uploaded (POST /pictures) and is ready.'),
        alt: z.string().max(512).optional().describe('What it shows, for those who do not see it.'),
      })
      .superRefine((sent, context) => onlyOneOf(sent, ['url', 'picture_id'], 'which picture', context)),
  )
  .min(1)
  .max(MOST_PICTURES);

export const imageBody = z
  .strictObject({
    ...selectionShape,
    add: pictures.optional().describe('Pictures that come behind those a product has.'),
    replace: pictures.optional().describe('All pictures that the products shall have.'),
  })
  .superRefine((body, context) => {
    checkSelection(body, context);
    onlyOneOf(body, ['add', 'replace'], 'which pictures', context);
  });

/** `addresses`: of the pictures that are named by id. */
export function imageChanges(
  { add, replace }: z.output<typeof imageBody>,
  addresses: ReadonlyMap<string, string>,
): NamedChange[] {
  const list = (add ?? replace ?? []).map(({ url, picture_id: pictureId, alt }) => ({
    url: url ?? addresses.get(pictureId ?? '') ?? '',
    alt: alt ?? '',
    kind: 'IMAGE' as const,
  }));
  const kind = add ? 'add' : 'replace';
  return [{ field: kind, change: { field: 'media', change: { kind, pictures: list } } }];
}
