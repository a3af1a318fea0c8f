import { z } from 'zod';
import type { FieldValue } from '~/core/decision';

/** A value of a field as a JSON column holds it; a column that is null holds none. */
export const fieldValue: z.ZodType<FieldValue> = z.lazy(() =>
  z.union([
    z.null(),
    z.boolean(),
    z.number(),
    z.string(),
    z.array(fieldValue),
    z.record(z.string(), fieldValue),
  ]),
);
