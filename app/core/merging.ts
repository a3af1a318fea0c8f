/** What the parts of a product's merge share: who wins a field, what waits for a person, what a person answered. */
import { Decimal } from 'decimal.js';
import { pathKey } from './agreement';
import { identical, isDecimal, sameMetafield } from './canonical';
import type { Sameness } from './canonical';
import type {
  ChangedAt,
  ConflictAnswer,
  Decision,
  FieldDecision,
  FieldPath,
  FieldPolicy,
  FieldValue,
  MergePolicy,
  Winner,
} from './decision';
import { fieldGroupOf } from './field-group';
import { mergeValue } from './merge-value';
import type { ThreeValues } from './merge-value';
import { holderOf } from './held-paths';
import type { HeldPaths } from './held-paths';
import type { Agreed, MetafieldKey, MetafieldState } from './product-state';

type Values = Readonly<Record<string, FieldValue | undefined>>;
type AgreedValues = Readonly<Record<string, Agreed<FieldValue> | undefined>>;
type Conflict = Extract<Decision, { kind: 'conflict' }>;
/** A decision, given who wins. */
type Weigh = (winner: Winner) => Decision;

/** What decides between two values that both have a claim. */
export interface Weighing {
  policy: MergePolicy;
  /** When each side last changed a variant (by its id in the source) or, for null, the product; for "newest wins". */
  changedAt?: (variant: string | null) => ChangedAt | undefined;
  /** Answers of people to conflicts, by pathKey. */
  answers?: ReadonlyMap<string, ConflictAnswer>;
  /** By pathKey. */
  sent?: ReadonlyMap<string, Sent>;
  /** Paths that an overlay of the store holds: the source wins them, whatever a policy, a limit or an answer says. */
  held?: HeldPaths;
  /** The store shows a shared stock under rules (stock-sharing.ts): its figures are told from the pool, never pulled as such. */
  sharesStock?: boolean;
}

/** A value that was sent to Shopify and whose answer never came. */
export type Sent = {
  value: FieldValue;
  /** What Shopify held then, and holds no more if the value arrived. */
  over: FieldValue;
};

/** A value of ours that Shopify holds although its answer never came. */
export interface Landed {
  path: FieldPath;
  before: FieldValue;
  agreed: Agreed<FieldValue>;
}

const amountOf = (value: FieldValue): Decimal | null =>
  typeof value === 'number' || isDecimal(value) ? new Decimal(value) : null;

/** Whether a number moves by more than the limit. From zero every move does; a number that was not there may be set. */
export function exceeds(percent: Decimal.Value, before: FieldValue, after: FieldValue): boolean {
  const [was, next] = [amountOf(before), amountOf(after)];
  if (!was || !next) return false;
  return next.minus(was).abs().times(100).greaterThan(was.abs().times(percent));
}

/** What an overlay holds is never taken from Shopify: what was changed there is written over. */
function pushedBack(decision: Decision): Decision {
  return decision.kind === 'pull'
    ? { kind: 'push', before: decision.after, after: decision.before }
    : decision;
}

/** Collects decisions; a product's merge is a walk over its fields. */
export class Merge {
  readonly decisions: FieldDecision[] = [];
  readonly landed: Landed[] = [];
  unchanged = 0;
  constructor(private readonly weighing: Weighing) {}

  /** Stock moved on both sides adds up, unless a policy of its own says who wins it. */
  get stockAddsUp(): boolean {
    return this.weighing.policy.groups?.inventory === undefined;
  }

  get sharesStock(): boolean {
    return this.weighing.sharesStock === true;
  }

  private policyOf({ field }: FieldPath): FieldPolicy {
    const { policy } = this.weighing;
    const { conflict, holdAbovePercent = null } = policy;
    return policy.groups?.[fieldGroupOf(field)] ?? { conflict, holdAbovePercent };
  }

  /** Who wins a field where both sides have a claim. */
  winner(path: FieldPath): Winner {
    const { conflict } = this.policyOf(path);
    if (conflict !== 'newest-wins') return conflict;
    const { source = null, remote = null } = this.weighing.changedAt?.(path.variant) ?? {};
    if (!source || !remote || source.getTime() === remote.getTime()) return 'manual';
    return source > remote ? 'source-wins' : 'remote-wins';
  }

  add(path: FieldPath, decision: Decision): void {
    if (decision.kind === 'skip' && decision.reason === 'unchanged') this.unchanged++;
    else this.decisions.push({ path, decision });
  }

  /** Adds what `weigh` says of a field. `values` where the field is a number that may be held. */
  decide(path: FieldPath, weigh: Weigh, values?: ThreeValues): void {
    this.add(path, this.settled(path, weigh, values));
  }

  /** What `weigh` says, held where a number moves too far, and answered where a person has answered. */
  settled(path: FieldPath, weigh: Weigh, values?: ThreeValues): Decision {
    if (this.weighing.held && holderOf(this.weighing.held, path)) return pushedBack(weigh('source-wins'));
    const decision = this.held(path, weigh(this.winner(path)), values);
    return decision.kind === 'conflict' ? this.answered(path, decision, weigh) : decision;
  }

  private held(path: FieldPath, decision: Decision, values: ThreeValues | undefined): Decision {
    const group = fieldGroupOf(path.field);
    const { holdAbovePercent } = this.policyOf(path);
    if (holdAbovePercent === null || !values || decision.kind !== 'push') return decision;
    if (group !== 'price' && group !== 'inventory') return decision;
    const { before, after } = decision;
    if (!exceeds(holdAbovePercent, before, after)) return decision;
    return {
      kind: 'conflict',
      reason: 'held',
      base: values.base?.source ?? null,
      source: after,
      remote: before,
    };
  }

  private answered(path: FieldPath, conflict: Conflict, weigh: Weigh): Decision {
    const answer = this.weighing.answers?.get(pathKey(path));
    const { source, remote, reason } = conflict;
    if (!answer || !identical(answer.seen.remote, remote)) return conflict;
    const { choice, value, seen } = answer;
    // A third value is first put into the catalog: then it is what the catalog says.
    if (!identical(seen.source, source) && !(choice === 'value' && identical(value, source))) return conflict;
    if (choice === 'source' || (choice === 'value' && identical(value, source))) return weigh('source-wins');
    if (choice === 'value' && !identical(value, remote))
      // The catalog takes the value; that both sides have seen each other's leaves only the catalog moved.
      return { kind: 'pull', before: source, after: value, agreed: { source, remote } };
    return reason === 'held' ? { kind: 'pull', before: source, after: remote } : weigh('remote-wins');
  }

  value(path: FieldPath, values: ThreeValues, same: Sameness): void {
    const known = this.withSent(path, values, same);
    this.decide(path, (winner) => mergeValue(known, same, winner), known);
  }

  /** Where Shopify holds what we sent, it is our write that stands there, and no edit of somebody else's. */
  private withSent(path: FieldPath, values: ThreeValues, same: Sameness): ThreeValues {
    const { base, source, remote } = values;
    const sent = this.weighing.sent?.get(pathKey(path));
    if (
      base === undefined ||
      sent === undefined ||
      identical(remote, base.remote) ||
      !same(remote, sent.value)
    )
      return values;
    // The source still says so: the sides have converged, and the base is brought up to date as always.
    if (source === undefined || identical(source, sent.value)) return values;
    const agreed = { source: sent.value, remote };
    this.landed.push({ path, before: sent.over, agreed });
    return { ...values, base: agreed };
  }

  /** Fields whose source may leave some out. */
  fields(
    variant: string | null,
    sameness: Record<string, Sameness>,
    base: AgreedValues | undefined,
    source: Values,
    remote: Values,
  ): void {
    for (const [key, same] of Object.entries(sameness))
      this.value(
        { variant, field: key },
        { base: base?.[key], source: source[key], remote: remote[key] ?? null },
        same,
      );
  }

  /** Metafields by key. One that only Shopify has and that was never ours belongs to someone else. */
  metafields(
    variant: string | null,
    base: Record<MetafieldKey, Agreed<MetafieldState>> | undefined,
    source: Record<MetafieldKey, MetafieldState>,
    remote: Record<MetafieldKey, MetafieldState>,
  ): void {
    for (const key of new Set([...Object.keys(source), ...Object.keys(remote), ...Object.keys(base ?? {})])) {
      const path = { variant, field: `metafield:${key}` };
      const agreed = base?.[key];
      if (!source[key] && !agreed) this.add(path, { kind: 'skip', reason: 'only-in-shopify' });
      else
        this.value(
          path,
          { base: agreed, source: source[key] ?? null, remote: remote[key] ?? null },
          sameMetafield,
        );
    }
  }
}
