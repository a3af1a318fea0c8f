/** The one address Shopify tells the app of what happened. */
import type { ActionFunctionArgs } from '@remix-run/node';
import { webhookContext } from '~/shopify.server';
import { receiveWebhook } from '~/webhooks.server';

export function action({ request }: ActionFunctionArgs) {
  return receiveWebhook(webhookContext, request);
}

/** Shopify only posts here. */
export function loader() {
  return new Response('Webhooks are posted.\n', { status: 405, headers: { allow: 'POST' } });
}
