import type { z } from 'zod';
import type { EditProblem } from '~/core/bulk-edit';

/** Problems that are told of: a list of 50,000 SKUs may have as many. */
const TOLD = 20;

/** What the schemas of a bulk edit (bulk-edit-schema.ts) refuse, at the fields where it lies. */
export function schemaProblems({ issues }: z.ZodError): EditProblem[] {
  return issues.slice(0, TOLD).map(({ path, message, code }) => ({
    field: path.join('.'),
    value: '',
    reason: `This cannot be taken (${path.join('.')}: ${message}).`,
    remedy: code === 'too_big' ? 'Shorten it.' : 'Write it anew.',
  }));
}
