/** Reads how a price is to change from one short text, as the REST API takes it. */
import type { AmountChange, EditProblem } from './bulk-edit';

export type ReadAdjustment = { ok: true; change: AmountChange } | { ok: false; problem: EditProblem };

const FORM = /^(?<sign>[+=-]?)(?<number>\d+(?:\.\d+)?)(?<percent>%?)$/;

/**
 * "-10%" and "+5%" move by a percentage, "+5" and "-2.50" by an amount, "19.99" and "=19.99" set a value. What can be read
 * in two ways ("10%", "1,50") is a problem. Whether the change makes sense is `checkBulkChanges`' to say.
 */
export function readPriceAdjustment(text: string): ReadAdjustment {
  // Typed in a word processor or copied from a page, a minus is often the character of that name.
  const { sign, number, percent } = FORM.exec(text.trim().replace('\u2212', '-'))?.groups ?? {};
  const problem = (reason: string, remedy: string): ReadAdjustment => ({
    ok: false,
    problem: { field: 'price_adjustment', value: text, reason, remedy },
  });
  if (sign === undefined || number === undefined)
    return problem(
      'This is not a change of a price.',
      'Write "-10%" or "+10%" for a percentage, "+5" or "-2.50" for an amount, "19.99" for a value; decimals follow a point.',
    );
  const signed = sign === '-' ? `-${number}` : number;
  const isSigned = sign === '+' || sign === '-';
  if (percent === '%')
    return isSigned
      ? { ok: true, change: { by: 'percent', percent: signed } }
      : problem(
          'It is not clear whether this raises or lowers the price.',
          `Write "+${number}%" or "-${number}%".`,
        );
  return { ok: true, change: isSigned ? { by: 'amount', amount: signed } : { by: 'value', value: number } };
}
