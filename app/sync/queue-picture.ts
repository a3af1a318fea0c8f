import type { JobQueue } from './jobs';

/** Asks for a picture to be brought into the store. Harmless where it is under way: it is in one job's hands at a time. */
export async function queuePicture(
  queue: JobQueue,
  picture: { shopId: string; pictureId: string },
  delayMs?: number,
): Promise<void> {
  await queue.add([{ name: 'upload-picture', ...picture }], delayMs === undefined ? {} : { delayMs });
}
