/** An edit's changes asked again for what had moved when it was applied: pure. */
import type { PlannedField } from './bulk-edit';
import type { FieldPath } from './decision';
import { partsOf } from './held-value';

const MEDIA = new Set(['media', 'mediaAlt', 'mediaOrder']);

/** Tags are asked for as a whole (no change of them does more the second time), and so are pictures. */
function keyOf({ variant, field }: FieldPath): string {
  const [kind] = partsOf(field);
  const known = MEDIA.has(kind) ? 'media' : kind === 'tags' ? 'tags' : field;
  return JSON.stringify([variant, known]);
}

/**
 * Of a product's new plan, the fields that had moved when the same changes were applied before. What was applied then is left
 * out: a price would go down by ten percent twice. Pictures of which any were changed are left out altogether: "the first"
 * is another one now.
 */
export function askedAgain<Field extends PlannedField>(
  planned: Field[],
  before: { moved: FieldPath[]; applied: FieldPath[] },
): Field[] {
  const wanted = new Set(before.moved.map(keyOf));
  for (const path of before.applied) if (MEDIA.has(partsOf(path.field)[0])) wanted.delete(keyOf(path));
  return planned.filter(({ path }) => wanted.has(keyOf(path)));
}
