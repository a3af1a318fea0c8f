/** A product's past beside today, field by field, as it is shown and chosen from. */
import type { FieldValue } from '~/core/decision';
import { historyKey } from '~/core/history';
import type { PastField } from '~/core/history';
import type { SourceProduct } from '~/core/product-state';
import type { ChangeNames } from './audit-table';
import { changeText } from './change-words';
import { fieldLabel } from './field-words';

/** Who or what gave a field the value it has. */
export interface LastChange {
  at: string;
  causedBy: string;
  direction: string;
}

export interface ShownPastField {
  key: string;
  variant: string | null;
  field: string;
  label: string;
  then: string;
  now: string;
  isSame: boolean;
  /** Why it cannot be restored; null where it can. */
  obstacle: string | null;
  last: LastChange | null;
}

export interface PastGroup {
  /** "" for the product's own fields. */
  key: string;
  title: string;
  fields: ShownPastField[];
}

/** What a person may choose to bring back; `seen` tells what the catalog held when this was shown. */
export interface Restorable {
  key: string;
  variant: string | null;
  field: string;
  seen: string;
  /** What was sold since would come back with it: not chosen unless asked for. */
  isStock: boolean;
}

const EXISTENCE: Record<string, string> = { true: 'There', false: 'Not there' };

function valueText(field: string, value: FieldValue, names: ChangeNames): string {
  if (field === 'existence') return EXISTENCE[String(value)] ?? '';
  return changeText(field, value, names.ids);
}

/** What differs and can be written. */
export function restorables(fields: PastField[], seenValue: (value: FieldValue) => string): Restorable[] {
  return fields
    .filter(({ isSame, obstacle }) => !isSame && obstacle === null)
    .map(({ path, now }) => ({
      key: historyKey(path),
      variant: path.variant,
      field: path.field,
      seen: seenValue(now),
      isStock: path.field.startsWith('inventory:'),
    }));
}

/** The fields by what they belong to: the product, then its variants in their order, those that are gone last. */
export function groupPast(
  fields: PastField[],
  source: SourceProduct | null,
  words: {
    names: ChangeNames;
    obstacle: (field: PastField) => string | null;
    last: (field: PastField) => LastChange | null;
  },
): PastGroup[] {
  const order = new Map((source?.variants ?? []).map(({ id }, index) => [id, index]));
  const groups = new Map<string, PastGroup>();
  for (const past of fields) {
    const { variant, field } = past.path;
    const key = variant ?? '';
    const name = variant === null ? '' : (words.names.ids[variant] ?? '');
    const title = variant === null ? 'Product' : name === '' ? 'A variant that is gone' : `Variant ${name}`;
    const group = groups.get(key) ?? { key, title, fields: [] };
    groups.set(key, group);
    group.fields.push({
      key: historyKey(past.path),
      variant,
      field,
      label: fieldLabel(field, words.names.locations),
      then: valueText(field, past.then, words.names),
      now: valueText(field, past.now, words.names),
      isSame: past.isSame,
      obstacle: words.obstacle(past),
      last: words.last(past),
    });
  }
  const place = ({ key }: PastGroup) => (key === '' ? -1 : (order.get(key) ?? Number.MAX_SAFE_INTEGER));
  return [...groups.values()].sort((a, b) => place(a) - place(b));
}
