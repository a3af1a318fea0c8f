/** What a bulk edit's page answers to what was asked of the edit, in a merchant's words. */
import { refusedAnswer } from './action-answer';
import type { ActionAnswer } from './action-answer';

/** `editId`: the edit that was made, to go on to. */
export type EditAnswer = ActionAnswer & { editId?: string };

const GONE: EditAnswer = { ok: false, message: 'There is no such bulk edit in this store' };

type Asked<Kind extends string> = { kind: Kind };

export function applyAnswer(
  outcome:
    | Asked<
        | 'started'
        | 'scheduled'
        | 'too-late'
        | 'needs-second-person'
        | 'nothing-to-change'
        | 'not-planned'
        | 'gone'
      >
    | { kind: 'needs-confirmation'; expected: string },
): EditAnswer {
  switch (outcome.kind) {
    case 'started':
      return { ok: true, message: 'Applying the edit' };
    case 'scheduled':
      return { ok: true, message: 'The promotion is on the calendar' };
    case 'too-late':
      return { ok: false, message: 'The promotion would be over already: plan it again with a later end' };
    case 'needs-confirmation':
      return { ok: false, message: `Type ${outcome.expected}, the number of products, to confirm` };
    case 'needs-second-person':
      return { ok: false, message: 'Somebody else must confirm this edit' };
    case 'nothing-to-change':
      return { ok: false, message: 'There is nothing to change' };
    case 'not-planned':
      return { ok: false, message: 'Somebody applied or cancelled it already' };
    case 'gone':
      return GONE;
  }
}

export function cancelAnswer({ kind }: Asked<'cancelled' | 'not-running' | 'gone'>): EditAnswer {
  switch (kind) {
    case 'cancelled':
      return { ok: true, message: 'Stopping the edit' };
    case 'not-running':
      return { ok: false, message: 'It has ended already' };
    case 'gone':
      return GONE;
  }
}

export function undoAnswer(
  outcome:
    { kind: 'started'; editId: string } | Asked<'nothing-to-undo' | 'not-ended' | 'is-promotion' | 'gone'>,
): EditAnswer {
  switch (outcome.kind) {
    case 'started':
      return { ok: true, message: 'Working out what the undo changes', editId: outcome.editId };
    case 'nothing-to-undo':
      return { ok: false, message: 'It changed nothing of these products: there is nothing to undo' };
    case 'is-promotion':
      return { ok: false, message: 'A promotion is ended or cancelled, not undone' };
    case 'not-ended':
      return { ok: false, message: 'It is still under way: undo it when it has ended' };
    case 'gone':
      return GONE;
  }
}

export function againAnswer(
  outcome:
    | { kind: 'started' | 'asked-already'; editId: string }
    | Asked<'nothing-moved' | 'is-undo' | 'too-many' | 'gone'>
    | { kind: 'refused'; problems: { reason: string; remedy: string }[] },
): EditAnswer {
  switch (outcome.kind) {
    case 'started':
      return { ok: true, message: 'Planning it again for what changed', editId: outcome.editId };
    case 'asked-already':
      return { ok: true, message: 'Planned again already', editId: outcome.editId };
    case 'nothing-moved':
      return { ok: false, message: 'Nothing changed meanwhile' };
    case 'is-undo':
      return { ok: false, message: 'An undo keeps what changed meanwhile' };
    case 'too-many':
      return { ok: false, message: 'Too many products changed meanwhile: make the edit anew' };
    case 'refused':
      return refusedAnswer(outcome.problems);
    case 'gone':
      return GONE;
  }
}
