import { json } from '@remix-run/node';
import type { LoaderFunctionArgs } from '@remix-run/node';
import { z } from 'zod';
import { MAX_PICTURE_BYTES } from '~/core/picture-format';
import { findPictures } from '~/db/pictures.server';
import type { Picture } from '~/db/pictures.server';
import { actionOf } from '~/allowed-action.server';
import type { Acting } from '~/allowed-action.server';
import { authenticateShop } from '~/shopify.server';
import { receivePicture } from '~/sync/receive-picture';

const NO_STORE = { headers: { 'Cache-Control': 'no-store' } };

const ids = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.uuid()).max(250));

const told = ({ id, state, url, error }: Picture) => ({ id, state, url, error });

/** `ids`: pictures that the editor has uploaded; how far they are. */
export async function loader({ request }: LoaderFunctionArgs) {
  const { resources, shop } = await authenticateShop(request);
  const wanted = ids.safeParse(new URL(request.url).searchParams.get('ids')).data ?? [];
  const pictures = await findPictures(resources.db, shop.id, wanted);
  return json({ pictures: pictures.map(told) }, NO_STORE);
}

const refused = (reason: string, remedy: string) => json({ kind: 'refused', reason, remedy }, NO_STORE);

/** Takes one file, as it stands; `filename` is what it is called. */
export const action = actionOf('edit', (reason) => refused(reason, ''), act);

async function act({ request, resources, shop, actor }: Acting) {
  // Without a length it may be endless; browsers give one.
  if (Number(request.headers.get('Content-Length') ?? Infinity) > MAX_PICTURE_BYTES)
    return refused('It is larger than the 20 MB that Shopify takes.', 'Make the picture smaller.');
  const filename = (new URL(request.url).searchParams.get('filename') ?? '').slice(0, 255);
  const content = new Uint8Array(await request.arrayBuffer());
  const outcome = await receivePicture(resources, { shopId: shop.id, filename, content, uploadedBy: actor });
  switch (outcome.kind) {
    case 'received':
      return json({ kind: 'picture', picture: told(outcome.picture), isKnown: outcome.isKnown }, NO_STORE);
    case 'refused':
      return refused(outcome.reason, outcome.remedy);
    case 'busy':
      return refused(outcome.message, 'Try again in a minute.');
  }
}
