import { restApi } from '~/shopify.server';

/** The reference of the REST API. */
export function loader() {
  return restApi.reference();
}
