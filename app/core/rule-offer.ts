/** When a merchant answers the same again and again, a rule could answer: what it would be, and what it would have done. */
import type { ConflictPolicy } from './decision';

export type Choice = 'source' | 'remote' | 'value';
export type OfferedPolicy = Extract<ConflictPolicy, 'source-wins' | 'remote-wins'>;

/** So many equal answers in a row make an offer. */
export const EQUAL_ANSWERS = 5;

const POLICY_OF: Record<Exclude<Choice, 'value'>, OfferedPolicy> = {
  source: 'source-wins',
  remote: 'remote-wins',
};

/** How many of the newest answers are alike. `answers` is newest first. */
function streakOf(answers: readonly Choice[]): number {
  const different = answers.findIndex((choice) => choice !== answers[0]);
  return different < 0 ? answers.length : different;
}

/** The rule that the newest answers ask for; null where they ask for none. */
export function ruleFrom(answers: readonly Choice[]): { policy: OfferedPolicy; streak: number } | null {
  const [newest] = answers;
  if (newest === undefined || newest === 'value') return null;
  const streak = streakOf(answers);
  return streak < EQUAL_ANSWERS ? null : { policy: POLICY_OF[newest], streak };
}

/** Past answers that the rule would have given too, and those it would have given otherwise. */
export function replay<Answer extends { choice: Choice }>(
  policy: OfferedPolicy,
  answers: readonly Answer[],
): { same: number; different: Answer[] } {
  const different = answers.filter(({ choice }) => choice === 'value' || POLICY_OF[choice] !== policy);
  return { same: answers.length - different.length, different };
}
