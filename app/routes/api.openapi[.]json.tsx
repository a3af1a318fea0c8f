import { restApi } from '~/shopify.server';

/** The OpenAPI document of the REST API. */
export function loader() {
  return restApi.openApi();
}
