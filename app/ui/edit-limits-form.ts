/** Limits of bulk edits as they are typed. Pure. */
import type { EditGuard } from '~/core/edit-guard';

export interface EditLimitsForm {
  /** Percent; "" is no limit. */
  catalogPercent: string;
  changePercent: string;
  zeroStock: boolean;
  secondPerson: boolean;
  source: boolean;
}

export const LIMITS = {
  catalogPercent: {
    label: 'Share of the catalog',
    help: 'Of all products. Empty: no limit.',
    most: 100,
  },
  changePercent: {
    label: 'Change of a price or a cost',
    help: 'Of what it was. Empty: no limit.',
    most: 1_000_000,
  },
} as const;

type PercentField = keyof typeof LIMITS;

/** Why a limit cannot be used, and what to write; null where it can. */
export function limitProblem(field: PercentField, typed: string): string | null {
  const text = typed.trim();
  const { label, most } = LIMITS[field];
  const percent = Number(text);
  const fits = /^\d{1,7}(\.\d{1,2})?$/.test(text) && percent > 0 && percent <= most;
  if (text === '' || fits) return null;
  return `“${text.slice(0, 40)}” cannot be the limit “${label}”. Write a percentage above 0 and up to ${most.toLocaleString('en-US')}, for example 50, or leave it empty for no limit.`;
}

const limit = (typed: string): string | null => (typed.trim() === '' ? null : typed.trim());

/** The limits of a form, or what is wrong with the first that cannot be used. */
export function readLimits(
  form: EditLimitsForm,
): { kind: 'limits'; guard: EditGuard } | { kind: 'problem'; problem: string } {
  const problem =
    limitProblem('catalogPercent', form.catalogPercent) ?? limitProblem('changePercent', form.changePercent);
  if (problem !== null) return { kind: 'problem', problem };
  const { zeroStock, secondPerson, source } = form;
  const percents = {
    catalogPercent: limit(form.catalogPercent),
    changePercent: limit(form.changePercent),
  };
  return { kind: 'limits', guard: { ...percents, zeroStock, secondPerson, source } };
}

/** Whether two forms mean the same: "50" and "50.0" do. */
export function sameLimits(one: EditLimitsForm, other: EditLimitsForm): boolean {
  const same = (a: string, b: string) =>
    a.trim() === b.trim() || (a.trim() !== '' && Number(a) === Number(b));
  return (
    same(one.catalogPercent, other.catalogPercent) &&
    same(one.changePercent, other.changePercent) &&
    one.zeroStock === other.zeroStock &&
    one.secondPerson === other.secondPerson &&
    one.source === other.source
  );
}
