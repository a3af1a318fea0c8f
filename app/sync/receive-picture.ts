import { createHash } from 'node:crypto';
import { PICTURE_HEAD_BYTES, readPicture } from '~/core/picture-format';
import { storeFilename } from '~/core/picture-name';
import type { WebProblem } from '~/core/web-address';
import {
  findPictures,
  noteAddress,
  recordPicture,
  reopenPicture,
  resumePicture,
  waitingPictures,
} from '~/db/pictures.server';
import type { Picture } from '~/db/pictures.server';
import { storeOf } from './picture-store';
import { queuePicture } from './queue-picture';
import type { Resources } from './resources';

export type ReceivedPicture =
  /** `isKnown`: the same bytes had come before, and are not uploaded again. */
  | { kind: 'received'; picture: Picture; isKnown: boolean }
  /** The file can be no picture of a product. */
  | ({ kind: 'refused' } & WebProblem)
  /** Too much is on its way already. */
  | { kind: 'busy'; message: string };

/** Of one shop, on their way to Shopify: more would only fill the database. */
const MOST_WAITING = { count: 500, bytes: 1024 * 1024 * 1024 };
/** A look at whether a known picture is still there must not hold up whoever uploads. */
const LOOK_MS = 3_000;

/** Whether the store still has the picture. Where Shopify does not say so in time, it is believed to. */
async function isStillThere(resources: Resources, shopId: string, picture: Picture): Promise<boolean> {
  if (picture.fileGid === null) return false;
  const store = await storeOf(resources, shopId);
  if (store === null) return true;
  try {
    const held = await store.readPicture(picture.fileGid, { signal: AbortSignal.timeout(LOOK_MS) });
    const url = held?.image?.url ?? null;
    if (url !== null && url !== picture.url) await noteAddress(resources.db, { shopId, id: picture.id, url });
    return url !== null;
  } catch (error) {
    resources.log.info({ err: error, shopId, pictureId: picture.id }, 'A known picture was not looked up');
    return true;
  }
}

/**
 * Takes in a file and has it brought into the store. The same bytes are one picture of the shop, whatever they are called: a
 * second upload answers with the first one's. What was deleted in Shopify, or failed, is begun anew.
 */
export async function receivePicture(
  resources: Resources,
  file: { shopId: string; filename: string; content: Uint8Array; uploadedBy: string },
): Promise<ReceivedPicture> {
  const { db, queue, now } = resources;
  const { shopId, content, uploadedBy } = file;
  const reading = readPicture(content.subarray(0, PICTURE_HEAD_BYTES), content.byteLength);
  if (reading.kind === 'refused') return reading;
  const waiting = await waitingPictures(db, shopId);
  if (waiting.count >= MOST_WAITING.count || waiting.bytes >= MOST_WAITING.bytes)
    return {
      kind: 'busy',
      message: `${waiting.count} pictures are still on their way to Shopify. Send this one when some of them are ready.`,
    };
  const sha256 = createHash('sha256').update(content).digest('hex');
  const { picture, isNew } = await recordPicture(
    db,
    {
      ...{ shopId, sha256, content, uploadedBy, bytes: content.byteLength, mimeType: reading.type },
      ...{ width: reading.size?.width ?? null, height: reading.size?.height ?? null },
      filename: storeFilename(file.filename, sha256, reading.type),
    },
    now(),
  );
  const hasEnded = picture.state === 'failed' || picture.state === 'ready';
  const isReady = picture.state === 'ready' && (await isStillThere(resources, shopId, picture));
  const of = { shopId, pictureId: picture.id };
  if (hasEnded && !isReady) {
    const at = now();
    const filename = storeFilename(file.filename, sha256, reading.type, at.getTime().toString(36));
    // What a job gave up on may be in the store already: it is looked for under its own name.
    if (!(await resumePicture(db, of, at)))
      await reopenPicture(db, { shopId, id: picture.id, content, filename }, at);
  }
  if (isNew || (hasEnded && !isReady)) await queuePicture(queue, of);
  const [current] = await findPictures(db, shopId, [picture.id]);
  return { kind: 'received', picture: current ?? picture, isKnown: !isNew && (!hasEnded || isReady) };
}
