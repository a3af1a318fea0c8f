/** The whole line of one product, purely: merge, plan, perform, agree, and again. */
import { agree, pathKey } from './agree';
import { alignProduct } from './align';
import { applyPatch, metafieldKey } from './apply-patch';
import type { ConflictAnswer, Decision, FieldDecision, FieldPath, FieldValue, MergePolicy } from './decision';
import type { Operation } from './operation';
import { planProduct } from './plan';
import type {
  Agreed,
  BaseProduct,
  MetafieldState,
  RemoteProduct,
  SourceProduct,
  SourceVariant,
} from './product-state';
import type { RemotePatch } from './remote-patch';
import { usedOptions } from './products.test-support';
import { Refused, TestStore } from './store.test-support';
import type { Spelling } from './store.test-support';
import { mergeProduct } from './three-way-merge';
import type { MergeResult } from './three-way-merge';

export interface Line {
  source: SourceProduct | null;
  base: BaseProduct | null;
  store: TestStore;
  /** What the cache holds of the store. */
  remote: RemoteProduct | null;
  policy: MergePolicy;
  canPublish: boolean;
  /** Whether the catalog takes what Shopify's side wins; if not, both keep their own. */
  takesPulls: boolean;
  /** Operations a document. */
  documentSize: number;
  /** Changes that Shopify refused: they have their end state. */
  failed: Set<string>;
  answers?: ReadonlyMap<string, ConflictAnswer>;
}

export function lineOf(
  line: Omit<Line, 'store' | 'remote' | 'base' | 'failed'> & {
    base?: BaseProduct | null;
    held: RemoteProduct | null;
    spelling: Spelling;
  },
): Line {
  const { held, spelling, base = null, ...rest } = line;
  return { ...rest, base, failed: new Set(), remote: held, store: new TestStore(held, spelling) };
}

export function look(line: Line): { merged: MergeResult; operations: Operation[] } {
  const { source, base, remote, policy, canPublish, answers = new Map() } = line;
  const alignment = alignProduct(source, base, remote);
  const all = mergeProduct({ source, base, remote, alignment, policy, canPublish, answers });
  const merged = { ...all, decisions: all.decisions.filter(({ path }) => !line.failed.has(pathKey(path))) };
  const operations = planProduct({
    productId: 'p',
    intent: 'p@1',
    source,
    remote,
    alignment,
    decisions: merged.decisions,
    deletion: policy.deletion,
  });
  return { merged, operations };
}

function agreed(
  line: Line,
  settled: Set<string>,
  created = new Set<string>(),
  mediaCreated = new Map<string, string>(),
  agreedAs = new Map<string, Agreed<FieldValue>>(),
): void {
  const { source, base, remote } = line;
  if (!source || !remote) return;
  line.base = agree({
    source,
    base,
    remote,
    alignment: alignProduct(source, base, remote),
    settled,
    created,
    mediaCreated,
    agreedAs,
  });
}

const isOf = (kind: Decision['kind']) => (decision: FieldDecision) => decision.decision.kind === kind;

export function convergedPaths(merged: MergeResult): Set<string> {
  return new Set(
    merged.decisions.flatMap(({ path, decision }) =>
      decision.kind === 'skip' && decision.reason === 'converged' ? [pathKey(path)] : [],
    ),
  );
}

const isMetafield = (value: unknown): value is MetafieldState =>
  typeof value === 'object' && value !== null && 'namespace' in value;
const isOptions = (value: unknown): value is SourceProduct['options'] =>
  Array.isArray(value) &&
  value.every((each) => typeof each === 'object' && each !== null && 'values' in each);
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function withMetafield<T extends { metafields: Record<string, MetafieldState> }>(
  owner: T,
  key: string,
  after: unknown,
): T {
  const metafields = new Map(Object.entries(owner.metafields));
  if (isMetafield(after)) metafields.set(metafieldKey(after), after);
  else metafields.delete(key);
  return { ...owner, metafields: Object.fromEntries(metafields) };
}

function pullVariant(variant: SourceVariant, kind: string, element: string, after: unknown): SourceVariant {
  if (kind === 'metafield') return withMetafield(variant, element, after);
  if (kind === 'optionValues') return { ...variant, optionValues: texts(after) };
  if (kind === 'variantMedia') return { ...variant, mediaId: after === null ? null : String(after) };
  if (kind === 'inventory') {
    const inventory = new Map(Object.entries(variant.inventory));
    if (typeof after === 'number') inventory.set(element, after);
    else inventory.delete(element);
    return { ...variant, inventory: Object.fromEntries(inventory) };
  }
  return { ...variant, fields: { ...variant.fields, [kind]: after } };
}

const byOrder = <T extends { id: string }>(items: T[], order: string[]) =>
  order.flatMap((id) => items.find((item) => item.id === id) ?? []);

/** The catalog with a value of Shopify; null where it does not take it. */
function pulled(source: SourceProduct, { variant, field }: FieldPath, after: unknown): SourceProduct | null {
  const [kind = '', ...rest] = field.split(':');
  const element = rest.join(':');
  if (kind === 'variantMedia' && after !== null && !source.media.some((item) => item.id === after))
    return null;
  if (kind === 'optionValues' && texts(after).length !== source.options.length) return null;
  if (variant !== null) {
    const variants = source.variants.map((each) =>
      each.id === variant ? pullVariant(each, kind, element, after) : each,
    );
    const keys = variants.map((each) => JSON.stringify(each.optionValues));
    if (new Set(keys).size < keys.length) return null;
    return { ...source, variants, options: usedOptions(source.options, variants) };
  }
  switch (kind) {
    case 'metafield':
      return withMetafield(source, element, after);
    case 'tags': {
      const others = source.tags.filter((tag) => tag.trim().toLowerCase() !== element.trim().toLowerCase());
      return { ...source, tags: after === null ? others : [...others, String(after)] };
    }
    case 'mediaAlt':
      return {
        ...source,
        media: source.media.map((item) => (item.id === element ? { ...item, alt: String(after) } : item)),
      };
    case 'variantOrder':
      return { ...source, variants: byOrder(source.variants, texts(after)) };
    case 'mediaOrder':
      return { ...source, media: byOrder(source.media, texts(after)) };
    case 'options': {
      const options = isOptions(after) ? after : [];
      return options.length === source.options.length
        ? { ...source, options: usedOptions(options, source.variants) }
        : null;
    }
    default:
      return { ...source, fields: { ...source.fields, [kind]: after } };
  }
}

function pull(line: Line, merged: MergeResult): void {
  const settled = convergedPaths(merged);
  const agreedAs = new Map<string, Agreed<FieldValue>>();
  for (const { path, decision } of merged.decisions) {
    if (decision.kind !== 'pull' || !line.source) continue;
    settled.add(pathKey(path));
    // An order of what the catalog has is never refused.
    const taken = line.takesPulls || path.field.endsWith('Order');
    const next = taken ? pulled(line.source, path, decision.after) : null;
    if (next && decision.agreed) agreedAs.set(pathKey(path), decision.agreed);
    line.source = next ?? line.source;
  }
  agreed(line, settled, new Set(), new Map(), agreedAs);
}

/** Null where Shopify refused. */
function attempt(line: Line, operation: Operation): RemotePatch | null {
  try {
    return line.store.perform(operation);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    for (const { path } of operation.changes) line.failed.add(pathKey(path));
    return null;
  }
}

function send(line: Line, merged: MergeResult, operations: Operation[]): void {
  for (let at = 0; at < operations.length; at += line.documentSize) {
    const settled = convergedPaths(merged);
    const created = new Set<string>();
    const mediaCreated = new Map<string, string>();
    let stale = false;
    for (const operation of operations.slice(at, at + line.documentSize)) {
      const patch = attempt(line, operation);
      if (!patch) continue;
      line.remote = applyPatch(line.remote, patch);
      stale ||= patch.stale === true;
      for (const { sourceId, remoteId } of patch.mediaCreatedFrom ?? []) mediaCreated.set(sourceId, remoteId);
      if (operation.kind === 'product-create') created.add('');
      for (const { sourceId } of patch.createdVariants ?? []) created.add(sourceId);
      for (const { path } of operation.changes) settled.add(pathKey(path));
    }
    agreed(line, settled, created, mediaCreated);
    if (stale) line.remote = line.store.product;
  }
}

/** One look of the line; false where there was nothing to send or pull. */
export function round(line: Line): boolean {
  let { merged, operations } = look(line);
  const pulls = merged.decisions.some(isOf('pull'));
  if (pulls) {
    pull(line, merged);
    ({ merged, operations } = look(line));
  }
  if (operations.length > 0) send(line, merged, operations);
  else agreed(line, convergedPaths(merged));
  return pulls || operations.length > 0;
}

/** Rounds until nothing is left to send or pull; how many it took. */
export function settle(line: Line, limit = 8): number {
  for (let count = 0; count < limit; count += 1) if (!round(line)) return count;
  return limit;
}
