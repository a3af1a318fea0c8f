/** Reads the cells of one row of a merchant's table by the rules of a mapping, and notes what cannot be read. Pure. */
import type { FieldRule, SourceRow, SourceRowProblem } from '~/core/source-mapping';
import { readText } from './product-csv-cells';
import type { Reading } from './product-csv-cells';
import { readCell } from './source-cells';

type Value = string | string[] | null;

/** Collects the problems of one row. */
export class RowReader {
  constructor(
    private readonly row: SourceRow,
    private readonly name: string,
    private readonly problems: SourceRowProblem[],
  ) {}

  /** The text of a rule's column, or what stands in for an empty one; null for none. */
  private textOf({ column, otherwise }: FieldRule): string | null {
    const text = column === null ? null : (this.row[column] ?? null);
    return text === null || text.trim() === '' ? otherwise : text;
  }

  complain(column: string | null, value: string | null, problem: { reason: string; remedy: string }): void {
    const shown = value === null ? null : value.slice(0, 200);
    this.problems.push({
      row: this.name,
      column,
      value: shown,
      reason: problem.reason,
      remedy: problem.remedy,
    });
  }

  /** What a rule gives: undefined, with the problem noted, where it cannot be read; null where there is nothing. */
  read(rule: FieldRule, check?: (value: string) => Reading<string>): Value | undefined {
    const text = this.textOf(rule);
    if (text === null) return null;
    const read = readCell(text, rule.transform);
    const checked =
      read.ok && typeof read.value === 'string' && check !== undefined ? check(read.value) : read;
    if (checked.ok) return checked.value === '' ? null : checked.value;
    this.complain(rule.column, text, checked);
    return undefined;
  }

  readList(rule: FieldRule): string[] | undefined {
    const value = this.read(rule);
    if (value === undefined) return undefined;
    return value === null ? [] : typeof value === 'string' ? [value] : value;
  }

  /** A field that cannot be empty. */
  readRequired(rule: FieldRule, what: string): string | undefined {
    const value = this.read(rule);
    if (typeof value === 'string') return value;
    if (value !== undefined)
      this.complain(rule.column, null, {
        reason: `The ${what} is empty.`,
        remedy: `Fill the column in, or give a value for empty ones in the mapping.`,
      });
    return undefined;
  }
}

export const atMost = (max: number) => (value: string) => readText(value, max);

const oneOf = <T extends string>(value: string | undefined, choices: readonly T[]): T | undefined =>
  choices.find((choice) => choice === value);

export function withoutUndefined<T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.assign(
    {},
    ...Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [{ [name]: value }])),
  );
}

/** A word the mapping leads to, checked against what the field takes. */
export function choice<T extends string>(
  reader: RowReader,
  rule: FieldRule | undefined,
  what: string,
  choices: readonly T[],
): T | undefined {
  if (rule === undefined) return undefined;
  const word = reader.readRequired(rule, what);
  const found = oneOf(word, choices);
  if (word !== undefined && found === undefined)
    reader.complain(rule.column, word, {
      reason: `“${word}” is no ${what}.`,
      remedy: `Let the words of the mapping lead to one of: ${choices.join(', ')}.`,
    });
  return found;
}

export function truth(reader: RowReader, rule: FieldRule | undefined, what: string): boolean | undefined {
  const word = choice(reader, rule, what, ['true', 'false']);
  return word === undefined ? undefined : word === 'true';
}

export function text(reader: RowReader, rule: FieldRule | undefined, max: number): string | null | undefined {
  if (rule === undefined) return undefined;
  const value = reader.read(rule, atMost(max));
  return typeof value === 'string' || value === null ? value : undefined;
}
