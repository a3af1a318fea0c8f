/**
 * The bulk lane: what products lack goes into files that Shopify works through by itself. Each line is recorded from what it
 * returned, as the answer of a document is; what a file leaves over is sent in documents afterwards.
 */
import pLimit from 'p-limit';
import { BULK_KINDS } from '~/core/choose-lane';
import type { Patience } from '~/core/choose-lane';
import { chunksOf } from '~/core/plan';
import type { Operation } from '~/core/operation';
import type { OperationOutcome } from '~/core/outcome';
import type { SourceId } from '~/core/product-state';
import { noteBulkOperation } from '~/db/bulk-writes.server';
import type { BulkWriteOperation } from '~/db/bulk-writes.server';
import { noteSent } from '~/db/links.server';
import { addTimes } from '~/db/store-speed.server';
import { BulkResultUnreadable, nothingSpent } from '~/shopify/gateway';
import type { BulkOperation } from '~/shopify/gateway';
import { noteLeft, sentValues } from './look-round';
import type { Looked } from './look-round';
import { BulkWatch } from './bulk-watch';
import { recordDocument } from './record-work';
import { progress, recordingJob, spend } from './session';
import type { Session } from './session';

/** Shopify runs as many bulk mutations of an app in a shop at a time. https://shopify.dev/docs/api/usage/bulk-operations/imports */
const MOST_AT_ONCE = 5;
/** A file may have 100 MB; what it becomes on its way is not ours to know. */
const MOST_BYTES = 90_000_000;
/** Bytes of a line beside the values of its operation. */
const LINE_BYTES = 200;
/** Operations whose values are noted together. */
const NOTED_TOGETHER = 500;
/** Lines recorded together: as many products as the documents of one part carry. */
const RECORDED_TOGETHER = 30;

/** Whether all that the product lacks can be lines of files. */
export function goesInBulk({ look }: Looked): boolean {
  return look.operations.every(({ kind }) => BULK_KINDS.has(kind));
}

/** Files of one kind each, none larger than Shopify takes. */
function filesOf(operations: Operation[]): Operation[][] {
  const files: Operation[][] = [];
  for (const ofKind of Map.groupBy(operations, ({ kind }) => kind).values()) {
    let file: Operation[] = [];
    let bytes = 0;
    for (const operation of ofKind) {
      // What was and what is to be is said beside the values: more than the line needs.
      const own = Buffer.byteLength(JSON.stringify(operation)) + LINE_BYTES;
      if (file.length > 0 && bytes + own > MOST_BYTES) {
        files.push(file);
        [file, bytes] = [[], 0];
      }
      file.push(operation);
      bytes += own;
    }
    if (file.length > 0) files.push(file);
  }
  return files;
}

/** One job's use of the lane. */
export class BulkCarriage {
  private readonly watch: BulkWatch;
  /** Operations that Shopify may be working through. */
  private underWay = 0;
  /** Lines that were carried out, and whether something of them is not known. */
  private lines = 0;
  private isOdd = false;
  /** Lines of one product may be in several files: they are recorded one after the other, as those of a document are. */
  private readonly recording = pLimit(1);

  constructor(
    private readonly session: Session,
    private readonly writeId: string,
  ) {
    this.watch = new BulkWatch(session, writeId);
  }

  /** The run was cancelled meanwhile: operations were stopped. */
  get isCancelled(): boolean {
    return this.watch.isRunCancelled;
  }

  get isUnderWay(): boolean {
    return this.underWay > 0;
  }

  /** Carries what these products lack; what no line settled is left as it is. It took `loadSeconds` to know it. */
  async carry(looks: Looked[], patience: Patience, loadSeconds: number): Promise<void> {
    const { now } = this.session.resources;
    const beganAt = now().getTime();
    const byProduct = new Map(looks.map((looked) => [looked.work.productId, looked]));
    const lane = pLimit(MOST_AT_ONCE);
    const files = filesOf(looks.flatMap(({ look }) => look.operations));
    const results = await Promise.allSettled(
      files.map((operations, index) =>
        lane(() => this.carryFile(byProduct, operations, this.tokenOf(index), patience)),
      ),
    );
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    await this.learn(loadSeconds + (now().getTime() - beganAt) / 1_000);
  }

  /** Waits for operations of an earlier attempt, which was cut off: what they wrote is then read again. */
  async awaitFormer(operations: BulkWriteOperation[]): Promise<void> {
    const { scope, context } = this.session;
    for (const operation of operations) {
      if (operation.hasEnded) continue;
      this.underWay += 1;
      let { id } = operation;
      if (id === null) {
        const found = await scope.store.findBulkWrite(operation.token, { signal: context.signal });
        await spend(this.session, found.spent);
        id = found.id;
      }
      if (id !== null) await this.watch.ended({ ...operation, id }, null);
      await this.hasEnded({ ...operation, id });
    }
  }

  /** A GraphQL name of its own for each file of the job. */
  private tokenOf(index: number): string {
    return `Bulk_${this.writeId.replaceAll('-', '')}_${index}`;
  }

  private async note(operation: BulkWriteOperation): Promise<void> {
    await noteBulkOperation(this.session.resources.db, this.writeId, operation);
  }

  private async carryFile(
    byProduct: ReadonlyMap<SourceId, Looked>,
    operations: Operation[],
    token: string,
    patience: Patience,
  ): Promise<void> {
    const { resources, scope, context } = this.session;
    if (await this.watch.isRunStopped()) return;
    for (const part of chunksOf(operations, NOTED_TOGETHER)) {
      const calls = part.map((operation) => ({ kind: operation.kind, operations: [operation] }));
      await noteSent(resources.db, scope.shopId, sentValues(byProduct, calls));
    }
    const operation = { token, id: null, lines: operations.length, hasEnded: false };
    await this.note(operation);
    this.underWay += 1;
    const started = await this.watch.start(operations, token);
    if (started === 'not started') {
      this.isOdd = true;
      return this.hasEnded(operation);
    }
    noteLeft(byProduct, operations, resources.now());
    if (started === 'unknown') {
      this.isOdd = true;
      await this.record(byProduct, operations, null);
      return this.hasEnded(operation);
    }
    const running = { ...operation, id: started };
    await this.note(running);
    const end = await this.watch.ended(running, patience);
    this.carriedOut(end, operations.length);
    context.signal.throwIfAborted();
    await this.record(byProduct, operations, end?.url ?? end?.partialUrl ?? null);
    await this.hasEnded(running);
  }

  private async hasEnded(operation: BulkWriteOperation): Promise<void> {
    await this.note({ ...operation, hasEnded: true });
    this.underWay -= 1;
  }

  private carriedOut(end: BulkOperation | null, ofLines: number): void {
    if (end === null) this.isOdd = true;
    else this.lines += end.status === 'completed' ? ofLines : Math.max(1, end.rootObjects);
  }

  /** By our own clock: Shopify tells whole seconds. */
  private async learn(seconds: number): Promise<void> {
    const { resources, scope } = this.session;
    // Somebody who stops a run says nothing of the store.
    if (this.isOdd || this.lines === 0 || this.watch.isRunCancelled) return;
    await addTimes(resources.db, scope.shopId, { bulk: { lines: this.lines, seconds } });
  }

  /** Records what the lines of a result tell; operations of which it tells nothing count as without an answer. */
  private async record(
    byProduct: ReadonlyMap<SourceId, Looked>,
    operations: Operation[],
    url: string | null,
  ): Promise<void> {
    const untold = new Set(operations.keys());
    let batch: OperationOutcome[] = [];
    const flush = async () => {
      const outcomes = batch;
      batch = [];
      await this.recording(() => this.recordOutcomes(byProduct, outcomes));
    };
    if (url !== null)
      try {
        const { scope, context } = this.session;
        for await (const { index, outcome } of scope.store.bulkOutcomes(url, operations, {
          signal: context.signal,
        })) {
          if (!untold.delete(index) || !outcome) continue;
          batch.push(outcome);
          if (batch.length >= RECORDED_TOGETHER) await flush();
        }
      } catch (error) {
        if (!(error instanceof BulkResultUnreadable)) throw error;
        this.session.resources.log.warn({ err: error }, 'A bulk result could not be read');
      }
    for (const [index, operation] of operations.entries()) {
      if (!untold.has(index)) continue;
      batch.push({
        kind: 'unknown',
        operation,
        message: 'The bulk operation did not tell what became of it.',
      });
      if (batch.length >= RECORDED_TOGETHER) await flush();
    }
    await flush();
  }

  private async recordOutcomes(
    byProduct: ReadonlyMap<SourceId, Looked>,
    outcomes: OperationOutcome[],
  ): Promise<void> {
    if (outcomes.length === 0) return;
    const { resources, scope } = this.session;
    const report = {
      calls: [],
      outcomes: outcomes.map((outcome) => ({ outcome, points: 0 })),
      spent: { ...nothingSpent(), mutations: outcomes.length },
    };
    await recordDocument(resources, scope, recordingJob(this.session), byProduct, report);
    await progress(this.session);
  }
}
