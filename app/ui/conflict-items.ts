/** Conflicts as the inbox shows them: values in words, differences marked. Pure. */
import type { FieldValue } from '~/core/decision';
import { typedText, valueKindOf } from '~/core/value-kind';
import type { ValueKind } from '~/core/value-kind';
import { fieldLabel, fieldText } from './field-words';
import { textDifference } from './text-difference';
import type { TextPart } from './text-difference';

export interface Conflict {
  id: string;
  shopId: string;
  productId: string;
  productTitle: string;
  variant: string | null;
  field: string;
  fieldGroup: string;
  reason: string;
  base: FieldValue;
  source: FieldValue;
  remote: FieldValue;
  state: string;
  openedAt: string;
  snoozedUntil: string | null;
  note: string;
  assignee: string;
  choice: string | null;
  print: string;
}

export interface ConflictItem extends Conflict {
  /** "Price", "Stock at Warehouse". */
  label: string;
  agreed: string;
  catalogText: string;
  shopifyText: string;
  catalogParts: TextPart[];
  shopifyParts: TextPart[];
  /** How a third value is typed; null: a side must be chosen. */
  kind: ValueKind | null;
  /** What stands in the field of the third value at first. */
  typed: string;
}

const EXISTENCE = { there: 'There', gone: 'Deleted' };

function textOf(field: string, value: FieldValue): string {
  const [kind = ''] = field.split(':', 1);
  if (field === 'existence') return value === null ? EXISTENCE.gone : EXISTENCE.there;
  if (kind === 'tags') return value === null ? 'Without the tag' : fieldText(kind, value);
  // Orders are lists of ids: they say nothing to a person.
  if (kind === 'mediaOrder' || kind === 'variantOrder') return 'An order of its own';
  return fieldText(kind, value);
}

export function conflictItem(conflict: Conflict, locations: Record<string, string>): ConflictItem {
  const { field, base, source, remote } = conflict;
  const [catalogText, shopifyText] = [textOf(field, source), textOf(field, remote)];
  const difference = textDifference(catalogText, shopifyText);
  return {
    ...conflict,
    label: fieldLabel(field, locations),
    agreed: base === null && field === 'existence' ? '' : textOf(field, base),
    catalogText,
    shopifyText,
    catalogParts: difference.left,
    shopifyParts: difference.right,
    kind: valueKindOf(field, source, remote),
    typed: typedText(source),
  };
}

/** "Price of Trail tent, L": how a conflict is named aloud. */
export function conflictName(item: ConflictItem): string {
  return [`${item.label} of ${item.productTitle}`, item.variant]
    .filter((part) => part !== null && part !== '')
    .join(', ');
}

/** Names a conflict with the two values it has now: the same conflict with others is another question. */
export const seenKey = ({ id, print }: Conflict): string => `${id} ${print}`;
