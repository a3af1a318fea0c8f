import { forgetContents, lostPictures } from '~/db/pictures.server';
import { queuePicture } from './queue-picture';
import type { Resources } from './resources';

/** A picture that nobody has gone on with for so long lost its job to a crash. */
const LOST_AFTER_MS = 30_000;
/** The content of what failed is kept so long, for somebody to try again. */
const CONTENT_KEPT_MS = 24 * 3_600_000;

/** Gives pictures a job whose own was lost. Harmless where it was only late. */
export async function revivePictures({ db, queue, now }: Resources): Promise<void> {
  for (const { id, shopId } of await lostPictures(db, new Date(now().getTime() - LOST_AFTER_MS)))
    await queuePicture(queue, { shopId, pictureId: id });
}

/** Lets the content of pictures go that failed long ago. */
export async function forgetFailedPictures({ db, now }: Resources): Promise<void> {
  await forgetContents(db, new Date(now().getTime() - CONTENT_KEPT_MS));
}
