import { describe, expect, it } from 'vitest';
import { aftermathSentence, effectSentence, verdictWords } from './effect-words';

const sure = { kind: 'estimate', change: 0.254, low: 0.08, high: 0.45 } as const;
const unsure = { kind: 'estimate', change: 0.04, low: -0.2, high: 0.31 } as const;
const less = { kind: 'estimate', change: -0.3, low: -0.4, high: -0.1 } as const;

describe('words for what a promotion did', () => {
  it('say how much and how sure', () => {
    expect(verdictWords(sure)).toBe('+25% (between +8.0% and +45%)');
    expect(verdictWords({ kind: 'too-little', reason: 'few-days' })).toMatch(/^Too little to tell: /);
    expect(effectSentence(sure, 'units')).toContain('about 25% more units');
    expect(effectSentence(less, 'units')).toContain('about 30% less units');
  });

  it('do not make something of what may be nothing', () => {
    expect(effectSentence(unsure, 'units')).toContain('may have changed nothing');
    expect(effectSentence({ kind: 'too-little', reason: 'few-units' }, 'units')).toContain(
      'too little to tell',
    );
  });

  it('tell of what was only bought earlier', () => {
    const after = (units: typeof sure | typeof unsure | typeof less) =>
      aftermathSentence({ units, revenue: units, extraRevenue: null });
    expect(after(less)).toContain('had only bought earlier');
    expect(after(unsure)).toContain('about as much');
    expect(after(sure)).toContain('still sold');
    expect(aftermathSentence(null)).toBeNull();
  });
});
