/** productOptionsReorder. */
import { Change } from '../../catalog/change';
import type { InputError } from '../../catalog/change';
import { variantsOf } from '../../catalog/variants';
import type { Gid } from '../../state/gid';
import type { Product, ProductOption } from '../../state/product';
import type { FieldResolver } from '../call';
import { hasDuplicates, sortVariants } from './option-variants';

const noProduct = {
  userErrors: [{ code: 'PRODUCT_DOES_NOT_EXIST', field: ['productId'], message: 'Product does not exist' }],
};
const refuse = (code: string, field: string[], message: string): InputError => ({ code, field, message });

interface Named {
  id?: Gid | null;
  name?: string | null;
}

interface ReorderArgs {
  productId: Gid;
  options: (Named & { values?: Named[] | null })[];
}

const find = <T extends { id: Gid; name: string }>(list: readonly T[], named: Named): T | undefined =>
  list.find(({ id, name }) => (named.id != null ? id === named.id : name === named.name));

function planOrder(product: Product, args: ReorderArgs): { options: ProductOption[]; errors: InputError[] } {
  const errors: InputError[] = [];
  const options = args.options.flatMap((named, index): ProductOption[] => {
    const field = ['options', String(index)];
    const option = find(product.options, named);
    if (!option) {
      errors.push(
        refuse(
          named.id != null ? 'OPTION_ID_DOES_NOT_EXIST' : 'OPTION_NAME_DOES_NOT_EXIST',
          field,
          'Option does not exist',
        ),
      );
      return [];
    }
    const values = (named.values ?? option.values).flatMap((value, at) => {
      const known = find(option.values, value);
      if (!known)
        errors.push(
          refuse(
            'OPTION_VALUE_DOES_NOT_EXIST',
            [...field, 'values', String(at)],
            'Option value does not exist',
          ),
        );
      return known ?? [];
    });
    if (errors.length === 0 && values.length !== option.values.length) {
      errors.push(
        refuse('MISSING_OPTION_VALUE', [...field, 'values'], 'All values of the option must be given'),
      );
    }
    return [{ ...option, values }];
  });
  if (errors.length === 0 && options.length !== product.options.length) {
    errors.push(refuse('MISSING_OPTION_NAME', ['options'], 'All options of the product must be given'));
  }
  return { options, errors };
}

/** Orders options and values, and the variants by them. */
export const productOptionsReorder: FieldResolver = (_root, args: ReorderArgs, call) => {
  const product = call.shop.products.get(args.productId);
  if (!product) return noProduct;
  const { options, errors } = planOrder(product, args);
  if (errors.length > 0) return { product, userErrors: errors };
  const change = new Change(call.emulator, call.shop);
  const places = options.map(({ id }) => product.options.findIndex((option) => option.id === id));
  product.options = options;
  for (const variant of variantsOf(call.shop, product)) {
    variant.optionValueIds = places.flatMap((at) => variant.optionValueIds[at] ?? []);
  }
  if (!hasDuplicates(variantsOf(call.shop, product))) sortVariants(change, product);
  change.productChanged(product, 'product.options');
  change.commit();
  return { product, userErrors: [] };
};
