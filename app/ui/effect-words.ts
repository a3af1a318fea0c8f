/** What a promotion did, in a merchant's words. Pure. */
import type { Comparison, TooLittle, Verdict } from '~/core/promotion-effect';

const REASONS: Record<TooLittle, string> = {
  'few-days': 'it takes at least five whole days',
  'few-units': 'fewer than 20 units were sold before or during it',
  'no-comparison': 'the rest of the store sold too little to compare with',
  'too-restless': 'sales differ too much from day to day',
};

/** 0.254 as "25%", -0.031 as "3%": how much, not which way. */
const percent = (change: number): string =>
  `${Math.abs(change * 100).toFixed(Math.abs(change) < 0.1 ? 1 : 0)}%`;

const signed = (change: number): string => `${change < 0 ? '−' : '+'}${percent(change)}`;

/** "+25% (between +8% and +45%)", "Too little to tell: it takes at least five whole days". */
export function verdictWords(verdict: Verdict): string {
  if (verdict.kind === 'too-little') return `Too little to tell: ${REASONS[verdict.reason]}`;
  const { change, low, high } = verdict;
  return `${signed(change)} (between ${signed(low)} and ${signed(high)})`;
}

/** One sentence of what the numbers say, and how sure that is. */
export function effectSentence(verdict: Verdict, what: string): string {
  if (verdict.kind === 'too-little')
    return `Whether it sold more ${what} is too little to tell: ${REASONS[verdict.reason]}.`;
  const { change, low, high } = verdict;
  const range = `between ${signed(low)} and ${signed(high)}`;
  if (low <= 0 && high >= 0)
    return `It may have changed nothing: ${what} moved by ${signed(change)} against the rest of the store, and the truth lies ${range} in 95 of 100 such cases.`;
  return `It sold about ${percent(change)} ${change > 0 ? 'more' : 'less'} ${what} than was to be expected from the rest of the store; in 95 of 100 such cases the truth lies ${range}.`;
}

/** What came after, where something can be said. */
export function aftermathSentence(aftermath: Comparison | null): string | null {
  if (aftermath === null || aftermath.units.kind === 'too-little') return null;
  const { low, high, change } = aftermath.units;
  if (high < 0)
    return `Afterwards it sold about ${percent(change)} less than before it, as if some customers had only bought earlier.`;
  if (low > 0) return `Afterwards it still sold about ${percent(change)} more than before it.`;
  return 'Afterwards it sold about as much as before it, as far as can be told.';
}
