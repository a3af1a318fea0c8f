/** A second address of POST /api/shopify/cache/warm. */
import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { restApi } from '~/shopify.server';

/** The request as it would be at the address that the API knows. */
function asKnown(request: Request): Request {
  const url = new URL(request.url);
  url.pathname = '/api/shopify/cache/warm';
  return new Request(url, request);
}

export function loader({ request }: LoaderFunctionArgs) {
  return restApi.answer(asKnown(request));
}

export function action({ request }: ActionFunctionArgs) {
  return restApi.answer(asKnown(request));
}
