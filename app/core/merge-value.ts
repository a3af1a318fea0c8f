/** The three-way merge of one value. */
import { identical, isEmpty, sameExactly } from './canonical';
import type { Sameness } from './canonical';
import type { Decision, FieldValue, Winner } from './decision';
import type { Agreed } from './product-state';

export interface ThreeValues {
  /** Undefined: the two sides never met in this field. */
  base: Agreed<FieldValue> | undefined;
  /** Undefined: the source does not manage this field. */
  source: FieldValue | undefined;
  remote: FieldValue;
}

const unchanged: Decision = { kind: 'skip', reason: 'unchanged' };
const converged: Decision = { kind: 'skip', reason: 'converged' };
const unmanaged: Decision = { kind: 'skip', reason: 'unmanaged' };

/** What the policy makes of two different values that both have a claim. */
export function settleByPolicy(policy: Winner, { base, source, remote }: ThreeValues): Decision {
  const wanted = source ?? null;
  if (policy === 'source-wins') return { kind: 'push', before: remote, after: wanted };
  if (policy === 'remote-wins') return { kind: 'pull', before: wanted, after: remote };
  return { kind: 'conflict', reason: 'both-changed', base: base?.source ?? null, source: wanted, remote };
}

/**
 * Decides one field. Laws (three-way-merge.test.ts): equal sides are never written; a change of one side only reaches
 * the other; where both changed to different values the policy decides; sides that meet for the first time never clear
 * each other; deciding again after the decision was carried out finds nothing to do.
 */
export function mergeValue(values: ThreeValues, same: Sameness, policy: Winner): Decision {
  const { base, source, remote } = values;
  if (source === undefined) return unmanaged;
  const sourceMoved = base === undefined || !identical(source, base.source);
  const remoteMoved = base === undefined || !identical(remote, base.remote);
  if (!sourceMoved && !remoteMoved) return unchanged;
  if (same(source, remote)) return converged;
  if (base === undefined) {
    if (isEmpty(source)) return { kind: 'pull', before: source, after: remote };
    if (isEmpty(remote)) return { kind: 'push', before: remote, after: source };
    return settleByPolicy(policy, values);
  }
  if (sourceMoved && remoteMoved) return settleByPolicy(policy, values);
  return sourceMoved
    ? { kind: 'push', before: remote, after: source }
    : { kind: 'pull', before: source, after: remote };
}

/** Elements that both lists hold, in the order of the first. */
export function common<T>(list: readonly T[], other: readonly T[]): T[] {
  const held = new Set(other);
  return list.filter((item) => held.has(item));
}

/** Whether the elements that both lists hold stand in the same order. */
export function sameOrder<T>(a: readonly T[], b: readonly T[]): boolean {
  const [left, right] = [common(a, b), common(b, a)];
  return left.length === right.length && left.every((item, index) => item === right[index]);
}

/**
 * Decides an order of things that are added and removed on their own: only the order of what is on both sides counts,
 * and what one side added where no one else has it moves nothing.
 */
export function mergeOrder(
  order: { base: Agreed<string[]> | undefined; source: string[]; remote: string[] },
  policy: Winner,
): Decision {
  const { base, source, remote } = order;
  if (sameOrder(source, remote))
    return base && identical(base.source, source) && identical(base.remote, remote) ? unchanged : converged;
  if (base === undefined) return settleByPolicy(policy, order);
  const remoteMoved = !sameOrder(remote, base.remote);
  const sourceMoved =
    !sameOrder(source, base.source) || common(source, remote).some((item) => !base.source.includes(item));
  if (sourceMoved && remoteMoved) return settleByPolicy(policy, order);
  if (remoteMoved) return { kind: 'pull', before: source, after: remote };
  return sourceMoved ? { kind: 'push', before: remote, after: source } : unchanged;
}

/**
 * Decides a stock level. Where both sides moved it, what each added or took counts: first the catalog takes Shopify's
 * movement, and the base with it, in one step; what is left is the catalog's own movement, which is then pushed. So
 * neither is lost, and none counts twice (laws in merge-value.test.ts). Equal levels are one movement, known to both: a
 * write of ours whose answer was lost looks like that.
 */
export function mergeStock(values: ThreeValues, policy: Winner, addsUp: boolean): Decision {
  const { base, source, remote } = values;
  const known = base && typeof base.source === 'number' && typeof base.remote === 'number';
  if (!addsUp || !known || typeof source !== 'number' || typeof remote !== 'number')
    return mergeValue(values, sameExactly, policy);
  const [agreed, theirs] = [Number(base.source), remote - Number(base.remote)];
  if (source === agreed || theirs === 0 || source === remote) return mergeValue(values, sameExactly, policy);
  return {
    kind: 'pull',
    before: source,
    after: source + theirs,
    agreed: { source: agreed + theirs, remote },
  };
}
