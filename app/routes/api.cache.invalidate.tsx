/** Signed invalidations of the cache: app/api/pushed-invalidation.ts. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { restApi } from '~/shopify.server';

export function loader({ request }: LoaderFunctionArgs) {
  return restApi.invalidate(request);
}

export function action({ request }: ActionFunctionArgs) {
  return restApi.invalidate(request);
}
