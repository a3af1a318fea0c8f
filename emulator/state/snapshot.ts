/** Keeps the state in one JSON file across restarts of the demo. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Shop } from './shop';
import type { EmulatorState } from './state';

const VERSION = 1;
/** How long changes are gathered before the file is written. */
const WRITE_AFTER_MS = 1_000;
/** Held in memory only: large, and of no use after a restart. */
const TRANSIENT: readonly (keyof Shop)[] = ['bulkResults', 'stagedUploads'];

interface Snapshot {
  version: typeof VERSION;
  nextId: string;
  shops: EmulatorState['shops'];
  tokens: EmulatorState['tokens'];
  refreshTokens: EmulatorState['refreshTokens'];
}

function replacer(key: string, value: unknown): unknown {
  if (value instanceof Map) {
    const transient = TRANSIENT.some((name) => name === key);
    return { $map: transient ? [] : [...value.entries()] };
  }
  return value;
}

function reviver(_key: string, value: unknown): unknown {
  if (typeof value === 'object' && value !== null && '$map' in value && Array.isArray(value.$map)) {
    return new Map(value.$map);
  }
  return value;
}

/** The state as JSON text; Maps become {"$map": [[key, value], ...]}. */
export function stateToJson(state: EmulatorState): string {
  const { shops, tokens, refreshTokens } = state;
  const snapshot: Snapshot = { version: VERSION, nextId: String(state.nextId), shops, tokens, refreshTokens };
  return JSON.stringify(snapshot, replacer);
}

/** Puts what `stateToJson` wrote into a state. Throws where the text is of another version. */
export function stateFromJson(state: EmulatorState, text: string): void {
  const snapshot: Snapshot = JSON.parse(text, reviver);
  if (snapshot.version !== VERSION) {
    throw new Error(
      `The data file has version ${snapshot.version}; this emulator reads ${VERSION}. Delete the file.`,
    );
  }
  state.nextId = BigInt(snapshot.nextId);
  state.shops = snapshot.shops;
  // Files written before there were collections have none.
  for (const shop of state.shops.values()) {
    if (!('collections' in shop)) Object.assign(shop, { collections: new Map() });
    // And orders written before they could be refunded say nothing of it.
    for (const order of shop.orders.values()) {
      const { lines } = order;
      if ('refunds' in order) continue;
      Object.assign(order, { refunds: [], cancelledAt: null, test: true });
      for (const line of lines) Object.assign(line, { discount: '0.00' });
    }
  }
  state.tokens = snapshot.tokens;
  state.refreshTokens = snapshot.refreshTokens;
}

/**
 * Loads the file where it exists, then writes it a second after changes, and at close. Written beside and renamed, so
 * a crash leaves the older file whole. Throws where the file cannot be read.
 */
export function keepSnapshot(state: EmulatorState, path: string): { close: () => void } {
  if (existsSync(path)) stateFromJson(state, readFileSync(path, 'utf8'));
  mkdirSync(dirname(path), { recursive: true });
  let timer: NodeJS.Timeout | null = null;
  const write = () => {
    timer = null;
    const beside = `${path}.new`;
    writeFileSync(beside, stateToJson(state));
    renameSync(beside, path);
  };
  const stop = state.events.onEvent(() => {
    timer ??= setTimeout(write, WRITE_AFTER_MS);
  });
  return {
    close: () => {
      stop();
      if (timer) clearTimeout(timer);
      write();
    },
  };
}
