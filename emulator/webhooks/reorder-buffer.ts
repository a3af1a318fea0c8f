/** Mixes a stream up to a known degree. */
import type { Random } from '../random';

interface Held<T> {
  item: T;
  overtaken: number;
}

/**
 * Holds at most `window` items back and lets the others go in a random order in which no item is overtaken by more
 * than `window` later ones. A window of 0 keeps the order.
 */
export class ReorderBuffer<T> {
  #held: Held<T>[] = [];
  readonly #random: () => Random;

  /** The randomness is asked for at each use, so that it can be seeded anew. */
  constructor(random: () => Random) {
    this.#random = random;
  }

  get size(): number {
    return this.#held.length;
  }

  /** Takes an item in; answers those that leave now. */
  push(item: T, window: number): T[] {
    this.#held.push({ item, overtaken: 0 });
    return this.#release(window, window);
  }

  /** Lets all leave, still within the window. */
  drain(window: number): T[] {
    return this.#release(window, 0);
  }

  #release(window: number, keep: number): T[] {
    const released: T[] = [];
    while (this.#held.length > keep) released.push(this.#take(window));
    return released;
  }

  #take(window: number): T {
    const exhausted = this.#held.findIndex((held) => held.overtaken >= window);
    const choices = exhausted === -1 ? this.#held.length : exhausted + 1;
    const index = Math.floor(this.#random()() * choices);
    for (const earlier of this.#held.slice(0, index)) earlier.overtaken++;
    const [taken] = this.#held.splice(index, 1);
    if (!taken) throw new Error('The reorder buffer is empty.');
    return taken.item;
  }
}
