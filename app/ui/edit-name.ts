/** The name that an edit is given where nobody gives it one: what it changes, and of what. Pure. */
import type { AmountChange, BulkChange, ProductSelection } from '~/core/bulk-edit';
import { selectionSentence } from './edit-words';
import { fieldLabel, fieldText } from './field-words';

export const LONGEST_NAME = 120;

function amountName(change: AmountChange): string {
  const signed = (number: string) => (number.startsWith('-') ? number : `+${number}`);
  switch (change.by) {
    case 'percent':
      return `${signed(change.percent)}%`;
    case 'amount':
      return signed(change.amount);
    case 'value':
      return `to ${fieldText('price', change.value)}`;
    case 'margin':
      return `for a margin of ${change.percent}%`;
    case 'other-price':
      return Number(change.percent) === 0
        ? 'from the other price'
        : `from the other price ${signed(change.percent)}%`;
  }
}

function mediaName(change: Extract<BulkChange, { field: 'media' }>['change']): string {
  switch (change.kind) {
    case 'add':
      return 'Pictures added';
    case 'replace':
      return 'Pictures replaced';
    case 'move':
      return `Picture ${change.from} to place ${change.to}`;
    case 'alt':
      return 'Alternative texts';
    case 'remove':
      return change.position === null ? 'Pictures removed' : `Picture ${change.position} removed`;
  }
}

function changeName(change: BulkChange, locations: Record<string, string>): string {
  const label = fieldLabel(change.field, {});
  switch (change.field) {
    case 'price':
    case 'compareAtPrice':
    case 'cost':
      return `${label} ${change.change === null ? 'emptied' : amountName(change.change)}`;
    case 'tags': {
      const of = change.change;
      if (of.kind === 'rename') return `Tag ${of.from} to ${of.to}`;
      if (of.tags.length === 0) return 'Tags removed';
      return `Tags ${{ add: '+', remove: '-', replace: '= ' }[of.kind]}${of.tags.join(', ')}`;
    }
    case 'inventory': {
      const { change: of } = change;
      const how = of.kind === 'set' ? `to ${of.available}` : of.by < 0 ? String(of.by) : `+${of.by}`;
      return `Stock ${how} at ${locations[change.locationId] ?? 'a location'}`;
    }
    case 'media':
      return mediaName(change.change);
    case 'metafield':
      return `Metafield ${change.namespace}.${change.key}`;
    default:
      return change.value === null || change.value === ''
        ? `${label} emptied`
        : `${label} ${fieldText(change.field, change.value)}`;
  }
}

/** E.g. "Price -10% on vendor:Acme"; at most LONGEST_NAME characters. */
export function suggestedName(
  changes: BulkChange[],
  selection: ProductSelection,
  locations: Record<string, string>,
): string {
  const query = selection.kind === 'query' ? selection.query.trim() : '';
  const of = query === '' ? selectionSentence(selection) : query;
  const name = `${changes.map((change) => changeName(change, locations)).join(', ')} on ${of}`;
  const letters = [...name];
  return letters.length <= LONGEST_NAME ? name : `${letters.slice(0, LONGEST_NAME - 1).join('')}…`;
}
