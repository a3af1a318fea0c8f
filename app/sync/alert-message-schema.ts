import { z } from 'zod';
import type { AlertMessage } from '~/core/alert-message';
import { SEVERITIES } from '~/core/alert-rules';

/** A message as it is stored until it is sent. */
export const storedMessage = z.object({
  kind: z.enum(['alert', 'test', 'summary']),
  severity: z.enum(SEVERITIES).nullable(),
  subject: z.string(),
  sections: z.array(
    z.object({
      title: z.string(),
      lines: z.array(z.string()),
      link: z.object({ label: z.string(), url: z.string() }).nullable(),
    }),
  ),
  facts: z.record(z.string(), z.unknown()),
}) satisfies z.ZodType<AlertMessage>;
