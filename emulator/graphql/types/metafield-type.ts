/** Metafields, and the fields everything that owns metafields has. */
import { fullNamespace, metafieldDigest, metafieldKey } from '../../catalog/metafields';
import { legacyId } from '../../state/gid';
import type { Gid } from '../../state/gid';
import type { Metafield, Metafields } from '../../state/product';
import type { FieldResolver, ResolverTable } from '../call';
import { paginate } from '../connection';
import type { PageArgs } from '../connection';

interface Owner {
  id: Gid;
  metafields: Metafields;
}

/** A metafield with its owner: what the resolvers of Metafield work on. */
export interface MetafieldSource extends Metafield {
  owner: Owner;
}

export const metafieldSource = (owner: Owner, metafield: Metafield): MetafieldSource => ({
  ...metafield,
  owner,
});

const OWNER_TYPES: Record<string, string> = {
  Product: 'PRODUCT',
  ProductVariant: 'PRODUCTVARIANT',
  Shop: 'SHOP',
};

/** `keys` may name metafields whole ("custom.care") or within the given namespace ("care"). */
function wanted(metafield: Metafield, namespace: string | null, keys: readonly string[] | null): boolean {
  if (keys) {
    return keys.some((key) =>
      namespace
        ? metafield.namespace === namespace && metafield.key === key
        : metafieldKey(metafield.namespace, metafield.key) === key,
    );
  }
  return namespace === null || metafield.namespace === namespace;
}

export const metafieldFields: Record<string, FieldResolver> = {
  metafield: (owner: Owner, args: { namespace?: string | null; key: string }) => {
    const dot = args.namespace == null ? args.key.indexOf('.') : -1;
    const key = dot > 0 ? args.key : metafieldKey(fullNamespace(args.namespace), args.key);
    const metafield = owner.metafields.get(key);
    return metafield ? metafieldSource(owner, metafield) : null;
  },
  metafields: (
    owner: Owner,
    args: PageArgs & { namespace?: string | null; keys?: string[] | null },
    call,
    info,
  ) => {
    const namespace = args.namespace == null ? null : fullNamespace(args.namespace);
    const chosen = [...owner.metafields.values()].filter((metafield) =>
      wanted(metafield, namespace, args.keys ?? null),
    );
    return paginate(
      call,
      info,
      chosen.map((metafield) => metafieldSource(owner, metafield)),
      args,
    );
  },
};

export const metafieldTypes: ResolverTable = {
  Metafield: {
    legacyResourceId: (metafield: MetafieldSource) => legacyId(metafield.id),
    compareDigest: (metafield: MetafieldSource) => metafieldDigest(metafield),
    jsonValue: (metafield: MetafieldSource): unknown => {
      const { type, value } = metafield;
      const plain =
        /^(single_line_text_field|multi_line_text_field|date|date_time|url|color|id|.*_reference|language)$/;
      return plain.test(type) ? value : JSON.parse(value);
    },
    ownerType: (metafield: MetafieldSource) =>
      OWNER_TYPES[metafield.owner.id.split('/')[3] ?? ''] ?? 'PRODUCT',
    sizeInBytes: (metafield: MetafieldSource) => Buffer.byteLength(metafield.value),
    definition: () => null,
    description: () => null,
  },
};
