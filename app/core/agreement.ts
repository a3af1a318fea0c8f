/** Which fields of a product the sides have just agreed on. */
import type { Alignment } from './align';
import { fold, tagsByKey } from './canonical';
import type { FieldPath, FieldValue } from './decision';
import type { Agreed, BaseProduct, MetafieldState, RemoteProduct, SourceProduct } from './product-state';

/** A path as one string, to look it up. */
export function pathKey(path: FieldPath): string {
  return `${path.variant ?? ''}|${path.field}`;
}

export interface AgreeInput {
  /** As it stands now, pulled values included. */
  source: SourceProduct;
  base: BaseProduct | null;
  /** As the mutations returned it. */
  remote: RemoteProduct;
  /** Of these three states. */
  alignment: Alignment;
  /** Paths (pathKey) that the sides now agree on, whatever each side's spelling. */
  settled: ReadonlySet<string>;
  /**
   * Things Shopify just made whole from the source: "" for the product, else variant ids of the source. All of their
   * fields are settled, but for what such a call cannot carry (published) or could not tie (a variant's picture).
   */
  created: ReadonlySet<string>;
  /** Which remote picture came of which source picture, where a mutation just told. */
  mediaCreated: ReadonlyMap<string, string>;
  /** Settled paths whose base is not what the sides hold now: plain fields and stock (see the pull decision). */
  agreedAs?: ReadonlyMap<string, Agreed<FieldValue>>;
}

/** What was settled, asked field by field. */
export class Agreement {
  /** Variants that some settled path names. */
  private readonly touched: ReadonlySet<string>;
  constructor(private readonly input: AgreeInput) {
    this.touched = new Set([...input.settled].map((key) => key.slice(0, key.indexOf('|'))));
  }

  /** Whether nothing was settled in a variant: what it agreed on stands as it is. */
  isUntouched(variant: string): boolean {
    const { created } = this.input;
    return !this.touched.has(variant) && !created.has('') && !created.has(variant);
  }

  isSettled(variant: string | null, field: string): boolean {
    const { settled, created } = this.input;
    return (
      settled.has(pathKey({ variant, field })) ||
      created.has('') ||
      (variant !== null && created.has(variant))
    );
  }

  /** Which of these tags are settled, folded: their path names them as one of the sides spells them. */
  settledTags(tags: string[]): ReadonlySet<string> {
    const { settled, created } = this.input;
    if (created.has('')) return new Set(tagsByKey(tags).keys());
    const named = [...settled].flatMap((key) =>
      key.startsWith('|tags:') ? [fold(key.slice('|tags:'.length))] : [],
    );
    return new Set(named);
  }

  /** What a pull said is agreed on in this field, where that is not what both sides hold. */
  override(variant: string | null, field: string): Agreed<FieldValue> | undefined {
    return this.input.agreedAs?.get(pathKey({ variant, field }));
  }

  value<T>(
    variant: string | null,
    field: string,
    base: Agreed<T> | undefined,
    source: T | undefined,
    remote: T,
  ): Agreed<T> | undefined {
    if (source === undefined || !this.isSettled(variant, field)) return base;
    return { source, remote };
  }

  fields(variant: string | null, base: Values | undefined, source: Plain, remote: Plain): Values {
    const agreed: Values = {};
    for (const key of Object.keys(remote)) {
      const override = this.override(variant, key);
      const value = override ?? this.value(variant, key, base?.[key], source[key], remote[key] ?? null);
      if (!value) continue;
      // A create cannot publish: it agreed on what Shopify made, and a source that wants otherwise has changed since.
      const pending =
        variant === null && key === 'published' && !this.input.settled.has(pathKey({ variant, field: key }));
      agreed[key] =
        pending && this.input.created.has('') ? { source: value.remote, remote: value.remote } : value;
    }
    return agreed;
  }

  metafields(
    variant: string | null,
    base: Record<string, Agreed<MetafieldState>> | undefined,
    source: Record<string, MetafieldState>,
    remote: Record<string, MetafieldState>,
  ): Record<string, Agreed<MetafieldState>> {
    const agreed: Record<string, Agreed<MetafieldState>> = {};
    for (const key of new Set([...Object.keys(base ?? {}), ...Object.keys(source)])) {
      const [mine, theirs, known] = [source[key], remote[key], base?.[key]];
      if (!this.isSettled(variant, `metafield:${key}`)) {
        if (known) agreed[key] = known;
      } else if (mine && theirs) agreed[key] = { source: mine, remote: theirs };
    }
    return agreed;
  }
}

type Plain = Readonly<Record<string, FieldValue | undefined>>;
type Values = Record<string, Agreed<FieldValue>>;
