/** Follows the changes of a merchant's tables in the binary log: which products have rows that moved. */
import { createHash } from 'node:crypto';
import { keyText, watchedBy } from '~/core/source-mapping';
import type { Relation, SourceMapping } from '~/core/source-mapping';
import { RereadEverything } from '../external-database';
import type { FollowTerms } from '../external-database';
import { dumpBinlog } from './binlog-dump';
import { UntoldKey, keysOf, readBinlogEvent } from './binlog-events';
import type { LoggedTable, PlacedColumn, RawEvent } from './binlog-events';
import { comparePositions, writePosition } from './binlog-position';
import type { BinlogPosition } from './binlog-position';
import { untilVisible } from './log-visibility';
import type { MysqlConnection } from './mysql-connection';
import { readKeyColumns } from './mysql-tables';
import { mayMoveRows } from './statement-effect';

/** Products looked at together; a transaction that moves more is taken in parts, so memory does not grow with it. */
const MOST_KEYS = 500;
/** Where the log never ends: how long something waits for more at most. */
const LONGEST_MS = 1_000;

/** Which replica a source is to the server: the same after each break, so that the server ends the former connection. */
export const serverIdOf = (sourceId: string): number =>
  1_000_000_000 + (createHash('sha256').update(sourceId).digest().readUInt32LE() % 3_000_000_000);

interface Watched {
  relation: Relation;
  columns: PlacedColumn[];
}

/** Follows from a position on; the state of one connection. */
class BinlogFollower {
  private readonly tables = new Map<number, { table: LoggedTable; watched: Watched } | null>();
  private readonly keys = new Set<string>();
  private readonly gtids = new Set<string>();
  /** XA transactions that were prepared without rows of ours: their end tells nothing. */
  private readonly foreign = new Set<string>();
  private xa = '';
  private hasRows = false;
  private isOpen = false;
  /** Where the log is read, and the last place between two transactions. */
  private at: BinlogPosition;
  private between: BinlogPosition;
  /** Where the last of the rows is whose keys wait. What stands behind it in the log may be no transaction, and seen by nobody. */
  private rowsAt: BinlogPosition;
  private kept = '';
  private keptAt = performance.now();

  constructor(
    from: BinlogPosition,
    private readonly terms: FollowTerms,
    private readonly watched: Watched[],
    /** For questions beside. */
    private readonly side: MysqlConnection,
  ) {
    this.at = from;
    this.between = from;
    this.rowsAt = from;
  }

  private async flush(): Promise<void> {
    const { onKeys, onPosition, onUnseen, signal } = this.terms;
    if (this.keys.size > 0) {
      const isSeen = await untilVisible(this.side, { until: this.rowsAt, gtids: this.gtids }, signal);
      await onKeys([...this.keys]);
      if (!isSeen) {
        onUnseen(`${this.rowsAt.file}, ${this.rowsAt.position}`);
        return; // The keys wait for the next sign of life.
      }
      this.keys.clear();
    }
    if (this.isOpen) return;
    // Within a transaction its own number stays: more of it may come.
    this.gtids.clear();
    this.keptAt = performance.now();
    const position = writePosition(this.between);
    if (position === this.kept) return;
    await onPosition(position);
    this.kept = position;
  }

  /** Between two transactions: what came before may be kept as done, once it is. */
  private settle(): void {
    this.isOpen = false;
    this.xa = '';
    // A file of more than 4 GB: the next one begins at a place that can be named.
    if (comparePositions(this.at, this.between) >= 0) this.between = this.at;
  }

  private moveTo(raw: RawEvent): void {
    if (raw.next > 0) this.at = { ...this.at, position: raw.next };
  }

  private takeTable(id: number, table: LoggedTable): void {
    const watched = this.watched.find(
      ({ relation }) => relation.schema === table.schema && relation.name === table.name,
    );
    this.tables.set(id, watched === undefined ? null : { table, watched });
  }

  private takeStatement(text: string): void {
    const [, order, xid = ''] =
      /^XA (START|BEGIN|END|PREPARE|COMMIT|ROLLBACK)\s+(.*)$/is.exec(text.trim()) ?? [];
    if (order !== undefined) {
      this.takeXa(order.toUpperCase(), xid.trim());
      return;
    }
    const relations = [this.terms.mapping.relation, ...this.watched.map(({ relation }) => relation)];
    if (mayMoveRows(text, relations))
      throw new RereadEverything(`A statement may have moved rows of the table: ${text.slice(0, 100)}`);
    if (!this.isOpen) this.settle();
  }

  private takeXa(order: string, xid: string): void {
    if (order === 'START' || order === 'BEGIN') {
      this.isOpen = true;
      this.hasRows = false;
      this.xa = xid;
    } else if (order === 'COMMIT' && !this.foreign.delete(xid))
      // What it wrote was logged when it was prepared, perhaps before we came.
      throw new RereadEverything('A prepared transaction was committed (XA).');
    else if (order === 'COMMIT' || order === 'ROLLBACK') {
      this.foreign.delete(xid);
      this.settle();
    }
  }

  /** Undefined where nothing is to be waited for. */
  take(raw: RawEvent, isLast: () => boolean): Promise<void> | void {
    const event = readBinlogEvent(raw);
    switch (event.kind) {
      case 'rotate':
        if (event.file !== this.at.file) {
          this.at = { file: event.file, position: event.position, begun: null };
          this.tables.clear();
          if (!this.isOpen) this.between = this.at;
        }
        return;
      case 'format':
        if (this.at.begun !== null && this.at.begun !== raw.timestamp)
          throw new RereadEverything(`The file ${this.at.file} is another one than it was.`);
        this.at = { ...this.at, begun: raw.timestamp };
        if (this.between.file === this.at.file) this.between = { ...this.between, begun: raw.timestamp };
        return;
      case 'begin':
        this.moveTo(raw);
        if (event.gtid !== null) this.gtids.add(event.gtid);
        if (!event.isAlone) this.isOpen = true;
        return;
      case 'table':
        this.moveTo(raw);
        this.takeTable(event.id, event.table);
        return;
      case 'rows': {
        this.moveTo(raw);
        const found = this.tables.get(event.table);
        if (found == null) return;
        this.hasRows = true;
        this.rowsAt = this.at;
        for (const row of keysOf(found.table, event.rows, found.watched.columns)) {
          const key = keyText(
            found.watched.columns.map(({ name }) => name),
            row,
          );
          if (key !== null) this.keys.add(key);
        }
        return this.keys.size >= MOST_KEYS ? this.flush() : undefined;
      }
      case 'statement':
        this.moveTo(raw);
        this.takeStatement(event.text);
        return this.afterTransaction(isLast);
      case 'commit':
        this.moveTo(raw);
        this.settle();
        return this.afterTransaction(isLast);
      case 'prepare':
        this.moveTo(raw);
        if (!this.hasRows && this.xa !== '') this.foreign.add(this.xa);
        this.settle();
        return this.afterTransaction(isLast);
      case 'heartbeat':
        return this.idle(raw);
      case 'nothing':
        this.moveTo(raw);
        return;
      case 'unreadable':
        throw new RereadEverything(event.reason);
    }
  }

  private afterTransaction(isLast: () => boolean): Promise<void> | void {
    if (this.isOpen) return;
    const isLate = performance.now() - this.keptAt > LONGEST_MS;
    if (isLate || this.keys.size >= MOST_KEYS || (this.keys.size > 0 && isLast())) return this.flush();
    // The numbers of other tables' transactions are of no use.
    if (this.keys.size === 0) this.gtids.clear();
  }

  private async idle(raw: RawEvent): Promise<void> {
    if (!this.isOpen && raw.next > this.at.position) {
      this.moveTo(raw);
      this.settle();
    }
    await this.flush();
    this.terms.onAlive();
  }
}

async function readWatched(side: MysqlConnection, mapping: SourceMapping): Promise<Watched[]> {
  const watched: Watched[] = [];
  for (const { relation, keyColumns } of watchedBy(mapping))
    watched.push({ relation, columns: await readKeyColumns(side, relation, keyColumns) });
  return watched;
}

/** Both connections are of this alone; the first one is closed at the end. */
export async function followBinlog(
  connections: { stream: MysqlConnection; side: MysqlConnection },
  from: BinlogPosition,
  terms: FollowTerms,
): Promise<void> {
  const follower = new BinlogFollower(
    from,
    terms,
    await readWatched(connections.side, terms.mapping),
    connections.side,
  );
  try {
    await dumpBinlog(connections.stream, {
      from,
      serverId: serverIdOf(terms.sourceId),
      signal: terms.signal,
      onStart: terms.onAlive,
      onEvent: (event, isLast) => follower.take(event, isLast),
    });
  } catch (error) {
    // The rows are not of the table that is there now: they were logged before it was altered.
    if (error instanceof UntoldKey || error instanceof RangeError) throw new RereadEverything(error.message);
    throw error;
  }
}
