/**
 * What Lockstep asks of a merchant's own database, whichever kind it is. The use cases know this and no more; PostgreSQL
 * (`postgres-database.ts`) and MySQL with MariaDB (`mysql/mysql-database.ts`) answer it.
 */
import type { Relation, RelationDescription, SourceMapping, SourceRow } from '~/core/source-mapping';
import type { SourceMode } from '~/core/source-mode';
import type { ColumnWrite } from './column-write';
import type { SourceAdvice } from './external-advice';

export type TlsMode = 'verify' | 'encrypt' | 'off';

export interface ExternalAddress {
  /** As the merchant wrote it: what a certificate must name. */
  host: string;
  /** The address that was looked at and found open: what is connected to. */
  address: string;
  port: number;
  database: string;
  username: string;
  password: string;
  tls: TlsMode;
  /** PEM; null: the authorities that the system trusts. */
  authority: string | null;
}

export type ListedRelation = Relation & { kind: 'table' | 'view' };

/** What became of a write: the text that the row shows then, or that the row holds something else, which stays. */
export type WriteResult = { result: 'written'; text: string | null } | { result: 'moved' };

/** How far behind the following is, as the server reckons it. */
export interface Backlog {
  bytes: bigint | null;
  /** wal_status of PostgreSQL; null where a server has no such thing. */
  state: string | null;
}

/** One statement after the other. Where the connection breaks, the statement under way rejects. */
export interface ExternalConnection {
  /** Tables and views that the role may read at least a column of. */
  listRelations(): Promise<ListedRelation[]>;
  /** The columns that the role may read. Null: there is no such table. */
  describeRelation(relation: Relation): Promise<RelationDescription | null>;
  /** The first rows, in the order of their keys. */
  readFirstRows(mapping: SourceMapping, relation: RelationDescription, limit: number): Promise<SourceRow[]>;
  /** The rows of these products, by key; a product without rows has an empty list. */
  readRowsOf(
    mapping: SourceMapping,
    relation: RelationDescription,
    keys: string[],
  ): Promise<Map<string, SourceRow[]>>;
  /** Writes where the row still holds what was known of it; an earlier write that was not told of counts as this one. */
  writeColumn(relation: RelationDescription, write: ColumnWrite): Promise<WriteResult>;
  /** What lies between the confirmed position and the end of the log; null where none is followed. */
  readBacklog(sourceId: string, position: string | null): Promise<Backlog | null>;
  /** Whatever state it is in. */
  close(): Promise<void>;
}

/** All rows as of one moment; those of a product follow each other. Memory holds one batch. */
export interface Snapshot {
  /** From where what happened since is followed; null where the server keeps that itself. */
  position: string | null;
  /** How many rows there are; asked before the first ones are. */
  count(): Promise<number>;
  /** The next rows in the order of their keys; empty at the end. */
  next(): Promise<SourceRow[]>;
  /** Also where reading was cut off. */
  end(): Promise<void>;
}

export interface SnapshotTerms {
  sourceId: string;
  mapping: SourceMapping;
  relation: RelationDescription;
  mode: SourceMode;
  /** Rows at a time. */
  batch: number;
  signal: AbortSignal;
}

export type FollowWay =
  /** `from`: as the snapshot, or onPosition later, said. */
  | { mode: 'stream'; from: string | null }
  | { mode: 'outbox' }
  /** `rereadAt`: when all rows must be read again, because deletes are found by that alone. */
  | { mode: 'scan'; column: string; from: string | null; rereadAt: Date };

export interface FollowTerms {
  sourceId: string;
  mapping: SourceMapping;
  way: FollowWay;
  signal: AbortSignal;
  now: () => Date;
  /** Called for one set of keys after the other; when its promise resolves, what it did is durable. */
  onKeys: (keys: string[]) => Promise<void>;
  /** The changes are being followed. */
  onAlive: () => void;
  /** Keeps from where to follow after a break; called when the work before it is durable. */
  onPosition: (position: string) => Promise<void>;
  /** A transaction up to this place of the log was not shown to other connections in time: its rows are read again. */
  onUnseen: (place: string) => void;
}

/** All rows must be read again: what moved cannot be told product by product. */
export class RereadEverything extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'RereadEverything';
  }
}

export interface CheckTerms {
  sourceId: string;
  mapping: SourceMapping;
  mode: SourceMode;
  scanColumn: string | null;
  /** Columns may be written where the merchant allows it. */
  writes: string[];
}

export interface CheckedDatabase {
  /** What stands against starting. */
  problems: SourceAdvice[];
  /** For whoever looks after the database. */
  script: string;
}

export interface ExternalDatabase {
  open(options?: { statementMs?: number }): Promise<ExternalConnection>;
  /** What following needs, tried as far as that can be without writing anything. */
  check(terms: CheckTerms): Promise<CheckedDatabase>;
  /** Notes from where changes will be followed, and begins to read all rows as of then. */
  beginSnapshot(terms: SnapshotTerms): Promise<Snapshot>;
  /** Follows until the signal is aborted (resolves); rejects with what ended it, RereadEverything where only that helps. */
  follow(terms: FollowTerms): Promise<void>;
  /** Whether only reading all rows again helps after this error. */
  needsReread(error: unknown, sourceId: string): Promise<boolean>;
  /** Has the server forget what it keeps for us. */
  letGo(sourceId: string): Promise<void>;
  /** What somebody must do by hand where letting go failed. */
  byHand(sourceId: string): string;
}
