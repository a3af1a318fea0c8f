/** One field of the three states as a row to show. */
import type { Decision, FieldDecision, FieldValue } from '~/core/decision';
import type { Agreed, MetafieldState } from '~/core/product-state';
import { fieldLabel, fieldText } from './field-words';

export type Verdict =
  /** Both sides hold the same. */
  | 'same'
  /** The catalog has something newer: it goes to Shopify. */
  | 'to-shopify'
  /** Shopify has something newer: it goes to the catalog. */
  | 'to-catalog'
  | 'conflict'
  | 'unmanaged'
  | 'only-in-shopify'
  | 'deleted-in-shopify'
  /** The rules of the store do not choose the product. */
  | 'not-chosen'
  | 'not-possible';

export interface ComparedField {
  field: string;
  label: string;
  /** Null: the catalog does not manage this field. */
  catalog: string | null;
  /** Null: never agreed. */
  agreed: string | null;
  shopify: string;
  verdict: Verdict;
  /** Why, where the merge says more than its verdict. */
  note: string | null;
}

/** A verdict that asks for a look. */
export function isDifference(verdict: Verdict): boolean {
  return (
    verdict === 'to-shopify' ||
    verdict === 'to-catalog' ||
    verdict === 'conflict' ||
    verdict === 'not-possible'
  );
}

/** What a decision of the merge means for whoever looks at the field. */
export function verdictOf(decision: Decision | undefined): Verdict {
  if (decision === undefined) return 'same';
  switch (decision.kind) {
    case 'push':
      return 'to-shopify';
    case 'pull':
      return 'to-catalog';
    case 'conflict':
      return 'conflict';
    case 'skip':
      return decision.reason === 'unchanged' || decision.reason === 'converged' ? 'same' : decision.reason;
  }
}

/** The one that most needs a look, of many decisions shown in one row. */
function gravest(verdicts: Verdict[]): Verdict {
  const order: Verdict[] = ['conflict', 'not-possible', 'to-shopify', 'to-catalog', 'deleted-in-shopify'];
  return order.find((verdict) => verdicts.includes(verdict)) ?? 'same';
}

/** The merge's decisions, looked up by field while the rows of a comparison are made. */
export class Comparer {
  private readonly byPath: Map<string, Decision>;
  constructor(
    private readonly decisions: FieldDecision[],
    private readonly locations: Record<string, string>,
  ) {
    this.byPath = new Map(
      decisions.map(({ path, decision }) => [this.key(path.variant, path.field), decision]),
    );
  }

  private key(variant: string | null, field: string): string {
    return `${variant ?? ''}\n${field}`;
  }

  decision(variant: string | null, field: string): Decision | undefined {
    return this.byPath.get(this.key(variant, field));
  }

  /** The verdict on several fields of the product shown as one. */
  together(isPart: (field: string) => boolean): Verdict {
    return gravest(
      this.decisions
        .filter(({ path }) => path.variant === null && isPart(path.field))
        .map(({ decision }) => verdictOf(decision)),
    );
  }

  row(
    variant: string | null,
    field: string,
    values: { catalog: FieldValue | undefined; agreed: Agreed<FieldValue> | undefined; shopify: FieldValue },
    verdict?: Verdict,
  ): ComparedField {
    const decision = this.decision(variant, field);
    const text = (value: FieldValue) => fieldText(field.split(':')[0] ?? field, value);
    const { catalog, agreed, shopify } = values;
    const pair = agreed === undefined ? null : { source: text(agreed.source), remote: text(agreed.remote) };
    return {
      field,
      label: fieldLabel(field, this.locations),
      catalog: catalog === undefined ? null : text(catalog),
      agreed:
        pair === null
          ? null
          : pair.source === pair.remote
            ? pair.source
            : `${pair.source} (Shopify: ${pair.remote})`,
      shopify: text(shopify),
      verdict: verdict ?? verdictOf(decision),
      note: decision?.kind === 'skip' && decision.message !== undefined ? decision.message : null,
    };
  }

  metafields(
    variant: string | null,
    catalog: Record<string, MetafieldState>,
    agreed: Record<string, Agreed<MetafieldState | null>>,
    shopify: Record<string, MetafieldState>,
  ): ComparedField[] {
    const keys = [
      ...new Set([...Object.keys(catalog), ...Object.keys(agreed), ...Object.keys(shopify)]),
    ].sort();
    const plain = (metafield: MetafieldState | null | undefined) => metafield?.value ?? null;
    return keys.map((key) => {
      const met = agreed[key];
      return this.row(variant, `metafield:${key}`, {
        catalog: plain(catalog[key]),
        agreed: met === undefined ? undefined : { source: plain(met.source), remote: plain(met.remote) },
        shopify: plain(shopify[key]),
      });
    });
  }
}
