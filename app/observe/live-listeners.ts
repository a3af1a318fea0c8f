import { z } from 'zod';
import { liveEvent } from './live-events';
import type { LiveEvent } from './live-events';

const message = z.object({ shopId: z.string(), event: liveEvent });

/** What goes over the wire. */
export function encode(shopId: string, event: LiveEvent): string {
  return JSON.stringify({ shopId, event });
}

/** Who listens to which shop in this process. */
export class LiveListeners {
  readonly #byShop = new Map<string, Set<(event: LiveEvent) => void>>();

  /** True when it is the first listener of the shop. */
  add(shopId: string, listener: (event: LiveEvent) => void): boolean {
    const held = this.#byShop.get(shopId);
    if (held) {
      held.add(listener);
      return false;
    }
    this.#byShop.set(shopId, new Set([listener]));
    return true;
  }

  /** True when nobody listens to the shop any more. */
  remove(shopId: string, listener: (event: LiveEvent) => void): boolean {
    const held = this.#byShop.get(shopId);
    if (!held?.delete(listener) || held.size > 0) return false;
    this.#byShop.delete(shopId);
    return true;
  }

  /** Hands a message from the wire to the listeners of its shop. Throws where it is not one of ours. */
  deliver(text: string): void {
    const { shopId, event } = message.parse(JSON.parse(text));
    for (const listener of [...(this.#byShop.get(shopId) ?? [])]) listener(event);
  }
}
