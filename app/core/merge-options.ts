/** The three-way merge of a product's option structure. */
import { fold, identical, sameTexts } from './canonical';
import type { Decision, Winner } from './decision';
import { sameOrder, settleByPolicy } from './merge-value';
import type { ThreeValues } from './merge-value';
import type { Agreed, OptionState } from './product-state';

const optionNames = (options: OptionState[]) => options.map((option) => option.name);

/** The same names in the same order, and the values that both have in the same order; case aside. */
export function alikeOptions(a: OptionState[], b: OptionState[]): boolean {
  if (!sameTexts(optionNames(a), optionNames(b))) return false;
  return a.every((option, index) => sameOrder(option.values.map(fold), (b[index]?.values ?? []).map(fold)));
}

/**
 * Options as a structure: names in order, and the order of the values that both sides have. Values that only one side
 * has come and go with its variants.
 */
export function mergeOptions(
  base: Agreed<OptionState[]> | undefined,
  source: OptionState[],
  remote: OptionState[],
  policy: Winner,
): Decision {
  if (alikeOptions(source, remote)) {
    const agreed = base && identical(base.source, source) && identical(base.remote, remote);
    return { kind: 'skip', reason: agreed ? 'unchanged' : 'converged' };
  }
  const three: ThreeValues = { base, source, remote };
  if (!base) return settleByPolicy(policy, three);
  const remoteMoved = !alikeOptions(remote, base.remote);
  // The place of a value that both have but never had together is not agreed.
  const added = source.some((option, i) => {
    const [ours, theirs, held] = [base.source[i], base.remote[i], remote[i]].map(
      (each) => each?.values.map(fold) ?? [],
    );
    const isAgreed = (value: string) => ours?.includes(value) === true && theirs?.includes(value) === true;
    return option.values.map(fold).some((value) => held?.includes(value) === true && !isAgreed(value));
  });
  const sourceMoved = added || !alikeOptions(source, base.source);
  if (sourceMoved && remoteMoved) return settleByPolicy(policy, three);
  if (remoteMoved) return { kind: 'pull', before: source, after: remote };
  return sourceMoved
    ? { kind: 'push', before: remote, after: source }
    : { kind: 'skip', reason: 'unchanged' };
}
