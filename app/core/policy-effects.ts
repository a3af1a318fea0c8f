/** What a change of policy would do to a product: decisions under both policies, compared field by field. */
import { pathKey } from './agreement';
import { identical } from './canonical';
import type { Decision, FieldDecision, FieldPath, FieldValue, MergePolicy } from './decision';

export type Effect =
  /** Nothing would be written. */
  | 'nothing'
  | 'push'
  | 'pull'
  | 'conflict'
  /** Waits for a person because the number moves by more than the limit. */
  | 'held'
  /** The product was deleted in the catalog. */
  | 'archive'
  | 'delete';

export interface EffectChange {
  path: FieldPath;
  from: Effect;
  to: Effect;
  source: FieldValue;
  remote: FieldValue;
}

function effectOf(path: FieldPath, decision: Decision | undefined, policy: MergePolicy): Effect {
  if (decision === undefined || decision.kind === 'skip') return 'nothing';
  if (decision.kind === 'conflict') return decision.reason === 'held' ? 'held' : 'conflict';
  const isDeletion = path.variant === null && path.field === 'existence' && decision.after === null;
  return decision.kind === 'push' && isDeletion ? policy.deletion : decision.kind;
}

function sidesOf(decision: Decision | undefined): { source: FieldValue; remote: FieldValue } | null {
  switch (decision?.kind) {
    case 'push':
      return { source: decision.after, remote: decision.before };
    case 'pull':
      return { source: decision.before, remote: decision.after };
    case 'conflict':
      return { source: decision.source, remote: decision.remote };
    default:
      return null;
  }
}

/** The value that both sides would hold; undefined where nothing is written. */
const written = (decision: Decision | undefined): FieldValue | undefined =>
  decision?.kind === 'push' || decision?.kind === 'pull' ? decision.after : undefined;

/** Fields whose decision differs between two policies. */
export function compareEffects(
  today: { decisions: FieldDecision[]; policy: MergePolicy },
  proposed: { decisions: FieldDecision[]; policy: MergePolicy },
): EffectChange[] {
  const [before, after] = [today, proposed].map(
    ({ decisions }) => new Map(decisions.map((one) => [pathKey(one.path), one])),
  );
  const changes: EffectChange[] = [];
  for (const key of new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])])) {
    const [was, will] = [before?.get(key), after?.get(key)];
    const path = was?.path ?? will?.path;
    if (!path) continue;
    const from = effectOf(path, was?.decision, today.policy);
    const to = effectOf(path, will?.decision, proposed.policy);
    if (from === to && identical(written(was?.decision), written(will?.decision))) continue;
    const sides = sidesOf(will?.decision) ?? sidesOf(was?.decision);
    changes.push({ path, from, to, source: sides?.source ?? null, remote: sides?.remote ?? null });
  }
  return changes;
}
