/** Takes deliveries and gets them to the app, as well or badly as the knobs say. */
import pLimit from 'p-limit';
import { instant } from '../clock';
import type { EmulatorContext } from '../context';
import { seededRandom } from '../random';
import type { Random } from '../random';
import { attempt } from './delivery';
import type { Delivery } from './delivery';
import type { WebhookKnobs } from './knobs';
import { DEFAULT_KNOBS, knobsSchema, waitBeforeRetry } from './knobs';
import { ReorderBuffer } from './reorder-buffer';

export class DeliverySender {
  /** Mutable: read at the moment of use. Change it through `configure`, which checks the values. */
  readonly knobs: WebhookKnobs = { ...DEFAULT_KNOBS };
  /** What was sent, oldest first; pending ones included. */
  readonly deliveries: Delivery[] = [];
  readonly #context: EmulatorContext;
  readonly #onSettled: (delivery: Delivery) => void;
  readonly #limit = pLimit(DEFAULT_KNOBS.concurrency);
  readonly #buffer: ReorderBuffer<Delivery>;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #stop = new AbortController();
  #random: Random = seededRandom(DEFAULT_KNOBS.seed);
  #hold: NodeJS.Timeout | null = null;
  #underWay = 0;
  #waiting: (() => void)[] = [];

  constructor(context: EmulatorContext, onSettled: (delivery: Delivery) => void) {
    this.#context = context;
    this.#onSettled = onSettled;
    this.#buffer = new ReorderBuffer(() => this.#random);
  }

  /** Changes some knobs. Throws where a value is out of range, changing nothing. */
  configure(changes: Partial<WebhookKnobs>): WebhookKnobs {
    Object.assign(this.knobs, knobsSchema.parse({ ...this.knobs, ...changes }));
    if (changes.seed !== undefined) this.#random = seededRandom(changes.seed);
    this.#limit.concurrency = this.knobs.concurrency;
    return this.knobs;
  }

  /** Takes a delivery in; it may be lost or doubled here. */
  accept(delivery: Delivery): void {
    if (this.#stop.signal.aborted) return;
    this.#record(delivery);
    if (this.#random() < this.knobs.lossProbability) {
      delivery.status = 'lost';
      return;
    }
    this.#enqueue(delivery);
    if (this.#random() < this.knobs.duplicateProbability) {
      const copy: Delivery = { ...delivery, duplicate: true, attempts: [] };
      this.#record(copy);
      this.#enqueue(copy);
    }
  }

  /** Resolves when nothing is on its way any more, retries included; deliveries held for reordering leave at once. */
  async settle(): Promise<void> {
    this.#flush();
    if (this.#underWay === 0) return;
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Drops everything that is on its way. */
  close(): void {
    this.#stop.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    if (this.#hold) clearTimeout(this.#hold);
    this.#limit.clearQueue();
    this.#wake();
  }

  #record(delivery: Delivery): void {
    this.deliveries.push(delivery);
    while (this.deliveries.length > this.knobs.logSize) {
      const oldest = this.deliveries.findIndex((one) => one.status !== 'pending');
      if (oldest === -1) return;
      this.deliveries.splice(oldest, 1);
    }
  }

  #enqueue(delivery: Delivery): void {
    this.#underWay++;
    for (const released of this.#buffer.push(delivery, this.knobs.reorderWindow)) this.#leave(released);
    if (this.#hold) clearTimeout(this.#hold);
    this.#hold = this.#buffer.size > 0 ? setTimeout(() => this.#flush(), this.knobs.reorderHoldMs) : null;
  }

  #flush(): void {
    if (this.#hold) clearTimeout(this.#hold);
    this.#hold = null;
    for (const released of this.#buffer.drain(this.knobs.reorderWindow)) this.#leave(released);
  }

  #leave(delivery: Delivery): void {
    const { delayMinMs, delayMaxMs } = this.knobs;
    const delay = delayMinMs + this.#random() * Math.max(0, delayMaxMs - delayMinMs);
    if (delay > 0) this.#later(delay, delivery);
    else this.#send(delivery);
  }

  #later(delayMs: number, delivery: Delivery): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#send(delivery);
    }, delayMs);
    this.#timers.add(timer);
  }

  #send(delivery: Delivery): void {
    const at = () => instant(this.#context.clock.now());
    void this.#limit(async () => {
      const taken = await attempt(delivery, this.knobs, at(), this.#stop.signal);
      if (this.#stop.signal.aborted) return;
      const retry = delivery.attempts.length;
      if (!taken && retry <= this.knobs.retries) this.#later(waitBeforeRetry(this.knobs, retry), delivery);
      else this.#settled(delivery, taken ? 'delivered' : 'failed');
    });
  }

  #settled(delivery: Delivery, status: 'delivered' | 'failed'): void {
    delivery.status = status;
    this.#underWay--;
    this.#onSettled(delivery);
    if (this.#underWay === 0) this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
