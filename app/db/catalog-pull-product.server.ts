/** A value from Shopify put into a field of the product itself. */
import { z } from 'zod';
import type { FieldValue } from '~/core/decision';
import {
  type PullChange,
  type PullSubject,
  asFieldValue,
  fits,
  withMetafield,
} from './catalog-pull-terms.server';

const text = z.string();
const nullableText = z.string().nullable();
const ids = z.array(z.string());
const optionStates = z.array(z.object({ name: z.string(), values: z.array(z.string()) }));

const mediaState = z.object({
  url: z.url({ protocol: /^https?$/ }),
  alt: text,
  kind: z.enum(['IMAGE', 'VIDEO', 'EXTERNAL_VIDEO', 'MODEL_3D']),
});

const productFields = z.object({
  title: z.string().refine((title) => title.trim() !== '' && [...title].length <= 255),
  descriptionHtml: text,
  handle: z.string().regex(/^[^\s/?#A-Z]{1,255}$/),
  vendor: text,
  productType: text,
  category: nullableText,
  status: z.enum(['ACTIVE', 'ARCHIVED', 'DRAFT', 'UNLISTED']),
  published: z.boolean(),
  seoTitle: nullableText,
  seoDescription: nullableText,
  templateSuffix: nullableText,
});

/** The list in the wanted order; null where the order names other rows than there are. */
function reordered<R extends { id: string }>(rows: R[], order: string[]): R[] | null {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const next = order.flatMap((id) => byId.get(id) ?? []);
  return next.length === rows.length && new Set(order).size === rows.length ? next : null;
}

/** What the path would change; null where the product has no such field. */
export function productChange(
  { state, source }: PullSubject,
  field: string,
  after: FieldValue,
): PullChange | null {
  const [kind, ...rest] = field.split(':');
  const name = rest.join(':');
  switch (kind) {
    case 'tags': {
      const same = (tag: string) => tag.toLowerCase() === name.toLowerCase();
      const others = state.fields.tags.filter((tag) => !same(tag));
      const current = others.length === state.fields.tags.length ? null : name;
      const added = current === null ? [...state.fields.tags, name] : state.fields.tags;
      const tags = after === null ? others : typeof after === 'string' ? added : null;
      return { current, next: tags === null ? null : { ...state, fields: { ...state.fields, tags } } };
    }
    case 'metafield':
      return { current: asFieldValue(source.metafields[name]), next: withMetafield(state, name, after) };
    case 'media': {
      const media = source.media.find(({ id }) => id === name);
      const current = media === undefined ? null : { url: media.url, alt: media.alt, kind: media.kind };
      if (after !== null) {
        const refusal = name.startsWith('gid://')
          ? 'A picture added in Shopify is not copied into the catalog.'
          : 'A picture needs an address, an alternative text and a kind.';
        const isNew = !name.startsWith('gid://') && media === undefined;
        const add = (picture: z.infer<typeof mediaState>) => ({
          ...state,
          media: [...state.media, { ...picture, id: name, position: 0 }],
        });
        return { current, next: isNew ? fits(mediaState, after, add) : null, refusal };
      }
      const variants = state.variants.map((variant) =>
        variant.mediaId === name ? { ...variant, mediaId: null } : variant,
      );
      return { current, next: { ...state, variants, media: state.media.filter(({ id }) => id !== name) } };
    }
    case 'mediaAlt': {
      const current = source.media.find(({ id }) => id === name)?.alt ?? null;
      const next = fits(text, after, (alt) => ({
        ...state,
        media: state.media.map((media) => (media.id === name ? { ...media, alt } : media)),
      }));
      return { current, next };
    }
    case 'mediaOrder': {
      const media = fits(ids, after, (order) => {
        const next = reordered(state.media, order);
        return next === null ? null : { ...state, media: next };
      });
      const refusal = 'The catalog has other pictures than those that the order names.';
      return { current: source.media.map(({ id }) => id), next: media, refusal };
    }
    case 'variantOrder': {
      const next = fits(ids, after, (order) => {
        const variants = reordered(state.variants, order);
        return variants === null ? null : { ...state, variants };
      });
      return { current: source.variants.map(({ id }) => id), next };
    }
    case 'options': {
      const refusal =
        'The number of options changed in Shopify. Give the product the same options in the catalog.';
      const next = fits(optionStates, after, (options) =>
        options.length === state.options.length ? { ...state, options } : null,
      );
      return { current: asFieldValue(source.options), next, refusal };
    }
    default: {
      if (!Object.hasOwn(productFields.shape, field)) return null;
      const current = new Map(Object.entries(source.fields)).get(field);
      const next = fits(productFields.partial(), { [field]: after }, (changed) => ({
        ...state,
        fields: Object.assign({ ...state.fields }, changed),
      }));
      return { current: asFieldValue(current), next };
    }
  }
}
