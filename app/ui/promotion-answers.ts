/** What a promotion's page answers to what was asked of the promotion, in a merchant's words. */
import { refusedAnswer } from './action-answer';
import type { ActionAnswer } from './action-answer';

/** `isDeleted`: there is nothing left to show. */
export type PromotionAnswer = ActionAnswer & { isDeleted?: boolean };

const GONE: PromotionAnswer = { ok: false, message: 'There is no such promotion in this store' };

type Asked<Kind extends string> = { kind: Kind };

export function timesAnswer(
  outcome:
    | Asked<'rescheduled' | 'too-late' | 'gone'>
    | { kind: 'refused'; problems: { reason: string; remedy: string }[] },
): PromotionAnswer {
  switch (outcome.kind) {
    case 'rescheduled':
      return { ok: true, message: 'Times changed' };
    case 'too-late':
      return { ok: false, message: 'It began or ended meanwhile: look at its times again' };
    case 'refused':
      return refusedAnswer(outcome.problems);
    case 'gone':
      return GONE;
  }
}

export function endAnswer({ kind }: Asked<'ended' | 'not-on' | 'gone'>): PromotionAnswer {
  switch (kind) {
    case 'ended':
      return { ok: true, message: 'The promotion ends now' };
    case 'not-on':
      return { ok: false, message: 'It is not on any more' };
    case 'gone':
      return GONE;
  }
}

export function cancelPromotionAnswer({
  kind,
}: Asked<'cancelled' | 'not-scheduled' | 'gone'>): PromotionAnswer {
  switch (kind) {
    case 'cancelled':
      return { ok: true, message: 'Promotion cancelled' };
    case 'not-scheduled':
      return { ok: false, message: 'It has begun already: end it instead' };
    case 'gone':
      return GONE;
  }
}

export function deleteAnswer({ kind }: Asked<'deleted' | 'not-over' | 'gone'>): PromotionAnswer {
  switch (kind) {
    case 'deleted':
      return { ok: true, message: 'Promotion deleted', isDeleted: true };
    case 'not-over':
      return { ok: false, message: 'Its prices are still going back: delete it when they have' };
    case 'gone':
      return { ...GONE, isDeleted: true };
  }
}
