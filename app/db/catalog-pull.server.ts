/** One value from Shopify's side put into a product of the catalog, where the catalog still holds what the merge saw. */
import { productChange } from './catalog-pull-product.server';
import { type Pull, type PullOutcome, type PullSubject, canonicalJson } from './catalog-pull-terms.server';
import { variantChange } from './catalog-pull-variant.server';

/** Applies one pull to a state. Pure. */
export function applyPull(subject: PullSubject, { path, before, after }: Pull): PullOutcome {
  const { state, source } = subject;
  const refused = (message: string): PullOutcome => ({ result: 'refused', message });
  const stateOfVariant = state.variants.find(({ id }) => id === path.variant);
  const sourceOfVariant = source.variants.find(({ id }) => id === path.variant);
  if (path.variant !== null && (stateOfVariant === undefined || sourceOfVariant === undefined))
    return path.variant.startsWith('gid://')
      ? refused('The variant is only in Shopify; it is not copied into the catalog.')
      : { result: 'moved' };
  const change =
    stateOfVariant === undefined || sourceOfVariant === undefined
      ? productChange(subject, path.field, after)
      : variantChange(subject, { state: stateOfVariant, source: sourceOfVariant }, path.field, after);
  if (change === null) return refused(`The catalog has no column for "${path.field}".`);
  if (change.current !== undefined && canonicalJson(change.current) !== canonicalJson(before))
    return { result: 'moved' };
  if (change.next === null)
    return refused(change.refusal ?? 'The value does not fit the column of the catalog.');
  return { result: 'written', state: change.next };
}
