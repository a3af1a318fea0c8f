import { redirect } from '@remix-run/node';
import type { LoaderFunctionArgs } from '@remix-run/node';

/** Shopify opens the app at its root with the shop in the search; without one, the shop has to be named. */
export function loader({ request }: LoaderFunctionArgs) {
  const { searchParams } = new URL(request.url);
  throw redirect(searchParams.has('shop') ? `/app?${searchParams}` : '/auth/login');
}
