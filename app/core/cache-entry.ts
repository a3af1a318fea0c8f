/**
 * How long an entry of the cache is trusted. What is older is still merged with; it is only looked at once more before it is
 * written over. What is marked as changed is read whole before anything.
 */

/** What a person chose for the cache of a product. */
export interface CacheControl {
  isPinned: boolean;
  /** Null: as the store has it. */
  ttlSeconds: number | null;
}

/** How long what was seen is trusted. */
export type EntryTrust = { kind: 'pinned' } | { kind: 'for'; ms: number };

/** At least a second: what is never trusted would be confirmed and confirmed again. At most a month: a pin says "for good". */
export const TTL_SECONDS = { least: 1, most: 30 * 86_400 } as const;

/** The product's own choice, else the store's, else what whoever runs the app chose. */
export function trustOf(
  control: CacheControl | null,
  storeTtlSeconds: number | null,
  usualMs: number,
): EntryTrust {
  if (control?.isPinned) return { kind: 'pinned' };
  const seconds = control?.ttlSeconds ?? storeTtlSeconds;
  return { kind: 'for', ms: seconds === null ? usualMs : seconds * 1_000 };
}

/** Until when what was seen at this instant is trusted; null: for good. */
export function trustedUntil(seenAt: Date, trust: EntryTrust): Date | null {
  return trust.kind === 'pinned' ? null : new Date(seenAt.getTime() + trust.ms);
}

/** Whether what was seen at this instant may be written over without another look. */
export function isTrusted(seenAt: Date | null, trust: EntryTrust, now: Date): boolean {
  if (seenAt === null) return false;
  const until = trustedUntil(seenAt, trust);
  return until === null || now < until;
}

/** What is cached of a product. */
export interface EntryFacts {
  /** When it was read whole, or written. */
  fetchedAt: Date;
  /** When its plain fields were last found so. */
  confirmedAt: Date | null;
  invalidatedAt: Date | null;
}

export type EntryState =
  /** Nothing is cached: the next look reads. */
  | { kind: 'empty' }
  /** The next look reads. */
  | { kind: 'invalidated'; since: Date }
  /** The next write looks once more. */
  | { kind: 'expired'; since: Date }
  | { kind: 'fresh'; until: Date }
  | { kind: 'pinned' };

export function entryState(facts: EntryFacts | null, trust: EntryTrust, now: Date): EntryState {
  if (facts === null) return { kind: 'empty' };
  if (facts.invalidatedAt !== null) return { kind: 'invalidated', since: facts.invalidatedAt };
  const until = trustedUntil(lastSeen(facts), trust);
  if (until === null) return { kind: 'pinned' };
  return now < until ? { kind: 'fresh', until } : { kind: 'expired', since: until };
}

/** When the entry was last known to be true. */
export function lastSeen({ fetchedAt, confirmedAt }: Pick<EntryFacts, 'fetchedAt' | 'confirmedAt'>): Date {
  return confirmedAt !== null && confirmedAt > fetchedAt ? confirmedAt : fetchedAt;
}
