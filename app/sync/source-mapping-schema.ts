/** A mapping as it comes from a form or the database. */
import { z } from 'zod';
import { productFields, variantFields } from '~/core/source-mapping';
import type { FieldRule, SourceMapping, Transform } from '~/core/source-mapping';

const name = z.string().min(1).max(63);
const mark = z.enum(['.', ',']);

const transform: z.ZodType<Transform> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), trim: z.boolean() }),
  z.object({ kind: z.literal('html') }),
  z.object({ kind: z.literal('plain-text') }),
  z.object({ kind: z.literal('slug') }),
  z.object({ kind: z.literal('decimal'), mark }),
  z.object({ kind: z.literal('minor-units'), decimals: z.number().int().min(0).max(4) }),
  z.object({
    kind: z.literal('weight'),
    unit: z.enum(['GRAMS', 'KILOGRAMS', 'OUNCES', 'POUNDS']),
    mark,
  }),
  z.object({ kind: z.literal('integer') }),
  z.object({ kind: z.literal('list'), separator: z.string().min(1).max(5) }),
  z.object({ kind: z.literal('json-list') }),
  z.object({ kind: z.literal('words'), words: z.record(z.string().max(200), z.string().max(200)) }),
]);

const rule: z.ZodType<FieldRule> = z.object({
  column: name.nullable(),
  otherwise: z.string().max(1000).nullable(),
  transform,
});

const relation = z.object({ schema: name, name });

/** Fields without a rule are absent. */
const rules = <F extends string>(fields: readonly F[]) =>
  z.partialRecord(z.enum(fields), rule).transform((found): Partial<Record<F, FieldRule>> => found);

export const sourceMapping: z.ZodType<SourceMapping> = z.object({
  relation,
  productKey: z.array(name).min(1).max(5),
  variantKey: z.array(name).max(5),
  product: rules(productFields),
  variant: rules(variantFields),
  options: z.array(z.object({ name: z.string().min(1).max(255), rule })).max(3),
  quantities: z.array(z.object({ location: z.string().max(255), rule })).max(50),
  metafields: z
    .array(
      z.object({
        owner: z.enum(['product', 'variant']),
        namespace: z.string().min(2).max(255),
        key: z.string().min(2).max(64),
        type: z.string().min(1).max(100),
        rule,
      }),
    )
    .max(100),
  watched: z.array(z.object({ relation, keyColumns: z.array(name).min(1).max(5) })).max(20),
});
