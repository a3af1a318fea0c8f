/**
 * Turns of shops. The queue serves whoever comes first: a shop that asks for 100,000 products would have all places for hours,
 * most of them waiting for its points. So a few jobs of each shop are in the queue, and the rest waits in rows: whoever comes
 * meanwhile is served among the shops, not behind all jobs of one (docs/decisions/026).
 */
import { randomUUID } from 'node:crypto';
import type { JobsOptions } from 'bullmq';
import { z } from 'zod';
import { isBackgroundWork } from '~/core/points';
import type { Database } from '~/db/client.server';
import { addTurns, admitTurns, endTurn, longAdmitted, shopsWithRoom } from '~/db/shop-turns.server';
import type { ShopTurn } from '~/db/shop-turns.server';
import type { AddJobOptions, Job, JobFor } from '~/sync/jobs';
import type { StoredQueue } from './connection';

/** Enough to keep the calls of a shop under way while one job ends and the next begins. */
export const JOBS_OF_A_SHOP = 2;
/** A job that was let in so long ago is looked for. */
const LOOK_AFTER_MS = 60_000;
const LOOKS_AT_ONCE = 500;

/** Whether a job waits for its shop's turn: not what a person waits for, nor what shall come first or at its own time. */
export function takesTurns(job: Job, options: AddJobOptions): job is JobFor<'sync-products'> {
  return (
    job.name === 'sync-products' &&
    isBackgroundWork(job.productIds.length) &&
    options.delayMs === undefined &&
    options.deduplicationId === undefined &&
    options.isFirst !== true
  );
}

export interface ShopTurns {
  /** Jobs as they are to stand in the queue; all of them take turns. */
  add(entries: { shopId: string; payload: object }[]): Promise<void>;
  ended(jobId: string): Promise<void>;
  revive(): Promise<void>;
}

export function createShopTurns(parts: {
  db: Database;
  /** Of the jobs that take turns. */
  queue: StoredQueue;
  now: () => Date;
  /** Beside the id. */
  options: () => JobsOptions;
}): ShopTurns {
  const { db, queue, now, options } = parts;
  // The id makes it harmless to put the same job in twice.
  const putIn = async (turns: ShopTurn[]) => {
    if (turns.length === 0) return;
    const entries = turns.map(({ id, payload }) => ({
      name: queue.name,
      data: payload,
      opts: { ...options(), jobId: id },
    }));
    await queue.addBulk(entries);
  };
  const admit = async (shopId: string) => putIn(await admitTurns(db, shopId, JOBS_OF_A_SHOP, now()));
  return {
    add: async (entries) => {
      await addTurns(
        db,
        entries.map((entry) => ({ id: randomUUID(), ...entry })),
        now(),
      );
      for (const shopId of new Set(entries.map((entry) => entry.shopId))) await admit(shopId);
    },
    ended: async (jobId) => {
      // What is no job of ours has no id like ours, and no turn.
      if (!z.uuid().safeParse(jobId).success) return;
      const shopId = await endTurn(db, jobId);
      if (shopId !== null) await admit(shopId);
    },
    revive: async () => {
      const before = new Date(now().getTime() - LOOK_AFTER_MS);
      const lost: ShopTurn[] = [];
      for (const turn of await longAdmitted(db, before, now(), LOOKS_AT_ONCE))
        if ((await queue.getJob(turn.id)) === undefined) lost.push(turn);
      // Its end or its beginning was lost: to look at its products once more harms nobody.
      await putIn(lost);
      for (const shopId of await shopsWithRoom(db, JOBS_OF_A_SHOP)) await admit(shopId);
    },
  };
}
