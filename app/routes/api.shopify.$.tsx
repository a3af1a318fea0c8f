/** The REST API: app/api says what is at which address. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { restApi } from '~/shopify.server';

export function loader({ request }: LoaderFunctionArgs) {
  return restApi.answer(request);
}

export function action({ request }: ActionFunctionArgs) {
  return restApi.answer(request);
}
