/** All root fields of QueryRoot that are emulated. */
import type { FieldResolver } from '../call';
import { catalogQueries } from './catalog-queries';
import { orderQueries } from './order-queries';
import { storeQueries } from './store-queries';

export const queries: Record<string, FieldResolver> = { ...catalogQueries, ...orderQueries, ...storeQueries };
