/** All root fields of Mutation that are emulated. */
import type { Mutation } from '../mutation-field';
import { bulkMutations } from './bulk-mutations';
import { fileMutations } from './file-mutations';
import { inventoryMutations } from './inventory-mutations';
import { mediaMutations } from './media-mutations';
import { metafieldMutations } from './metafield-mutations';
import { optionMutations } from './option-mutations';
import { productMutations } from './product-mutations';
import { productSet } from './product-set';
import { storeMutations } from './store-mutations';
import { variantMutations } from './variant-mutations';

export const mutations: Record<string, Mutation> = {
  ...productMutations,
  productSet,
  ...variantMutations,
  ...optionMutations,
  ...mediaMutations,
  ...metafieldMutations,
  ...inventoryMutations,
  ...fileMutations,
  ...storeMutations,
  ...bulkMutations,
};
