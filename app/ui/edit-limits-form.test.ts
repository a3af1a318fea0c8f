import { describe, expect, it } from 'vitest';
import { limitProblem, readLimits, sameLimits } from './edit-limits-form';

const form = {
  catalogPercent: ' 12.5 ',
  changePercent: '',
  zeroStock: true,
  secondPerson: false,
  source: false,
};

describe('limits of bulk edits', () => {
  it('reads a percentage, and nothing as no limit', () => {
    expect(readLimits(form)).toEqual({
      kind: 'limits',
      guard: {
        catalogPercent: '12.5',
        changePercent: null,
        zeroStock: true,
        secondPerson: false,
        source: false,
      },
    });
  });

  it.each(['0', '100.01', '-5', '5 %', '1e1', '12.345', 'half'])('refuses a share of “%s”', (typed) => {
    expect(limitProblem('catalogPercent', typed)).toMatch(
      /^“.+” cannot be the limit “Share of the catalog”\. Write a percentage above 0 and up to 100,/,
    );
    expect(readLimits({ ...form, catalogPercent: typed }).kind).toBe('problem');
  });

  it('sees what was not saved yet', () => {
    expect(sameLimits(form, { ...form, catalogPercent: '12.50' })).toBe(true);
    expect(sameLimits(form, { ...form, catalogPercent: '12.6' })).toBe(false);
    expect(sameLimits(form, { ...form, changePercent: '0' })).toBe(false);
    expect(sameLimits(form, { ...form, secondPerson: true })).toBe(false);
  });

  it('takes a change of more than all of it', () => {
    expect(limitProblem('changePercent', '250')).toBeNull();
    expect(limitProblem('changePercent', '1000000')).toBeNull();
    expect(limitProblem('changePercent', '1000000.01')).toContain('1,000,000');
  });
});
