/** Where a bulk edit goes, as it is chosen and typed, and what that means. Pure. */
import { instantOf, localTime } from '~/core/local-time';
import type { EditTarget } from '~/core/promotion';
import { EDIT_FIELDS } from './edit-change-form';
import type { ControlProblem, EditField } from './edit-change-form';
import { USUAL_PRIORITY } from './promotion-words';

/** What was typed for a promotion is kept while another target is looked at. */
export interface TargetForm {
  kind: EditTarget['kind'];
  /** Begin as soon as it is confirmed, whatever is typed as the start. */
  startsAtOnce: boolean;
  /** As the shop's clock shows it, e.g. "2026-11-27T00:00"; "": none yet. */
  startsAt: string;
  /** No end, whatever is typed as one. */
  isOpenEnded: boolean;
  endsAt: string;
  priority: number;
  showsBaseAsCompareAt: boolean;
}

/** What the shop's clock is, and shows. */
export interface ShopClock {
  timeZone: string;
  now: Date;
}

export interface ReadTarget {
  /** Null where something is missing or cannot be. */
  target: EditTarget | null;
  /** Good for a preview while the times are not complete. */
  draft: EditTarget;
  /** Controls are called "startsAt", "endsAt". */
  problems: ControlProblem[];
}

export const NO_TARGET: TargetForm = {
  kind: 'catalog',
  startsAtOnce: false,
  startsAt: '',
  isOpenEnded: false,
  endsAt: '',
  priority: USUAL_PRIORITY,
  showsBaseAsCompareAt: false,
};

const FIELDS: Record<EditTarget['kind'], { fields: readonly EditField[]; why: string }> = {
  catalog: { fields: EDIT_FIELDS, why: '' },
  store: {
    fields: EDIT_FIELDS.filter((field) => field !== 'inventory' && field !== 'media'),
    why: 'Stock and pictures cannot be set for one store only.',
  },
  promotion: {
    fields: ['price', 'compareAtPrice'],
    why: 'A promotion changes prices and compare-at prices only.',
  },
};

/** Fields that an edit of this target can change. */
export const fieldsFor = (kind: EditTarget['kind']): readonly EditField[] => FIELDS[kind].fields;

/** What the target cannot take, at the field of each change. */
export function misplacedChanges(
  kind: EditTarget['kind'],
  changes: { field: EditField }[],
): ControlProblem[] {
  const { fields, why } = FIELDS[kind];
  return changes.flatMap(({ field }, at) =>
    fields.includes(field)
      ? []
      : [
          {
            control: `changes.${at}.field`,
            message: `${why} Choose something else, or take this change out.`,
            isMissing: false,
          },
        ],
  );
}

/** What an end or a start that was typed means; a problem where it means none. */
function momentOf(
  control: 'startsAt' | 'endsAt',
  text: string,
  { timeZone, now }: ShopClock,
): { moment: Date } | { problem: ControlProblem } {
  const refuse = (message: string, isMissing = false) => ({ problem: { control, message, isMissing } });
  const isStart = control === 'startsAt';
  if (text === '')
    return refuse(
      isStart
        ? 'Choose a day and a time, or let it begin as soon as you schedule it.'
        : 'Choose a day and a time, or let it run until you end it.',
      true,
    );
  const moment = instantOf(text, timeZone);
  if (moment === null) return refuse('This is no day and time. Choose one, for example 1 December, 00:00.');
  if (moment.getTime() > now.getTime()) return { moment };
  return refuse(
    isStart
      ? 'This moment is over. Choose a later one, or let it begin as soon as you schedule it.'
      : 'This moment is over. Choose a later one, or let it run until you end it.',
  );
}

/** What the form means. */
export function readTarget(form: TargetForm, clock: ShopClock): ReadTarget {
  if (form.kind !== 'promotion') {
    const target: EditTarget = { kind: form.kind };
    return { target, draft: target, problems: [] };
  }
  const start = form.startsAtOnce ? { moment: clock.now } : momentOf('startsAt', form.startsAt, clock);
  const end = form.isOpenEnded ? { moment: null } : momentOf('endsAt', form.endsAt, clock);
  const problems = [start, end].flatMap((read) => ('problem' in read ? [read.problem] : []));
  const { priority, showsBaseAsCompareAt } = form;
  const startsAt = 'moment' in start ? start.moment : clock.now;
  const endsAt = 'moment' in end ? end.moment : null;
  if (endsAt !== null && problems.length === 0 && endsAt.getTime() <= startsAt.getTime())
    problems.push({
      control: 'endsAt',
      message: 'The promotion would end before it begins. Choose an end after the start.',
      isMissing: false,
    });
  const isWhole = problems.length === 0;
  const draft: EditTarget = {
    kind: 'promotion',
    terms: { startsAt, endsAt: isWhole ? endsAt : null, priority, showsBaseAsCompareAt },
  };
  return { target: isWhole ? draft : null, draft, problems };
}

/** Minutes, as a field for a day and a time shows them. */
const shown = (moment: Date, timeZone: string) => localTime(moment, timeZone).slice(0, 16);

/** A target as it would be chosen now: moments that are over are to be chosen anew. */
export function targetForm(target: EditTarget, { timeZone, now }: ShopClock): TargetForm {
  if (target.kind !== 'promotion') return { ...NO_TARGET, kind: target.kind };
  const { startsAt, endsAt, priority, showsBaseAsCompareAt } = target.terms;
  const ahead = (moment: Date) => (moment.getTime() > now.getTime() ? shown(moment, timeZone) : '');
  return {
    kind: 'promotion',
    startsAtOnce: false,
    startsAt: ahead(startsAt),
    isOpenEnded: endsAt === null,
    endsAt: endsAt === null ? '' : ahead(endsAt),
    priority,
    showsBaseAsCompareAt,
  };
}

/** By how much clocks are put back somewhere in the world, in minutes. */
const PUT_BACK = [30, 60, 120];

/**
 * What there is to know of a time that a clock shows twice, or never, in the night it is changed; null where the clock runs
 * as ever. What is meant then: instantOf (core/local-time.ts).
 */
export function clockNote(text: string, timeZone: string): string | null {
  const moment = instantOf(text, timeZone);
  if (moment === null) return null;
  const time = shown(moment, timeZone);
  if (time !== text.slice(0, 16))
    return `Clocks are put forward then, so this time never comes: ${time.slice(11)} is meant.`;
  const comesAgain = PUT_BACK.some(
    (minutes) => shown(new Date(moment.getTime() + minutes * 60_000), timeZone) === time,
  );
  return comesAgain ? 'Clocks are put back then, so this time comes twice: the first is meant.' : null;
}
