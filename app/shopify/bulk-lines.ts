/** The result of a bulk operation: lines of JSON, loaded as they are needed and never held whole. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { BulkResultUnreadable } from './gateway';
import type { BulkReading } from './gateway';

export interface DownloadParts {
  fetch: typeof fetch;
  random: () => number;
  timeoutMs?: number;
}

/** Nothing for so long means that the connection is dead. */
const SILENCE_MS = 30_000;
/** Attempts in a row that brought no further line. */
const MAX_ATTEMPTS = 5;

/** Lines of one attempt. Throws where the connection breaks, before the last line is complete included. */
async function* linesOnce(
  parts: DownloadParts,
  url: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  const silence = new AbortController();
  const stop = () => silence.abort(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  const tooLong = () => silence.abort(new Error('The result of the bulk operation stopped coming.'));
  let timer = setTimeout(tooLong, parts.timeoutMs ?? SILENCE_MS);
  try {
    signal?.throwIfAborted();
    const response = await parts.fetch(url, { signal: silence.signal });
    if (response.status === 403 || response.status === 404 || response.status === 410) {
      await response.body?.cancel();
      throw new BulkResultUnreadable(`The result of the bulk operation is gone (HTTP ${response.status}).`);
    }
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        clearTimeout(timer);
        const pieces = (rest + decoder.decode(part.value, { stream: true })).split('\n');
        rest = pieces.pop() ?? '';
        // Whoever takes the lines may take its time: only Shopify's silence counts.
        for (const line of pieces) if (line.trim() !== '') yield line;
        timer = setTimeout(tooLong, parts.timeoutMs ?? SILENCE_MS);
      }
    } finally {
      await reader.cancel();
    }
    rest += decoder.decode();
    if (rest.trim() !== '') yield rest;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/**
 * Lines of a result. A connection that breaks is made again, and what was given out already is passed over; after several
 * attempts in a row that brought nothing it gives up.
 */
export async function* linesOf(
  parts: DownloadParts,
  url: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<string> {
  let given = 0;
  let failures = 0;
  for (;;) {
    let at = 0;
    try {
      for await (const line of linesOnce(parts, url, signal)) {
        at += 1;
        if (at <= given) continue;
        given = at;
        failures = 0;
        yield line;
      }
      return;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof BulkResultUnreadable) throw error;
      failures += 1;
      if (failures >= MAX_ATTEMPTS)
        throw new BulkResultUnreadable(
          `The result of the bulk operation cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
        );
      await sleep(parts.random() * 500 * 2 ** failures, undefined, signal ? { signal } : {});
    }
  }
}

const lineSchema = z.looseObject({ id: z.string(), __parentId: z.string().optional() });
export type BulkLine = z.infer<typeof lineSchema>;

function parsedLine(text: string): BulkLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BulkResultUnreadable('A line of the bulk result is no JSON: the file is cut off.');
  }
  const parsed = lineSchema.safeParse(value);
  if (!parsed.success)
    throw new BulkResultUnreadable(`A line of the bulk result has no id: ${text.slice(0, 200)}`);
  return parsed.data;
}

/** What a line is, by its id: "gid://shopify/ProductVariant/1" is a "ProductVariant". */
export const kindOf = ({ id }: BulkLine): string => id.split('/')[3] ?? '';

export interface BulkGroup {
  root: BulkLine;
  children: BulkLine[];
  /** Lines of the result up to the end of the group. */
  lines: number;
}

/**
 * Objects with their children, which follow them at once; those of the first `skipLines` lines are left out. `isOwn` says
 * whether a parent's id means the root: a list inside an object of the root may name that object. Throws where the file holds
 * fewer than `rootObjects`.
 */
export async function* bulkGroups(
  parts: DownloadParts,
  url: string,
  options: BulkReading,
  isOwn: (root: BulkLine, parentId: string) => boolean,
): AsyncGenerator<BulkGroup> {
  let group: BulkGroup | null = null;
  let lines = 0;
  let roots = 0;
  for await (const text of linesOf(parts, url, options.signal)) {
    lines += 1;
    if (lines <= options.skipLines) {
      if (!text.includes('"__parentId"')) roots += 1;
      continue;
    }
    const line = parsedLine(text);
    if (line.__parentId === undefined) {
      if (group) yield group;
      group = { root: line, children: [], lines };
      roots += 1;
    } else if (group && isOwn(group.root, line.__parentId)) {
      group.children.push(line);
      group.lines = lines;
    } else throw new BulkResultUnreadable(`${line.id} does not follow its parent ${line.__parentId}.`);
  }
  if (roots < options.rootObjects)
    throw new BulkResultUnreadable(`The bulk result holds ${roots} of ${options.rootObjects} objects.`);
  if (group) yield group;
}
