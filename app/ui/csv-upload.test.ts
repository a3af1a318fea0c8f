import { describe, expect, it } from 'vitest';
import { MAX_CSV_BYTES, csvProblem } from './csv-upload';

describe('a chosen file', () => {
  it('is taken where it is a CSV file of a size that can be imported', () => {
    expect(csvProblem({ name: 'products.csv', size: 1 })).toBeNull();
    expect(csvProblem({ name: 'PRODUCTS.CSV', size: MAX_CSV_BYTES })).toBeNull();
  });

  it('is refused with what to do instead', () => {
    expect(csvProblem({ name: 'products.xlsx', size: 10 })).toContain('ends in .csv');
    expect(csvProblem({ name: 'products.csv', size: 0 })).toContain('empty');
    expect(csvProblem({ name: 'products.csv', size: MAX_CSV_BYTES + 1 })).toContain('Split it');
  });
});
