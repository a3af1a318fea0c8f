/** Refuses a bulk edit that makes no sense whatever product it meets, before anything is planned. */
import { type Report, checkAmountEdit } from './amount-check';
import type { BulkChange, EditProblem, MediaChange, TagChange } from './bulk-edit';
import { MAX_STOCK, TEXT_LIMITS } from './bulk-edit-plan';
import { fold } from './canonical';
import { MAX_ALT_LENGTH, MAX_MEDIA } from './media-change';
import { METAFIELD_KEY, METAFIELD_NAMESPACE, isMetafieldType, metafieldRemedy } from './metafield-type';
import { MAX_TAG_LENGTH, MAX_TAGS } from './tag-change';

const MAX_ADDRESS_LENGTH = 2048;

function checkTag(report: Report, field: string, tag: string): void {
  if (tag.trim() === '') report(field, tag, 'The tag is empty.', 'Write a tag, or leave it out.');
  if (tag.includes(',')) report(field, tag, 'A comma parts two tags.', 'Name each tag on its own.');
  const length = [...tag.trim()].length;
  if (length > MAX_TAG_LENGTH)
    report(field, tag, `The tag has ${length} characters.`, `Use at most ${MAX_TAG_LENGTH} characters.`);
}

function checkTags(report: Report, change: TagChange): void {
  if (change.kind === 'rename') {
    checkTag(report, 'change.from', change.from);
    checkTag(report, 'change.to', change.to);
    if (fold(change.from) === fold(change.to))
      report(
        'change.to',
        change.to,
        'Shopify does not tell tags apart by case.',
        'Write a tag that differs in more than its case.',
      );
    return;
  }
  const { kind, tags } = change;
  tags.forEach((tag, index) => checkTag(report, `change.tags.${index}`, tag));
  if (tags.length === 0 && kind !== 'replace')
    report('change.tags', '', `There is no tag to ${kind}.`, 'Name at least one tag.');
  if (tags.length > MAX_TAGS && kind !== 'remove')
    report(
      'change.tags',
      tags.length,
      `There are ${tags.length} tags.`,
      `A product may have ${MAX_TAGS} tags: name fewer.`,
    );
}

function checkPosition(report: Report, field: string, position: number): void {
  if (!Number.isInteger(position) || position < 1)
    report(field, position, 'Positions are counted from 1.', 'Write a whole number from 1 on.');
}

function checkMedia(report: Report, change: MediaChange): void {
  switch (change.kind) {
    case 'add':
    case 'replace':
      change.pictures.forEach(({ url, alt }, index) => {
        const at = `change.pictures.${index}`;
        const isWeb = url === url.trim() && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
        if (!isWeb || url.length > MAX_ADDRESS_LENGTH)
          report(
            `${at}.url`,
            url,
            'This is not the public web address of a picture.',
            `Write the whole address, beginning with https://, of at most ${MAX_ADDRESS_LENGTH} characters.`,
          );
        const length = [...alt].length;
        if (length > MAX_ALT_LENGTH)
          report(
            `${at}.alt`,
            alt,
            `The alternative text has ${length} characters.`,
            `Use at most ${MAX_ALT_LENGTH} characters.`,
          );
      });
      if (change.pictures.length === 0)
        report(
          'change.pictures',
          '',
          'There is no picture.',
          'Name at least one picture. To take all pictures away, remove them.',
        );
      if (change.pictures.length > MAX_MEDIA)
        report(
          'change.pictures',
          change.pictures.length,
          `There are ${change.pictures.length} pictures.`,
          `A product may have ${MAX_MEDIA} pictures: name fewer.`,
        );
      return;
    case 'move':
      checkPosition(report, 'change.from', change.from);
      checkPosition(report, 'change.to', change.to);
      if (change.from === change.to)
        report('change.to', change.to, 'That moves nothing.', 'Write another position.');
      return;
    case 'remove':
      if (change.position !== null) checkPosition(report, 'change.position', change.position);
      return;
    case 'alt':
      return;
  }
}

function checkStock(report: Report, edit: Extract<BulkChange, { field: 'inventory' }>): void {
  const { change, locationId } = edit;
  const [field, units] =
    change.kind === 'set' ? ['change.available', change.available] : ['change.by', change.by];
  if (!Number.isInteger(units) || Math.abs(units) > MAX_STOCK)
    report(
      field,
      units,
      'Stock is counted in whole units.',
      `Write a whole number from ${-MAX_STOCK} to ${MAX_STOCK}.`,
    );
  if (change.kind === 'adjust' && change.by === 0)
    report(field, units, 'That changes nothing.', 'Say by how many units.');
  if (!/^gid:\/\/shopify\/Location\/\d+$/.test(locationId))
    report('locationId', locationId, 'This is not a location.', 'Choose a location of the store.');
}

function checkMetafield(report: Report, edit: Extract<BulkChange, { field: 'metafield' }>): void {
  const { namespace, key, type, value } = edit;
  if (!METAFIELD_NAMESPACE.test(namespace))
    report(
      'namespace',
      namespace,
      'No metafield has this namespace.',
      'Use 3 to 255 letters, digits, hyphens and underscores.',
    );
  if (!METAFIELD_KEY.test(key))
    report('key', key, 'No metafield has this key.', 'Use 2 to 64 letters, digits, hyphens and underscores.');
  if (!isMetafieldType(type))
    return report(
      'type',
      type,
      'Shopify has no such type of metafield.',
      'Use a type such as single_line_text_field.',
    );
  if (value === null) return;
  const remedy =
    value.trim() === '' ? 'Write a value, or take the metafield away.' : metafieldRemedy(type, value);
  if (remedy !== null) report('value', value, `A metafield of type ${type} cannot hold this.`, remedy);
}

function checkChange(report: Report, change: BulkChange, currencyCode: string): void {
  switch (change.field) {
    case 'price':
    case 'compareAtPrice':
    case 'cost':
      return checkAmountEdit(report, change, currencyCode);
    case 'tags':
      return checkTags(report, change.change);
    case 'inventory':
      return checkStock(report, change);
    case 'media':
      return checkMedia(report, change.change);
    case 'metafield':
      return checkMetafield(report, change);
    case 'status':
      return;
    default: {
      const limit = TEXT_LIMITS[change.field];
      const length = [...(change.value ?? '')].length;
      if (length > limit)
        report(
          'value',
          change.value,
          `The text has ${length} characters.`,
          `Use at most ${limit} characters.`,
        );
    }
  }
}

/** What a change acts on; two with one target may undo each other. */
function targetOf(change: BulkChange): string {
  if (change.field === 'inventory') return `inventory ${change.locationId}`;
  if (change.field !== 'metafield') return change.field;
  return `metafield of the ${change.of} ${change.namespace}.${change.key}`;
}

/** Whether nothing is left of what an earlier change made of the same target. */
function discardsEarlier(change: BulkChange, earlier: BulkChange): boolean {
  switch (change.field) {
    case 'price':
    case 'compareAtPrice':
    case 'cost':
      return change.change === null || (change.change.by !== 'percent' && change.change.by !== 'amount');
    case 'tags':
      return change.change.kind === 'replace';
    case 'inventory':
      return change.change.kind === 'set';
    case 'media': {
      const { kind } = change.change;
      // Pictures that stay keep the alternative text they were given.
      const keepsTexts = earlier.field === 'media' && earlier.change.kind === 'alt';
      return (kind === 'replace' && !keepsTexts) || (kind === 'remove' && change.change.position === null);
    }
    default:
      return true;
  }
}

const isAmount = ({ field }: BulkChange) =>
  field === 'price' || field === 'compareAtPrice' || field === 'cost';

function checkRepeats(changes: BulkChange[], report: Report): void {
  changes.forEach((change, index) => {
    const at = changes.slice(0, index).findLastIndex((earlier) => targetOf(earlier) === targetOf(change));
    const earlier = changes[at];
    if (earlier === undefined || !discardsEarlier(change, earlier)) return;
    // Another amount may have been reckoned from the one that is now discarded.
    if (isAmount(change) && changes.slice(at + 1, index).some(isAmount)) return;
    report(
      `${index}`,
      targetOf(change),
      `Nothing would be left of the change of the same field before it (changes.${at}).`,
      'Keep one of the two.',
    );
  });
}

/**
 * What makes no sense of these changes, in their order; empty: they can be planned. `currencyCode` (ISO 4217) is the
 * shop's: its minor unit is the finest that prices are rounded to.
 */
export function checkBulkChanges(
  changes: BulkChange[],
  { currencyCode }: { currencyCode: string },
): EditProblem[] {
  const problems: EditProblem[] = [];
  const reportAt =
    (prefix: string): Report =>
    (field, value, reason, remedy) =>
      problems.push({ field: `${prefix}.${field}`, value: String(value), reason, remedy });
  if (changes.length === 0)
    problems.push({
      field: 'changes',
      value: '',
      reason: 'There is no change to make.',
      remedy: 'Add at least one change.',
    });
  changes.forEach((change, index) => checkChange(reportAt(`changes.${index}`), change, currencyCode));
  checkRepeats(changes, reportAt('changes'));
  return problems;
}
