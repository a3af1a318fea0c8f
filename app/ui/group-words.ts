/** Field groups, policies and reasons in a merchant's words. */
import { FIELD_GROUPS } from '~/core/field-group';
import type { FieldGroup } from '~/core/field-group';

const GROUPS: Record<FieldGroup, { label: string; holds: string }> = {
  price: { label: 'Prices', holds: 'price, compare-at price, cost, unit price and tax' },
  inventory: { label: 'Stock', holds: 'quantities at every location' },
  content: { label: 'Texts', holds: 'title, description, handle, SEO and theme template' },
  organization: { label: 'Organization', holds: 'vendor, product type, category and tags' },
  status: { label: 'Status', holds: 'status and publishing' },
  media: { label: 'Pictures and videos', holds: 'media, their order and alternative texts' },
  variants: { label: 'Variants', holds: 'options, SKU, barcode, weight and what a variant is' },
  metafields: { label: 'Metafields', holds: 'metafields of products and variants' },
};

/** A word that is not known is shown as it is. */
export function groupLabel(group: string): string {
  const known = FIELD_GROUPS.find((one) => one === group);
  return known === undefined ? group : GROUPS[known].label;
}

export const GROUP_CHOICES = FIELD_GROUPS.map((group) => ({ value: group, ...GROUPS[group] }));

const POLICIES: Record<string, string> = {
  'source-wins': 'Your catalog wins',
  'remote-wins': 'Shopify wins',
  'newest-wins': 'The newest change wins',
  manual: 'Nobody: show it to me',
};

export const policyLabel = (policy: string): string => POLICIES[policy] ?? policy;
export const POLICY_OPTIONS = Object.entries(POLICIES).map(([value, label]) => ({ value, label }));

const EFFECTS: Record<string, string> = {
  nothing: 'nothing written',
  push: 'goes to Shopify',
  pull: 'goes to your catalog',
  conflict: 'waits as a conflict',
  held: 'held by the limit',
  archive: 'archived in Shopify',
  delete: 'deleted in Shopify',
};

/** What a policy makes of a field. */
export const effectWords = (effect: string): string => EFFECTS[effect] ?? effect;
