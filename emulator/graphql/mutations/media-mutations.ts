/** Media of products and variants. */
import { Change } from '../../catalog/change';
import type { InputError } from '../../catalog/change';
import { setVariantMedia } from '../../catalog/media';
import type { Gid } from '../../state/gid';
import type { Job } from '../../state/operations';
import type { Product } from '../../state/product';
import type { Call, FieldResolver } from '../call';

interface VariantMediaArgs {
  productId: Gid;
  variantMedia: { variantId: Gid; mediaIds: Gid[] }[];
}

function checkVariantMedia(
  call: Call,
  product: Product,
  { variantMedia }: VariantMediaArgs,
  attaching: boolean,
): InputError[] {
  return variantMedia.flatMap(({ variantId, mediaIds }, index): InputError[] => {
    const path = ['variantMedia', String(index)];
    const variant = call.shop.variants.get(variantId);
    if (variant?.productId !== product.id) {
      return [
        {
          code: 'PRODUCT_VARIANT_DOES_NOT_EXIST_ON_PRODUCT',
          field: [...path, 'variantId'],
          message: 'Variant does not exist on the product',
        },
      ];
    }
    if (attaching && mediaIds.length > 1) {
      return [
        {
          code: 'TOO_MANY_MEDIA_PER_INPUT_PAIR',
          field: [...path, 'mediaIds'],
          message: 'Only one media may be given for a variant',
        },
      ];
    }
    if (attaching && variant.mediaIds.length > 0) {
      return [
        {
          code: 'PRODUCT_VARIANT_ALREADY_HAS_MEDIA',
          field: [...path, 'variantId'],
          message: 'The variant already has attached media',
        },
      ];
    }
    return mediaIds.flatMap((id, at): InputError[] => {
      const field = [...path, 'mediaIds', String(at)];
      if (!call.shop.files.has(id))
        return [{ code: 'MEDIA_DOES_NOT_EXIST', field, message: 'Media does not exist' }];
      if (!product.mediaIds.includes(id))
        return [
          { code: 'MEDIA_DOES_NOT_EXIST_ON_PRODUCT', field, message: 'Media does not exist on the product' },
        ];
      if (attaching || variant.mediaIds.includes(id)) return [];
      return [
        { code: 'MEDIA_IS_NOT_ATTACHED_TO_VARIANT', field, message: 'Media is not attached to the variant' },
      ];
    });
  });
}

const changeVariantMedia =
  (attaching: boolean): FieldResolver =>
  (_root, args: VariantMediaArgs, call) => {
    const product = call.shop.products.get(args.productId);
    if (!product) {
      return {
        userErrors: [
          { code: 'PRODUCT_DOES_NOT_EXIST', field: ['productId'], message: 'Product does not exist' },
        ],
      };
    }
    const errors = checkVariantMedia(call, product, args, attaching);
    if (errors.length > 0) return { product, productVariants: null, userErrors: errors };
    const change = new Change(call.emulator, call.shop);
    const productVariants = args.variantMedia.flatMap(({ variantId, mediaIds }) => {
      const variant = call.shop.variants.get(variantId);
      if (!variant) return [];
      setVariantMedia(
        change,
        variant,
        attaching ? [...mediaIds] : variant.mediaIds.filter((id) => !mediaIds.includes(id)),
      );
      return [variant];
    });
    change.commit();
    return { product, productVariants, userErrors: [] };
  };

interface ReorderArgs {
  id: Gid;
  moves: { id: Gid; newPosition: string }[];
}

const productReorderMedia: FieldResolver = (_root, args: ReorderArgs, call) => {
  const refused = (errors: InputError[]) => ({ job: null, mediaUserErrors: errors, userErrors: errors });
  const product = call.shop.products.get(args.id);
  if (!product)
    return refused([{ code: 'PRODUCT_DOES_NOT_EXIST', field: ['id'], message: 'Product does not exist' }]);
  const unknown = args.moves.findIndex(({ id }) => !product.mediaIds.includes(id));
  if (unknown !== -1) {
    const field = ['moves', String(unknown), 'id'];
    return refused([{ code: 'MEDIA_DOES_NOT_EXIST', field, message: 'Media does not exist on the product' }]);
  }
  const change = new Change(call.emulator, call.shop);
  const before = product.mediaIds.join();
  for (const { id, newPosition } of args.moves) {
    const rest = product.mediaIds.filter((each) => each !== id);
    rest.splice(Number(newPosition), 0, id);
    product.mediaIds = rest;
  }
  if (product.mediaIds.join() !== before) change.productChanged(product, 'product.media');
  const job: Job = { id: change.newGid('Job'), done: true };
  call.shop.jobs.set(job.id, job);
  change.commit();
  return { job: { ...job, done: false }, mediaUserErrors: [], userErrors: [] };
};

export const mediaMutations: Record<string, FieldResolver> = {
  productVariantAppendMedia: changeVariantMedia(true),
  productVariantDetachMedia: changeVariantMedia(false),
  productReorderMedia,
};
