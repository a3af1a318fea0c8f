/** Policies as they are edited: limits as text, one line a field group. Pure. */
import type { ConflictPolicy, FieldPolicy } from '~/core/decision';
import { FIELD_GROUPS } from '~/core/field-group';
import type { FieldGroup } from '~/core/field-group';
import type { ShopPolicies } from '~/core/policy-rules';
import { groupLabel } from './group-words';

export interface EditedPolicy {
  conflict: ConflictPolicy;
  /** Percent; "" is no limit. */
  hold: string;
}

export interface EditedRule extends EditedPolicy {
  productId: string;
  fieldGroup: FieldGroup | null;
}

export interface PolicyForm {
  store: EditedPolicy & { deletion: ShopPolicies['store']['deletion'] };
  /** Null: as the store. */
  groups: Record<FieldGroup, EditedPolicy | null>;
  rules: EditedRule[];
}

const edited = ({ conflict, holdAbovePercent }: FieldPolicy): EditedPolicy => ({
  conflict,
  hold: holdAbovePercent === null ? '' : String(holdAbovePercent),
});

export function policyForm({ store, rules }: ShopPolicies): PolicyForm {
  const groupPolicy = (group: FieldGroup): EditedPolicy | null => {
    const rule = rules.find((one) => one.productId === null && one.fieldGroup === group);
    return rule === undefined ? null : edited(rule);
  };
  return {
    store: { ...edited(store), deletion: store.deletion },
    groups: {
      price: groupPolicy('price'),
      inventory: groupPolicy('inventory'),
      content: groupPolicy('content'),
      organization: groupPolicy('organization'),
      status: groupPolicy('status'),
      media: groupPolicy('media'),
      variants: groupPolicy('variants'),
      metafields: groupPolicy('metafields'),
    },
    rules: rules.flatMap((rule) =>
      rule.productId === null
        ? []
        : [{ ...edited(rule), productId: rule.productId, fieldGroup: rule.fieldGroup }],
    ),
  };
}

const MOST_PERCENT = 1_000_000;

/** Why a limit cannot be used; null where it can. */
export function holdProblem(hold: string): string | null {
  const text = hold.trim();
  if (text === '') return null;
  const percent = Number(text);
  return /^\d+(\.\d{1,2})?$/.test(text) && percent > 0 && percent <= MOST_PERCENT
    ? null
    : 'Write a percentage above 0, for example 20, or leave it empty for no limit.';
}

function policy({ conflict, hold }: EditedPolicy): FieldPolicy {
  return { conflict, holdAbovePercent: hold.trim() === '' ? null : Number(hold) };
}

/** The policies that a form means, or why it means none. */
export function policiesOf(
  form: PolicyForm,
): { ok: true; policies: ShopPolicies } | { ok: false; message: string } {
  const limits: [string, EditedPolicy][] = [['the store', form.store]];
  for (const group of FIELD_GROUPS) {
    const own = form.groups[group];
    if (own !== null) limits.push([groupLabel(group), own]);
  }
  limits.push(...form.rules.map((rule): [string, EditedPolicy] => ['a product', rule]));
  for (const [of, { hold }] of limits) {
    const problem = holdProblem(hold);
    if (problem !== null) return { ok: false, message: `Limit of ${of}: “${hold}” is none. ${problem}` };
  }
  return {
    ok: true,
    policies: {
      store: { ...policy(form.store), deletion: form.store.deletion },
      rules: [
        ...FIELD_GROUPS.flatMap((fieldGroup) => {
          const own = form.groups[fieldGroup];
          return own === null ? [] : [{ ...policy(own), productId: null, fieldGroup }];
        }),
        ...form.rules.map(({ productId, fieldGroup, ...own }) => ({
          ...policy(own),
          productId,
          fieldGroup,
        })),
      ],
    },
  };
}
