/** Changes of prices as they are stored and as they come from outside. */
import { z } from 'zod';
import type { PriceChange } from '~/core/promotion';

const decimal = z
  .string()
  .trim()
  .regex(/^[+-]?\d{1,12}(\.\d{1,6})?$/, 'must be a number such as "12.5" or "-10"');
const amount = z
  .string()
  .trim()
  .regex(/^\d{1,12}(\.\d{1,6})?$/, 'must be an amount such as "19.99"');

export const amountChange = z.discriminatedUnion('by', [
  z.object({ by: z.literal('percent'), percent: decimal }),
  z.object({ by: z.literal('amount'), amount: decimal }),
  z.object({ by: z.literal('value'), value: amount }),
  z.object({ by: z.literal('margin'), percent: amount }),
  z.object({ by: z.literal('other-price'), percent: decimal }),
]);

export const rounding = z.discriminatedUnion('to', [
  z.object({ to: z.literal('none') }),
  z.object({ to: z.literal('ending'), ending: amount }),
  z.object({ to: z.literal('step'), step: amount }),
]);

export const priceChangeSchemas = [
  z.object({
    field: z.literal('price'),
    change: amountChange,
    rounding,
    floor: z.object({ atCost: z.boolean(), minimum: amount.nullable() }),
  }),
  z.object({ field: z.literal('compareAtPrice'), change: amountChange.nullable(), rounding }),
] as const;

export const priceChangesSchema = z.array(
  z.discriminatedUnion('field', priceChangeSchemas),
) satisfies z.ZodType<PriceChange[]>;
