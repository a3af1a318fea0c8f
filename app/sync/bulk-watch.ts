/** Bulk operations of one job while Shopify has them: asked for, waited for, stopped where their run is or documents would be faster. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isTooSlow } from '~/core/choose-lane';
import type { Patience } from '~/core/choose-lane';
import type { Operation } from '~/core/operation';
import type { Gid } from '~/core/product-state';
import { lastTold } from '~/db/bulk-writes.server';
import { isStopped } from '~/db/runs.server';
import { ShopifyUnreadable } from '~/shopify/ask';
import type { BulkOperation } from '~/shopify/gateway';
import { progress, spend } from './session';
import type { Session } from './session';

const TICK_MS = 250;
const LONGEST_LOOK_MS = 30_000;
/** A shop whose operations are all in use is asked again so often before documents take over. */
const BUSY_TRIES = 10;
/** Shopify gives up an operation after 24 hours. */
const LONGEST_MS = 25 * 60 * 60_000;

export class BulkWatch {
  /** Milliseconds since the epoch. */
  private lookedForStopAt = 0;
  /** The run was cancelled: operations were stopped. */
  isRunCancelled = false;

  constructor(
    private readonly session: Session,
    private readonly writeId: string,
  ) {}

  /** The id of the operation; 'unknown' where it may have been started without our knowing its id. */
  async start(operations: Operation[], token: string): Promise<Gid | 'not started' | 'unknown'> {
    const { resources, scope, context } = this.session;
    const { signal } = context;
    for (let tries = 1; ; tries += 1) {
      let answer;
      try {
        answer = await scope.store.startBulkWrite(operations, token, { signal });
      } catch (error) {
        if (!(error instanceof ShopifyUnreadable)) throw error;
        resources.log.warn({ err: error, shopId: scope.shopId }, 'A bulk operation could not be prepared');
        return 'not started';
      }
      await spend(this.session, answer.spent);
      const { start } = answer;
      if (start.kind === 'started') return start.id;
      if (start.kind === 'unknown') return (await this.find(token)) ?? 'unknown';
      if (start.kind === 'refused' || tries >= BUSY_TRIES) {
        resources.log.warn({ shopId: scope.shopId, start }, 'A bulk operation was not started');
        return 'not started';
      }
      await this.pause(Math.min(LONGEST_LOOK_MS, 1_000 * 2 ** tries) * (0.5 + resources.random() / 2));
      if (await this.isRunStopped()) return 'not started';
    }
  }

  /** The operation whose answer was lost. Shopify may list it a little later than it began. */
  async find(token: string): Promise<Gid | null> {
    const { scope, context } = this.session;
    for (let tries = 0; tries < 3; tries += 1) {
      if (tries > 0) await this.pause(1_000);
      const { id, spent } = await scope.store.findBulkWrite(token, { signal: context.signal });
      await spend(this.session, spent);
      if (id !== null) return id;
    }
    return null;
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.session.context.signal });
  }

  /** Waits until an operation has ended; null where Shopify no longer knows it, or never ends it. */
  async ended(
    operation: { id: Gid; lines: number },
    patience: Patience | null,
  ): Promise<BulkOperation | null> {
    const { resources, scope, context } = this.session;
    const { signal } = context;
    const beganAt = resources.now().getTime();
    let [lookAt, told] = [beganAt, 0];
    let isStopping = false;
    while (resources.now().getTime() - beganAt < LONGEST_MS) {
      await this.pause(TICK_MS);
      const now = resources.now().getTime();
      const toldAt = (await lastTold(resources.db, this.writeId))?.getTime() ?? 0;
      if (!isStopping && patience !== null && (await this.isRunStopped())) {
        await spend(this.session, await scope.store.cancelBulkRead(operation.id, { signal }));
        isStopping = true;
      }
      if (now < lookAt && toldAt <= told) continue;
      told = Math.max(told, toldAt);
      const soFar = now - beganAt;
      const patient = Math.min(LONGEST_LOOK_MS, soFar / 10);
      lookAt = now + patient;
      const seen = await this.look(operation.id);
      if (seen === 'unreadable') continue;
      if (seen === null || seen.status !== 'under way') return seen;
      // Near its end it is looked at in time.
      if (seen.rootObjects > 0)
        lookAt = now + Math.min(patient, (soFar * (operation.lines - seen.rootObjects)) / seen.rootObjects);
      const seconds = soFar / 1_000;
      const done = { lines: seen.rootObjects, ofLines: operation.lines, seconds };
      if (!isStopping && patience && isTooSlow(done, patience)) {
        await spend(this.session, await scope.store.cancelBulkRead(operation.id, { signal }));
        isStopping = true;
      }
    }
    return null;
  }

  private async look(id: Gid): Promise<BulkOperation | null | 'unreadable'> {
    const { scope, context } = this.session;
    try {
      const { operation, spent } = await scope.store.readBulkOperation(id, { signal: context.signal });
      await spend(this.session, spent);
      await progress(this.session);
      return operation;
    } catch (error) {
      // The operation goes on without us: it is looked at again.
      if (error instanceof ShopifyUnreadable) return 'unreadable';
      throw error;
    }
  }

  /** Whether the run was cancelled. Looks for it at most twice a second. */
  async isRunStopped(): Promise<boolean> {
    const { resources, job } = this.session;
    const now = resources.now().getTime();
    if (job.runId === null || now - this.lookedForStopAt < 500) return this.isRunCancelled;
    this.lookedForStopAt = now;
    this.isRunCancelled ||= await isStopped(resources.db, job.runId);
    return this.isRunCancelled;
  }
}
