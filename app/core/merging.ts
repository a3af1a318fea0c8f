/** What the parts of a product's merge share. */
import { sameMetafield } from './canonical';
import type { Sameness } from './canonical';
import type { Decision, FieldDecision, FieldPath, FieldValue, MergePolicy } from './decision';
import { mergeValue } from './merge-value';
import type { ThreeValues } from './merge-value';
import type { Agreed, MetafieldKey, MetafieldState } from './product-state';

type Values = Readonly<Record<string, FieldValue | undefined>>;
type AgreedValues = Readonly<Record<string, Agreed<FieldValue> | undefined>>;

/** Collects decisions; a product's merge is a walk over its fields. */
export class Merge {
  readonly decisions: FieldDecision[] = [];
  unchanged = 0;
  constructor(readonly policy: MergePolicy) {}

  add(path: FieldPath, decision: Decision): void {
    if (decision.kind === 'skip' && decision.reason === 'unchanged') this.unchanged++;
    else this.decisions.push({ path, decision });
  }

  value(path: FieldPath, values: ThreeValues, same: Sameness): void {
    this.add(path, mergeValue(values, same, this.policy.conflict));
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
    base: Record<MetafieldKey, Agreed<MetafieldState | null>> | undefined,
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
