/** Values of fields as the database's JSON gives them back. */
import { z } from 'zod';
import type { FieldValue } from '~/core/decision';

/** Any JSON is a value of a field; anything else is a fault of whoever stored it. */
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
