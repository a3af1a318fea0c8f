/** Uploaded pictures on their way into a store: app.picture_file. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Gid } from '~/core/product-state';
import type { Database, Queryable } from './client.server';

export const PICTURE_STATES = ['received', 'uploading', 'processing', 'ready', 'failed'] as const;
export type PictureState = (typeof PICTURE_STATES)[number];

const UNDER_WAY: PictureState[] = ['received', 'uploading', 'processing'];

/** What is said of a picture; never its content. */
export interface Picture {
  id: string;
  sha256: string;
  filename: string;
  mimeType: string;
  bytes: number;
  width: number | null;
  height: number | null;
  state: PictureState;
  error: string | null;
  fileGid: Gid | null;
  url: string | null;
  createdAt: Date;
  endedAt: Date | null;
}

/** Enough of a picture to go on with it. */
export interface WaitingPicture extends Picture {
  source: string | null;
  sentAt: Date | null;
  createSentAt: Date | null;
  /** When a job first had it in hand. */
  begunAt: Date | null;
}

const state = z.enum(PICTURE_STATES);

const columns = {
  id: true,
  sha256: true,
  filename: true,
  mimeType: true,
  bytes: true,
  width: true,
  height: true,
  state: true,
  error: true,
  fileGid: true,
  url: true,
  createdAt: true,
  endedAt: true,
} as const;
const steps = { source: true, sentAt: true, createSentAt: true, begunAt: true } as const;

const withState = <Row extends { state: string }>(row: Row) => ({ ...row, state: state.parse(row.state) });

export interface NewPicture {
  shopId: string;
  sha256: string;
  filename: string;
  mimeType: string;
  bytes: number;
  width: number | null;
  height: number | null;
  content: Uint8Array;
  uploadedBy: string;
}

/** Records a picture, unless the shop has one of the same content. */
export async function recordPicture(
  db: Queryable,
  picture: NewPicture,
  now: Date,
): Promise<{ picture: Picture; isNew: boolean }> {
  const content = Uint8Array.from(picture.content);
  const { count } = await db.pictureFile.createMany({
    data: { ...picture, id: randomUUID(), content, state: 'received', lookAt: now, createdAt: now },
    skipDuplicates: true,
  });
  const { shopId, sha256 } = picture;
  const row = await db.pictureFile.findUniqueOrThrow({
    where: { shopId_sha256: { shopId, sha256 } },
    select: columns,
  });
  return { picture: withState(row), isNew: count === 1 };
}

/** Begins anew with a picture that has ended, whose content came again, under another name: the former may be in use. */
export async function reopenPicture(
  db: Queryable,
  { shopId, id, content, filename }: { shopId: string; id: string; content: Uint8Array; filename: string },
  now: Date,
): Promise<void> {
  await db.pictureFile.updateMany({
    where: { shopId, id, state: { in: ['ready', 'failed'] } },
    data: {
      ...{ state: 'received', content: Uint8Array.from(content), filename, error: null, source: null },
      ...{ sentAt: null, createSentAt: null, begunAt: null, fileGid: null, url: null, claimant: null },
      ...{ lookAt: now, endedAt: null },
    },
  });
}

/** Goes on with a picture that a job gave up on; false where its content is no longer there. */
export async function resumePicture(
  db: Queryable,
  { shopId, pictureId }: { shopId: string; pictureId: string },
  now: Date,
): Promise<boolean> {
  const { count } = await db.pictureFile.updateMany({
    where: { shopId, id: pictureId, state: 'failed', content: { not: null } },
    data: { state: 'received', error: null, claimant: null, begunAt: null, lookAt: now, endedAt: null },
  });
  return count === 1;
}

/** Those of the shop that have these ids. */
export async function findPictures(db: Queryable, shopId: string, ids: string[]): Promise<Picture[]> {
  const rows = await db.pictureFile.findMany({ where: { shopId, id: { in: ids } }, select: columns });
  return rows.map(withState);
}

/** How many are under way, and how many bytes they take. */
export async function waitingPictures(
  db: Queryable,
  shopId: string,
): Promise<{ count: number; bytes: number }> {
  const { _count, _sum } = await db.pictureFile.aggregate({
    where: { shopId, state: { in: UNDER_WAY } },
    _count: true,
    _sum: { bytes: true },
  });
  return { count: _count, bytes: _sum.bytes ?? 0 };
}

/** Jobs may come a little early: their clock is another. */
const EARLY_MS = 1_000;

/** Takes a picture in hand until `until`; null where it has ended, or where another job has it. */
export async function takePicture(
  db: Database,
  { shopId, id, claimant }: { shopId: string; id: string; claimant: string },
  { now, until }: { now: Date; until: Date },
): Promise<WaitingPicture | null> {
  const due = new Date(now.getTime() + EARLY_MS);
  const [row] = await db.pictureFile.updateManyAndReturn({
    where: { shopId, id, state: { in: UNDER_WAY }, OR: [{ lookAt: { lte: due } }, { claimant }] },
    data: { claimant, lookAt: until },
    select: { ...columns, ...steps },
  });
  return row === undefined ? null : withState(row);
}

/** The content; null where it is no longer kept. */
export async function pictureContent(db: Queryable, id: string): Promise<Uint8Array | null> {
  const row = await db.pictureFile.findUnique({ where: { id }, select: { content: true } });
  return row?.content ?? null;
}

/** What one step of an upload came to. */
export type PictureStep = Partial<
  Pick<WaitingPicture, 'source' | 'sentAt' | 'createSentAt' | 'fileGid' | 'begunAt'> & { lookAt: Date }
> & { state?: 'uploading' | 'processing' };

/** Notes a step; false where the picture is no longer in this job's hands. */
export async function notePicture(
  db: Queryable,
  { id, claimant }: { id: string; claimant: string },
  step: PictureStep,
): Promise<boolean> {
  const { count } = await db.pictureFile.updateMany({
    where: { id, claimant, state: { in: UNDER_WAY } },
    data: step,
  });
  return count === 1;
}

/** Ends an upload. The content goes: Shopify has it, or does not take it. */
export async function endPicture(
  db: Queryable,
  { shopId, id }: { shopId: string; id: string },
  end:
    | { state: 'ready'; url: string; width: number | null; height: number | null }
    | { state: 'failed'; error: string; keepsContent?: true },
  now: Date,
): Promise<void> {
  const { width, height, url, error, keepsContent } = {
    ...{ width: null, height: null, url: null, error: null, keepsContent: undefined },
    ...end,
  };
  await db.pictureFile.updateMany({
    where: { shopId, id, state: { in: UNDER_WAY } },
    data: {
      ...{ state: end.state, error, url, endedAt: now, claimant: null, source: null },
      ...(width !== null && height !== null && { width, height }),
      ...(keepsContent !== true && { content: null }),
    },
  });
}

/** A ready picture whose address is another by now. */
export async function noteAddress(
  db: Queryable,
  { shopId, id, url }: { shopId: string; id: string; url: string },
): Promise<void> {
  await db.pictureFile.updateMany({ where: { shopId, id, state: 'ready' }, data: { url } });
}

/** Pictures that nobody went on with since `before`: their job was lost. */
export async function lostPictures(db: Queryable, before: Date): Promise<{ id: string; shopId: string }[]> {
  return db.pictureFile.findMany({
    where: { state: { in: UNDER_WAY }, lookAt: { lt: before } },
    select: { id: true, shopId: true },
    orderBy: { lookAt: 'asc' },
    take: 500,
  });
}

/** Takes the content from what failed before this instant and nobody tried again. */
export async function forgetContents(db: Queryable, before: Date): Promise<number> {
  const { count } = await db.pictureFile.updateMany({
    where: { state: 'failed', content: { not: null }, endedAt: { lt: before } },
    data: { content: null },
  });
  return count;
}
