/** Which variant and which picture of one side is which of the other. */
import { fold } from './canonical';
import type {
  BaseMedia,
  BaseProduct,
  BaseVariant,
  RemoteMedia,
  RemoteProduct,
  RemoteVariant,
  SourceId,
  SourceMedia,
  SourceProduct,
  SourceVariant,
} from './product-state';

/** One thing as each state knows it; null where a state does not. Never all null. */
export interface Aligned<S, B, R> {
  /** Its id in the source, known as long as source or base know it. */
  sourceId: SourceId | null;
  source: S | null;
  base: B | null;
  remote: R | null;
}

export type AlignedVariant = Aligned<SourceVariant, BaseVariant, RemoteVariant>;
export type AlignedMedia = Aligned<SourceMedia, BaseMedia, RemoteMedia>;

export interface Alignment {
  variants: AlignedVariant[];
  media: AlignedMedia[];
}

/** Pairs left-overs whose key occurs exactly once on each side. */
function pairBy<S, R>(
  sources: Set<S>,
  remotes: Set<R>,
  sourceKey: (source: S) => string | null,
  remoteKey: (remote: R) => string | null,
  join: (source: S, remote: R) => void,
): void {
  const index = <T>(items: Iterable<T>, keyOf: (item: T) => string | null) => {
    const found = new Map<string, T[]>();
    for (const item of items) {
      const key = keyOf(item);
      if (key !== null) found.set(key, [...(found.get(key) ?? []), item]);
    }
    return found;
  };
  const remotesByKey = index(remotes, remoteKey);
  for (const [key, candidates] of index(sources, sourceKey)) {
    const [source, remote] = [candidates[0], remotesByKey.get(key)?.[0]];
    if (candidates.length > 1 || source === undefined) continue;
    if (remote === undefined || remotesByKey.get(key)?.length !== 1) continue;
    sources.delete(source);
    remotes.delete(remote);
    join(source, remote);
  }
}

interface Sided<S, B, R> {
  sources: (S & { id: SourceId })[];
  bases: Record<SourceId, B & { remoteId: string }>;
  remotes: (R & { id: string })[];
  /** Ways to recognise what the base does not tie together, the surest first. */
  keys: { source: (source: S) => string | null; remote: (remote: R) => string | null }[];
}

function align<S, B, R>({ sources, bases, remotes, keys }: Sided<S, B, R>): Aligned<S, B, R>[] {
  const remoteById = new Map(remotes.map((remote) => [remote.id, remote]));
  const freeSources = new Set<S & { id: SourceId }>();
  const freeRemotes = new Set(remotes);
  const aligned: Aligned<S, B, R>[] = [];
  const sourceIds = new Set(sources.map((source) => source.id));
  const orphans = new Map<SourceId, B>();
  for (const source of sources) {
    const base = bases[source.id];
    const remote = base && remoteById.get(base.remoteId);
    if (base && remote && freeRemotes.delete(remote)) {
      aligned.push({ sourceId: source.id, source, base, remote });
      continue;
    }
    if (base) orphans.set(source.id, base);
    freeSources.add(source);
  }
  const abandoned = new Map<R & { id: string }, { sourceId: SourceId; base: B }>();
  for (const [sourceId, base] of Object.entries(bases)) {
    const remote = sourceIds.has(sourceId) ? undefined : remoteById.get(base.remoteId);
    if (remote && freeRemotes.delete(remote)) abandoned.set(remote, { sourceId, base });
  }
  for (const key of keys)
    pairBy(freeSources, freeRemotes, key.source, key.remote, (source, remote) =>
      aligned.push({ sourceId: source.id, source, base: null, remote }),
    );
  // A row that was deleted and written again under another id is the same thing still.
  const left = new Set(abandoned.keys());
  for (const key of keys)
    pairBy(freeSources, left, key.source, key.remote, (source, remote) =>
      aligned.push({ sourceId: source.id, source, base: abandoned.get(remote)?.base ?? null, remote }),
    );
  for (const [remote, { sourceId, base }] of abandoned)
    if (left.has(remote)) aligned.push({ sourceId, source: null, base, remote });
  for (const source of freeSources)
    aligned.push({ sourceId: source.id, source, base: orphans.get(source.id) ?? null, remote: null });
  for (const remote of freeRemotes) aligned.push({ sourceId: null, source: null, base: null, remote });
  return aligned;
}

/**
 * A file's name without folder, query, extension and the id Shopify may append, and without the signs a file name may
 * lose: "tent_9f1c….jpg" and "tent.png" meet, and so do "top@2x" and "top_2x".
 */
export function fileStem(url: string): string | null {
  const name = url.split(/[?#]/)[0]?.split('/').pop() ?? '';
  const stem = name
    .replace(/\.[a-z0-9]{2,5}$/i, '')
    .replace(/_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i, '');
  return stem === '' ? null : fold(decodable(stem)).replaceAll(/[^\p{L}\p{N}]+/gu, '_');
}

function decodable(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A stray "%": the name stands as it is.
  }
}

const skuOf = (variant: { fields: { sku?: string | null } }) => variant.fields.sku?.trim() || null;
const valuesOf = (variant: { optionValues: string[] }) => variant.optionValues.map(fold).join('\u0000');

/**
 * Ties variants and media of the three states together. The base's link comes first; a variant the base does not tie
 * is known by its SKU, then by its option values; a picture by its file name. Whatever is not unique stays untied.
 */
export function alignProduct(
  source: SourceProduct | null,
  base: BaseProduct | null,
  remote: RemoteProduct | null,
): Alignment {
  return {
    variants: align<SourceVariant, BaseVariant, RemoteVariant>({
      sources: source?.variants ?? [],
      bases: base?.variants ?? {},
      remotes: remote?.variants ?? [],
      keys: [
        { source: skuOf, remote: skuOf },
        { source: valuesOf, remote: valuesOf },
      ],
    }),
    media: align<SourceMedia, BaseMedia, RemoteMedia>({
      sources: source?.media ?? [],
      bases: base?.media ?? {},
      remotes: remote?.media ?? [],
      keys: [
        {
          source: (media) => fileStem(media.url),
          remote: (media) => (media.url === null ? null : fileStem(media.url)),
        },
      ],
    }),
  };
}
