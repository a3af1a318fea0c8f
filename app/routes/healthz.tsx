import { resources } from '~/shopify.server';

/** 200 when the database answers, otherwise 503. */
export async function loader() {
  const headers = { 'content-type': 'text/plain', 'cache-control': 'no-store' };
  try {
    await resources.db.$queryRaw`SELECT 1`;
    return new Response('ok\n', { headers });
  } catch (error) {
    resources.log.error({ err: error }, 'health: the database does not answer');
    return new Response('The database does not answer.\n', { status: 503, headers });
  }
}
