/** Uploads of pictures in tests: files, one job at a time, and jobs that are killed in the middle. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { pictureOf } from '~/core/picture-format.test-support';
import { nameMark } from '~/core/picture-name';
import type { ShopifyStore } from '~/shopify/gateway';
import { receivePicture } from '~/sync/receive-picture';
import type { Resources } from '~/sync/resources';
import { uploadPicture } from '~/sync/upload-picture';
import { shopOf } from './merchant';
import type { Stage } from './stage';

/** A picture of one's own: no two are the same. */
export function freshPicture(): Uint8Array {
  return pictureOf('image/png', { width: 40, height: 30 }, [...Buffer.from(randomUUID())]);
}

/** Takes the file in; throws where it is refused. */
export async function receive(
  { resources, shopId }: Pick<Stage, 'resources' | 'shopId'>,
  content: Uint8Array,
  filename = 'Chart.png',
) {
  const received = await receivePicture(resources, { shopId, filename, content, uploadedBy: 'anna' });
  if (received.kind !== 'received') throw new Error(JSON.stringify(received));
  return received;
}

export const rowOf = ({ resources }: Pick<Stage, 'resources'>, id: string) =>
  resources.db.pictureFile.findUniqueOrThrow({ where: { id } });

const context = (jobId: string) => ({ jobId, interrupted: false, signal: new AbortController().signal });

/** One run of the job, under an id that is the same when it is taken up again. */
export function runJob(
  { resources, shopId }: Pick<Stage, 'resources' | 'shopId'>,
  pictureId: string,
  jobId = 'job-1',
): Promise<void> {
  return uploadPicture(resources, { name: 'upload-picture', shopId, pictureId }, context(jobId));
}

/** Jobs, one after another, until the upload has ended; what fails is tried again, as the queue does. */
export async function runToEnd(stage: Pick<Stage, 'resources' | 'shopId'>, pictureId: string) {
  for (let turn = 0; turn < 100; turn += 1) {
    try {
      await runJob(stage, pictureId);
    } catch (error) {
      if (turn > 20) throw error;
    }
    const row = await rowOf(stage, pictureId);
    if (row.state === 'ready' || row.state === 'failed') return row;
    await sleep(20);
  }
  throw new Error(`The upload did not end: ${JSON.stringify(await rowOf(stage, pictureId))}`);
}

/** Files of the store that hold this content, by the mark in their names. */
export function filesOf(stage: Stage, sha256: string) {
  return [...shopOf(stage).files.values()].filter(({ filename }) => filename.includes(nameMark(sha256)));
}

export type Step = 'uploadPicture' | 'createPicture' | 'readPicture' | 'findPictures';

class Killed extends Error {
  override name = 'Killed';
}

/** Resources of a worker that dies once, before Shopify is asked for a step or after it has answered. */
export function dyingAt(resources: Resources, step: Step, moment: 'before' | 'after'): Resources {
  let isDead = false;
  const die = (at: 'before' | 'after') => {
    if (isDead || at !== moment) return;
    isDead = true;
    throw new Killed(`${step} ${at}`);
  };
  const dying = (store: ShopifyStore): ShopifyStore => ({
    ...store,
    [step]: async (...args: Parameters<ShopifyStore[Step]>) => {
      die('before');
      const answer: unknown = await Reflect.apply(store[step], store, args);
      die('after');
      return answer;
    },
  });
  return { ...resources, shopify: { store: (shop) => dying(resources.shopify.store(shop)) } };
}

/** The same with a clock that is ahead by so many milliseconds. */
export function later(resources: Resources, ms: number): Resources {
  return { ...resources, now: () => new Date(Date.now() + ms) };
}
