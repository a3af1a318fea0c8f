import type { LoaderFunctionArgs } from '@remix-run/node';
import { addDocumentHeaders, authenticate } from '~/shopify.server';

/** The addresses Shopify's library keeps for itself below /auth; it throws the pages it writes as responses. */
export async function loader({ request }: LoaderFunctionArgs) {
  try {
    await authenticate.admin(request);
  } catch (answer) {
    if (answer instanceof Response) addDocumentHeaders(request, answer.headers);
    throw answer;
  }
  return null;
}
