import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BulkChange } from '~/core/bulk-edit';
import { localTime } from '~/core/local-time';
import { targetProblems, termsProblems } from '~/core/promotion';
import type { EditTarget } from '~/core/promotion';
import { EDIT_FIELDS, newChange } from './edit-change-form';
import type { EditField } from './edit-change-form';
import {
  clockNote,
  fieldsFor,
  misplacedChanges,
  NO_TARGET,
  readTarget,
  targetForm,
} from './edit-target-form';
import type { TargetForm } from './edit-target-form';
import { priorityChoices, priorityWords } from './promotion-words';

const timeZone = 'Europe/Berlin';
const now = new Date('2026-03-01T12:00:00Z');
const clock = { timeZone, now };
const PROMOTION: TargetForm = { ...NO_TARGET, kind: 'promotion' };

const rounding = { to: 'none' } as const;
const SAMPLES: Record<EditField, BulkChange> = {
  price: {
    field: 'price',
    change: { by: 'value', value: '1' },
    rounding,
    floor: { atCost: false, minimum: null },
  },
  compareAtPrice: { field: 'compareAtPrice', change: null, rounding },
  cost: { field: 'cost', change: null, rounding },
  tags: { field: 'tags', change: { kind: 'add', tags: ['a'] } },
  inventory: { field: 'inventory', change: { kind: 'set', available: 1 }, locationId: '1' },
  media: { field: 'media', change: { kind: 'alt', text: '' } },
  status: { field: 'status', value: 'ACTIVE' },
  vendor: { field: 'vendor', value: 'a' },
  productType: { field: 'productType', value: 'a' },
  seoTitle: { field: 'seoTitle', value: 'a' },
  seoDescription: { field: 'seoDescription', value: 'a' },
  metafield: { field: 'metafield', of: 'product', namespace: 'a', key: 'b', type: 'c', value: null },
};

const problemsOf = (part: Partial<TargetForm>) =>
  readTarget({ ...PROMOTION, ...part }, clock).problems.map(({ control, isMissing }) => ({
    control,
    isMissing,
  }));

describe('the target of an edit', () => {
  it('is typed as it is meant, whatever moments ahead, in every zone', () => {
    const minutes = fc.integer({ min: 1, max: 1_000_000 });
    fc.assert(
      fc.property(
        fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'UTC'),
        minutes,
        fc.option(minutes),
        fc.integer({ min: 0, max: 1_000 }),
        fc.boolean(),
        (zone, begins, lasts, priority, showsBaseAsCompareAt) => {
          const at = (ahead: number) => new Date(now.getTime() + ahead * 60_000);
          const target: EditTarget = {
            kind: 'promotion',
            terms: {
              startsAt: at(begins),
              endsAt: lasts === null ? null : at(begins + lasts),
              priority,
              showsBaseAsCompareAt,
            },
          };
          const form = targetForm(target, { timeZone: zone, now });
          const read = readTarget(form, { timeZone: zone, now });
          // A time that comes twice names its first coming.
          const isTold = [form.startsAt, form.endsAt].every((text) => clockNote(text, zone) === null);
          if (isTold) expect(read).toEqual({ target, draft: target, problems: [] });
          if (read.target?.kind === 'promotion') expect(termsProblems(read.target.terms, now)).toEqual([]);
        },
      ),
    );
    for (const kind of ['catalog', 'store'] as const)
      expect(readTarget(targetForm({ kind }, clock), clock)).toMatchObject({
        target: { kind },
        problems: [],
      });
  });

  it('asks for a start and an end, and takes "at once" and "no end" for them', () => {
    expect(problemsOf({})).toEqual([
      { control: 'startsAt', isMissing: true },
      { control: 'endsAt', isMissing: true },
    ]);
    const read = readTarget({ ...PROMOTION, startsAtOnce: true, isOpenEnded: true }, clock);
    expect(read.target).toMatchObject({ terms: { startsAt: now, endsAt: null } });
  });

  it('refuses what is over, and an end before the start, where it is typed', () => {
    const [over, soon, later] = ['2026-03-01T12:59', '2026-03-01T13:01', '2026-03-02T00:00'];
    expect(problemsOf({ startsAt: over!, endsAt: later! })).toEqual([
      { control: 'startsAt', isMissing: false },
    ]);
    expect(problemsOf({ startsAtOnce: true, endsAt: over! })).toEqual([
      { control: 'endsAt', isMissing: false },
    ]);
    expect(problemsOf({ startsAt: later!, endsAt: soon! })).toEqual([
      { control: 'endsAt', isMissing: false },
    ]);
    expect(problemsOf({ startsAt: later!, endsAt: later! })).toEqual([
      { control: 'endsAt', isMissing: false },
    ]);
    expect(problemsOf({ startsAt: soon!, endsAt: later! })).toEqual([]);
    expect(problemsOf({ startsAt: '2026-02-31T10:00', isOpenEnded: true })).toEqual([
      { control: 'startsAt', isMissing: false },
    ]);
  });

  it('can be previewed before its times are chosen', () => {
    const { target, draft } = readTarget({ ...PROMOTION, showsBaseAsCompareAt: true }, clock);
    expect(target).toBeNull();
    expect(draft).toMatchObject({ kind: 'promotion', terms: { showsBaseAsCompareAt: true } });
    if (draft.kind === 'promotion') expect(termsProblems(draft.terms, now)).toEqual([]);
  });

  it('leaves moments that are over to be chosen anew when an edit is made once more', () => {
    const [startsAt, endsAt] = [new Date(now.getTime() - 1), new Date(now.getTime() + 60_000)];
    const terms = { startsAt, endsAt, priority: 42, showsBaseAsCompareAt: true };
    expect(targetForm({ kind: 'promotion', terms }, clock)).toMatchObject({
      startsAt: '',
      endsAt: localTime(endsAt, timeZone).slice(0, 16),
      isOpenEnded: false,
      priority: 42,
    });
  });

  it('takes the fields that the model takes, and no others', () => {
    const terms = { startsAt: now, endsAt: null, priority: 0, showsBaseAsCompareAt: false };
    for (const target of [
      { kind: 'catalog' },
      { kind: 'store' },
      { kind: 'promotion', terms },
    ] satisfies EditTarget[])
      for (const field of EDIT_FIELDS) {
        const isTaken = targetProblems(target, [SAMPLES[field]]).length === 0;
        expect([target.kind, field, fieldsFor(target.kind).includes(field)]).toEqual([
          target.kind,
          field,
          isTaken,
        ]);
        expect(misplacedChanges(target.kind, [newChange('price', '0'), newChange(field, '1')])).toEqual(
          isTaken ? [] : [expect.objectContaining({ control: 'changes.1.field', isMissing: false })],
        );
      }
  });
});

describe('the night in which clocks change', () => {
  it('is told of where a time comes twice or never, and only there', () => {
    expect(clockNote('2026-03-29T01:59', timeZone)).toBeNull();
    expect(clockNote('2026-03-29T02:00', timeZone)).toContain('03:00');
    expect(clockNote('2026-03-29T02:30', timeZone)).toContain('03:30');
    expect(clockNote('2026-03-29T03:00', timeZone)).toBeNull();
    expect(clockNote('2026-10-25T01:59', timeZone)).toBeNull();
    expect(clockNote('2026-10-25T02:00', timeZone)).toContain('twice');
    expect(clockNote('2026-10-25T02:59', timeZone)).toContain('twice');
    expect(clockNote('2026-10-25T03:00', timeZone)).toBeNull();
    expect(clockNote('2026-04-05T01:45', 'Australia/Lord_Howe')).toContain('twice');
    expect([clockNote('', timeZone), clockNote('no time', timeZone)]).toEqual([null, null]);
  });
});

describe('a priority', () => {
  it('has a word, and is always among the choices', () => {
    expect([0, 250, 500, 750, 1_000].map(priorityWords)).toEqual([
      'Lowest',
      'Low',
      'Normal',
      'High',
      'Highest',
    ]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000 }), (held) => {
        const values = priorityChoices(held).map(({ value }) => value);
        expect(values).toContain(String(held));
        expect(new Set(values).size).toBe(values.length);
      }),
    );
  });
});
