/** Pushed changes of the catalog: app/api/pushed-changes.ts. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { restApi } from '~/shopify.server';

export function loader({ request }: LoaderFunctionArgs) {
  return restApi.push(request);
}

export function action({ request }: ActionFunctionArgs) {
  return restApi.push(request);
}
