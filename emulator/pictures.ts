/**
 * A server of the merchant's own with pictures on it, as bulk edits name them: GET /_pictures/<any name>. Not a part of
 * Shopify; it stands here so that tests and the demo need no network.
 */
import type { HttpAnswer, HttpRequest } from './context';

/** One pixel each. */
const PICTURES: Record<string, { type: string; base64: string }> = {
  gif: { type: 'image/gif', base64: 'R0lGODlhAQABAIAAAMLCwgAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw==' },
  png: {
    type: 'image/png',
    base64:
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  },
};

/** A picture for names that end in .gif, .png, .jpg or .jpeg (which get a PNG: names lie); 404 for others. */
export function servePicture({ url }: HttpRequest): HttpAnswer {
  const ending = /\.(gif|png|jpe?g)$/.exec(url.pathname)?.[1];
  if (ending === undefined)
    return { status: 404, headers: { 'content-type': 'text/plain' }, body: 'Not found' };
  const picture = PICTURES[ending] ?? PICTURES['png'];
  return {
    status: 200,
    headers: { 'content-type': picture?.type ?? 'image/png' },
    body: Buffer.from(picture?.base64 ?? '', 'base64'),
  };
}
