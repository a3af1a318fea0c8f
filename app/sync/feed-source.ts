/** Feeds the catalog of an account from the merchant's own database: all rows once, then what moves in them. */
import { setTimeout as sleep } from 'node:timers/promises';
import { RereadEverything } from '~/catalog/external-database';
import type { ExternalConnection, ExternalDatabase, FollowWay } from '~/catalog/external-database';
import { SourceTrouble } from '~/catalog/external-advice';
import { chunksOf } from '~/core/plan';
import type { RelationDescription } from '~/core/source-mapping';
import { modeOf } from '~/core/source-mode';
import { slotAlarm } from '~/core/source-slot';
import {
  SourceLeaseLost,
  noProblem,
  noteSourceProgress,
  releaseSource,
} from '~/db/source-connections.server';
import type { StoredSource } from '~/db/source-connections.server';
import { applySourceRows } from './apply-source-rows';
import type { Feeding } from './feeding';
import { askForSourceChanges } from './ask-for-source-changes';
import { connectedRelation } from './connected-relation';
import { readSourceSnapshot } from './read-source-snapshot';
import type { Resources } from './resources';
import { settleMissingRows } from './settle-missing-rows';
import { sourceAdvice, sourceDatabase } from './source-database';
import { sourceMapping } from './source-mapping-schema';
import { tellShops } from './tell-shops';
import { writeBackToSource } from './write-back-to-source';

/** Products whose rows are read and written together. */
const PRODUCTS_AT_A_TIME = 200;
const STATUS_EVERY_MS = 5_000;
const WRITE_BACK_EVERY_MS = 1_000;
const ALARM_EVERY_MS = 600_000;
const DAY_MS = 24 * 3_600_000;
const LONGEST_WAIT_MS = 60_000;
/** Beyond this something waits for an answer that does not come. The next try begins where this one did. */
const LONGEST_TAKE_OVER_MS = 300_000;

interface Following {
  resources: Resources;
  source: StoredSource;
  feeding: Feeding;
  relation: RelationDescription;
  database: ExternalDatabase;
  /** Reads rows; nothing else is asked on it. */
  reader: ExternalConnection;
  signal: AbortSignal;
}

async function takeOver(following: Following, keys: string[]): Promise<void> {
  const ended = new AbortController();
  const late = sleep(LONGEST_TAKE_OVER_MS, undefined, { signal: ended.signal }).then(() => {
    throw new Error(
      `Taking over what moved in ${keys.length} products did not end within ${LONGEST_TAKE_OVER_MS / 60_000} minutes.`,
    );
  });
  try {
    await Promise.race([takeOverRows(following, keys), late]);
  } finally {
    ended.abort();
    late.catch(() => undefined); // it has lost the race
  }
}

async function takeOverRows(
  { resources, feeding, relation, reader, signal }: Following,
  keys: string[],
): Promise<void> {
  for (const chunk of chunksOf(keys, PRODUCTS_AT_A_TIME)) {
    const rows = await reader.readRowsOf(feeding.mapping, relation, chunk);
    await applySourceRows(
      resources,
      feeding,
      [...rows].map(([key, of]) => ({ key, rows: of })),
      0,
    );
  }
  await settleMissingRows(resources, feeding);
  await askForSourceChanges(resources, feeding, signal);
}

/** Notes now and then that all is well, and how far the following lags behind. */
function watchStatus(
  following: Following,
  side: ExternalConnection,
  position: () => string | null,
): { alive: () => void; stop: () => Promise<void> } {
  const { resources, source, feeding } = following;
  let last = 0;
  let alarmedAt = 0;
  let isMended = false;
  let under: Promise<void> = Promise.resolve();
  const note = async () => {
    const backlog = source.mode === 'stream' ? await side.readBacklog(source.id, position()) : null;
    await noteSourceProgress(resources.db, feeding, {
      followedAt: resources.now(),
      lagBytes: backlog?.bytes ?? null,
      slotState: backlog?.state ?? null,
      ...(isMended ? {} : noProblem),
    });
    const alarm = slotAlarm(backlog?.bytes == null ? null : Number(backlog.bytes), backlog?.state ?? null);
    if (alarm !== null && resources.now().getTime() - alarmedAt > ALARM_EVERY_MS) {
      alarmedAt = resources.now().getTime();
      resources.log.warn(
        { sourceId: source.id, alarm, bytes: String(backlog?.bytes) },
        'A source lags far behind its log',
      );
    }
    if (!isMended) await tellShops(resources, source.accountId, { kind: 'source-progress' });
    isMended = true;
  };
  const alive = () => {
    const now = resources.now().getTime();
    if (now - last < STATUS_EVERY_MS) return;
    last = now;
    // The stream itself tells of a broken connection or a lost lease; a status that could not be noted is noted next time.
    under = under
      .then(note)
      .catch((error: unknown) =>
        resources.log.warn({ err: error, sourceId: source.id }, 'The state of a source could not be noted'),
      );
  };
  const timer = setInterval(alive, STATUS_EVERY_MS);
  return {
    alive,
    stop: async () => {
      clearInterval(timer);
      await under;
    },
  };
}

/** From where, and how, this source is followed. */
async function wayOf({ resources, feeding }: Following): Promise<FollowWay> {
  const { db, now } = resources;
  const source = await db.sourceConnection.findUniqueOrThrow({ where: { id: feeding.sourceId } });
  const mode = modeOf(source.mode);
  switch (mode) {
    case 'stream':
      return { mode, from: source.cursor };
    case 'outbox':
      return { mode };
    case 'scan': {
      const { scanColumn: column, cursor: from } = source;
      if (column === null)
        throw new SourceTrouble({
          reason: 'No column says when a row was changed.',
          remedy: 'Choose the column, or another way to follow the changes.',
        });
      return {
        mode,
        column,
        from,
        rereadAt: new Date((source.snapshotStartedAt ?? now()).getTime() + DAY_MS),
      };
    }
  }
}

async function follow(following: Following): Promise<void> {
  const { resources, source, feeding, database, signal } = following;
  const way = await wayOf(following);
  let position = way.mode === 'stream' ? way.from : null;
  const side = await database.open();
  const status = watchStatus(following, side, () => position);
  const cut = () => void side.close();
  signal.addEventListener('abort', cut);
  const writer = source.writeBack ? await keepWritingBack(following) : null;
  try {
    // What a killed process had taken over and not asked for.
    await askForSourceChanges(resources, feeding, signal);
    await settleMissingRows(resources, feeding);
    await database.follow({
      sourceId: source.id,
      mapping: feeding.mapping,
      way,
      signal,
      now: resources.now,
      onAlive: status.alive,
      onKeys: (keys) => takeOver(following, keys),
      onPosition: async (reached) => {
        await noteSourceProgress(resources.db, feeding, { cursor: reached });
        position = reached;
      },
      onUnseen: (place) =>
        resources.log.warn({ sourceId: source.id, place }, 'The database is slow to show what is in its log'),
    });
  } finally {
    signal.removeEventListener('abort', cut);
    await status.stop();
    await writer?.stop();
    await side.close();
  }
}

/** Looks for what is to be written back, on a connection of its own. */
async function keepWritingBack(following: Following): Promise<{ stop: () => Promise<void> }> {
  const { resources, source, feeding, relation, database } = following;
  const connection = await database.open();
  let under: Promise<void> = Promise.resolve();
  let isBusy = false;
  const timer = setInterval(() => {
    if (isBusy) return;
    isBusy = true;
    under = writeBackToSource({ resources, source, feeding, relation, connection })
      .catch((error: unknown) =>
        resources.log.warn(
          { err: error, sourceId: source.id },
          'What is to be written back could not be read',
        ),
      )
      .finally(() => (isBusy = false));
  }, WRITE_BACK_EVERY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      await under;
      await connection.close();
    },
  };
}

async function feed(
  resources: Resources,
  source: StoredSource,
  holder: string,
  signal: AbortSignal,
): Promise<void> {
  const mapping = sourceMapping.parse(source.mapping);
  const database = await sourceDatabase(resources, source);
  const reader = await database.open();
  const cut = () => void reader.close();
  signal.addEventListener('abort', cut);
  try {
    const relation = await connectedRelation(reader, mapping);
    const { id: sourceId, accountId, mappingVersion, generation } = source;
    let feeding: Feeding = { sourceId, accountId, holder, mapping, mappingVersion, generation };
    if (source.phase === 'snapshot') {
      feeding = await readSourceSnapshot(resources, source, database, { feeding, relation, signal });
      await tellShops(resources, accountId, { kind: 'source-progress' });
    }
    await follow({ resources, source, feeding, relation, database, reader, signal });
  } finally {
    signal.removeEventListener('abort', cut);
    await reader.close();
  }
}

async function needsReread(resources: Resources, source: StoredSource, error: unknown): Promise<boolean> {
  if (error instanceof RereadEverything) return true;
  if (error instanceof SourceTrouble) return false;
  const database = await sourceDatabase(resources, source);
  return database.needsReread(error, source.id);
}

/**
 * Feeds until the signal is aborted or something fails; then the source is given back, with what a person should know, and
 * the instant of the next try. Never throws.
 */
export async function feedSource(
  resources: Resources,
  source: StoredSource,
  holder: string,
  signal: AbortSignal,
): Promise<void> {
  const { db, log, now } = resources;
  const { id: sourceId, accountId } = source;
  const release = (problem: { reason: string; remedy: string } | null, waitMs: number) =>
    releaseSource(db, {
      sourceId,
      holder,
      problem: problem === null ? null : { ...problem, at: now().toISOString() },
      retryAt: new Date(now().getTime() + waitMs),
    });
  try {
    await feed(resources, source, holder, signal);
    await release(null, 0);
  } catch (error) {
    if (signal.aborted || error instanceof SourceLeaseLost) return release(null, 0).catch(() => undefined); // its lease ends by itself
    try {
      if (await needsReread(resources, source, error)) {
        log.info({ sourceId, err: error }, 'A source is read anew');
        await noteSourceProgress(db, { sourceId, holder }, { phase: 'snapshot' });
        await release(null, 0);
        return;
      }
      const advice = sourceAdvice(source, error);
      log.warn({ sourceId, err: error, reason: advice.reason }, 'A source cannot be fed');
      const { attempts } = await db.sourceConnection.findUniqueOrThrow({
        where: { id: sourceId },
        select: { attempts: true },
      });
      await release(advice, Math.min(LONGEST_WAIT_MS, 1_000 * 2 ** Math.min(attempts, 6)));
      await tellShops(resources, accountId, { kind: 'source-progress' });
    } catch (failure) {
      if (failure instanceof SourceLeaseLost) return; // paused, or disconnected: nobody waits for it
      log.error(
        { sourceId, err: failure },
        'The end of a source could not be noted; its lease ends by itself',
      );
    }
  }
}
