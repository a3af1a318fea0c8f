/**
 * The job that brings an uploaded picture into the files of a store: upload, make a file, wait until Shopify has processed
 * it. Each step is noted before the next, so that a job that was cut off goes on where it was. Making the file is the one
 * step that is not repeatable by nature: its name holds a mark of the content and must be new to the store, and where an
 * answer was lost the file is looked for by it before it is made again (docs/decisions/010).
 */
import { nameMark } from '~/core/picture-name';
import { endPicture, notePicture, pictureContent, takePicture } from '~/db/pictures.server';
import type { WaitingPicture } from '~/db/pictures.server';
import type { ShopifyStore, StorePicture } from '~/shopify/gateway';
import { ShopNotConnected } from '~/shopify/gateway';
import type { JobContext, JobFor } from './jobs';
import { storeOf } from './picture-store';
import { queuePicture } from './queue-picture';
import type { Resources } from './resources';

/** A job that has not come so far is dead or stuck: another may go on. Longer than the longest upload. */
const LEASE_MS = 300_000;
/** What was uploaded is there for some time; then it is uploaded again. */
const SOURCE_KEPT_MS = 30 * 60_000;
/** Shopify's search may not know a file yet that was made so short a time ago. */
const SEARCH_LAG_MS = 20_000;
/** Processing takes seconds. After this time nobody waits any longer. */
const LONGEST_MS = 15 * 60_000;
const SHORTEST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 15_000;

/** Looked at more and more seldom: after a third of the time it has taken so far. */
function waitAfter(elapsedMs: number): number {
  return Math.round(Math.min(LONGEST_WAIT_MS, Math.max(SHORTEST_WAIT_MS, elapsedMs / 3)));
}

/** Somebody else goes on with the picture, or it was ended meanwhile. */
class TakenAway extends Error {
  override name = 'TakenAway';
}

type Next = 'go on' | 'later' | { failed: string };

class Upload {
  constructor(
    private readonly resources: Resources,
    private readonly store: ShopifyStore,
    private readonly picture: WaitingPicture,
    private readonly claimant: string,
    private readonly signal: AbortSignal,
  ) {}

  private async note(step: Parameters<typeof notePicture>[2]): Promise<void> {
    const { id } = this.picture;
    if (!(await notePicture(this.resources.db, { id, claimant: this.claimant }, step))) throw new TakenAway();
    Object.assign(this.picture, step);
  }

  private ageOf(at: Date | null): number {
    return at === null ? Infinity : this.resources.now().getTime() - at.getTime();
  }

  private isOurs({ image }: StorePicture): boolean {
    return image !== null && image.url.includes(nameMark(this.picture.sha256));
  }

  /** The file that an earlier attempt made, whose answer was lost; 'later' where it may still turn up. */
  private async findMade(): Promise<Next> {
    const found = await this.store.findPictures(this.picture.filename, { signal: this.signal });
    const ready = found.find((each) => each.status === 'ready' && this.isOurs(each));
    if (ready) {
      await this.note({ fileGid: ready.id, state: 'processing' });
      return 'go on';
    }
    // What is not ready has no address to know it by: it may be ours.
    const mayTurnUp = found.some(({ status }) => status === 'processing');
    return mayTurnUp || this.ageOf(this.picture.createSentAt) < SEARCH_LAG_MS ? 'later' : 'go on';
  }

  private async upload(): Promise<Next> {
    const { id, filename, mimeType } = this.picture;
    const content = await pictureContent(this.resources.db, id);
    if (content === null) return { failed: 'The file is no longer there. Upload it again.' };
    await this.note({ state: 'uploading' });
    const limits = { signal: this.signal };
    const uploaded = await this.store.uploadPicture({ filename, mimeType, content }, limits);
    if (uploaded.kind === 'refused')
      return { failed: `Shopify does not take the file: ${uploaded.message} Choose another picture.` };
    await this.note({ source: uploaded.source, sentAt: this.resources.now() });
    return 'go on';
  }

  private async create(source: string): Promise<Next> {
    await this.note({ createSentAt: this.resources.now(), state: 'processing' });
    const { filename } = this.picture;
    const made = await this.store.createPicture({ source, filename }, { signal: this.signal });
    switch (made.kind) {
      case 'created':
        await this.note({ fileGid: made.picture.id });
        return 'go on';
      case 'name-taken':
        return this.adopt();
      case 'refused':
        return {
          failed: `Shopify does not take the picture: ${made.message} Mend its cause, or choose another picture.`,
        };
    }
  }

  /** The store has a file of this name, so of this content: ours, as soon as it is found. */
  private async adopt(): Promise<Next> {
    const next = await this.findMade();
    return next === 'go on' && this.picture.fileGid === null ? 'later' : next;
  }

  /** Up to the file, which is then in the row. */
  private async make(): Promise<Next> {
    if (this.picture.createSentAt !== null) {
      const next = await this.findMade();
      if (next !== 'go on' || this.picture.fileGid !== null) return next;
    }
    if (this.picture.source === null || this.ageOf(this.picture.sentAt) > SOURCE_KEPT_MS) {
      const next = await this.upload();
      if (next !== 'go on') return next;
    }
    return this.picture.source === null ? 'later' : this.create(this.picture.source);
  }

  private async look(id: string): Promise<Next | StorePicture> {
    const held = await this.store.readPicture(id, { signal: this.signal });
    if (held === null)
      return { failed: 'The picture was deleted in Shopify while it was processed. Upload it again.' };
    if (held.status === 'ready') return held;
    if (held.status === 'processing') return 'later';
    if (held.errors.some(({ code }) => code === 'DUPLICATE_FILENAME_ERROR')) {
      // Shopify looked at the name later than it answered: an earlier attempt had made the file.
      await this.note({ fileGid: null });
      return this.adopt();
    }
    const why = held.errors.map(({ message, code }) => `${message} (${code}).`).join(' ');
    return {
      failed: `Shopify could not process the picture. ${why} Save it again in another format or size, and upload that.`,
    };
  }

  /** The picture when it is ready, or how it goes on. */
  async run(): Promise<'later' | { failed: string } | StorePicture> {
    if (this.picture.begunAt === null) await this.note({ begunAt: this.resources.now() });
    for (;;) {
      const { fileGid, begunAt } = this.picture;
      const next = fileGid === null ? await this.make() : await this.look(fileGid);
      if (next === 'go on') continue;
      if (next === 'later' && this.ageOf(begunAt) > LONGEST_MS)
        return { failed: 'Shopify did not finish with the picture in time. Upload it again.' };
      return next;
    }
  }

  /** Hands the picture to a later job. */
  async later(shopId: string): Promise<void> {
    const { queue, now } = this.resources;
    const delayMs = waitAfter(this.ageOf(this.picture.begunAt));
    await this.note({ lookAt: new Date(now().getTime() + delayMs) });
    await queuePicture(queue, { shopId, pictureId: this.picture.id }, delayMs);
  }
}

/**
 * Carries out the job "upload-picture", as far as it goes now. Repeatable at any moment, and by any number of jobs: one has
 * the picture in hand at a time; while Shopify is at work a later job is added.
 */
export async function uploadPicture(
  resources: Resources,
  { shopId, pictureId: id }: JobFor<'upload-picture'>,
  { jobId, signal }: JobContext,
): Promise<void> {
  const { db, now } = resources;
  const at = now();
  const until = new Date(at.getTime() + LEASE_MS);
  const picture = await takePicture(db, { shopId, id, claimant: jobId }, { now: at, until });
  if (picture === null) return;
  const end = (how: Parameters<typeof endPicture>[2]) => endPicture(db, { shopId, id }, how, now());
  const store = await storeOf(resources, shopId);
  if (store === null) return end({ state: 'failed', error: 'The app was uninstalled.' });
  const upload = new Upload(resources, store, picture, jobId, signal);
  try {
    const outcome = await upload.run();
    if (outcome === 'later') return await upload.later(shopId);
    if ('failed' in outcome) return await end({ state: 'failed', error: outcome.failed });
    const { url = '', width = null, height = null } = outcome.image ?? {};
    await end({ state: 'ready', url, width, height });
  } catch (error) {
    if (error instanceof TakenAway) return;
    if (!(error instanceof ShopNotConnected)) throw error;
    await end({ state: 'failed', error: error.message });
  }
}
