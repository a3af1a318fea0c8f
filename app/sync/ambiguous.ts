/** End state of a product that could be several of the store's. */
export const AMBIGUOUS = {
  code: 'ambiguous-match',
  message: 'Several products of the store could be this one. Choose on the Matches page.',
} as const;
