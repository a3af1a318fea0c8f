/** The SQL that whoever looks after a merchant's database runs: no right that is not needed. Pure. */
import { columnsOf, watchedBy } from '~/core/source-mapping';
import type { RelationDescription, SourceMapping } from '~/core/source-mapping';
import type { SourceMode } from '~/core/source-mode';
import { externalNames } from '../external-names';
import { quoteName, quoteRelation, quoteText } from '../sql-quoting';

export interface ScriptTerms {
  sourceId: string;
  database: string;
  username: string;
  mapping: SourceMapping;
  mode: SourceMode;
  scanColumn: string | null;
  /** The watched tables as they are. */
  watched: RelationDescription[];
  /** server_version_num; 0 where it is not known. */
  serverVersion: number;
  /** Columns may be written where the merchant allows it. */
  writes: string[];
}

const COLUMN_LISTS = 150_000;

/** A comment of one line, whatever the text holds. */
const comment = (text: string) => `-- ${text.replaceAll(/[\r\n]+/g, ' ')}`;

const names = (columns: string[]) => columns.map(quoteName).join(', ');

function role({ username, database }: ScriptTerms, replicates: boolean): string[] {
  const attribute = replicates ? ' REPLICATION' : '';
  return [
    comment(
      `The role. Leave this out where it exists already${replicates ? ', and give it REPLICATION instead' : ''}.`,
    ),
    `CREATE ROLE ${quoteName(username)} LOGIN${attribute} PASSWORD 'choose a long password';`,
    ...(replicates
      ? [comment(`Where it exists: ALTER ROLE … REPLICATION. On Amazon RDS: GRANT rds_replication TO …`)]
      : []),
    `GRANT CONNECT ON DATABASE ${quoteName(database)} TO ${quoteName(username)};`,
  ];
}

function reading(terms: ScriptTerms): string[] {
  const { mapping, username, scanColumn, mode, writes } = terms;
  const to = quoteName(username);
  const columns = [
    ...new Set([...columnsOf(mapping), ...(mode === 'scan' && scanColumn !== null ? [scanColumn] : [])]),
  ];
  const relation = quoteRelation(mapping.relation);
  return [
    comment('It may read the mapped columns, and nothing else.'),
    `GRANT USAGE ON SCHEMA ${quoteName(mapping.relation.schema)} TO ${to};`,
    `GRANT SELECT (${names(columns)}) ON ${relation} TO ${to};`,
    ...(writes.length > 0
      ? [
          comment('What Shopify’s side wins is written back into these columns.'),
          `GRANT UPDATE (${names(writes)}) ON ${relation} TO ${to};`,
        ]
      : []),
  ];
}

/** True where the columns by which a row is known when it changes hold the product key. */
export function identityCovers(table: RelationDescription, keyColumns: string[]): boolean {
  return table.replicaIdentity === 'full' || keyColumns.every((column) => table.identity.includes(column));
}

function publishing(terms: ScriptTerms): string[] {
  const { mapping, sourceId, serverVersion, watched } = terms;
  const { publication } = externalNames(sourceId);
  const lines: string[] = [];
  const parts = watchedBy(mapping).map(({ relation, keyColumns }) => {
    const table = watched.find(({ schema, name }) => schema === relation.schema && name === relation.name);
    const covers = table !== undefined && identityCovers(table, keyColumns);
    if (!covers)
      lines.push(
        comment(
          'A deleted row must tell of which product it was. Without this, and without a primary key, a published table takes no UPDATE and no DELETE.',
        ),
        `ALTER TABLE ${quoteRelation(relation)} REPLICA IDENTITY FULL;`,
      );
    const isFull = !covers || table.replicaIdentity === 'full';
    const columns = [...new Set([...(table?.identity ?? []), ...keyColumns])];
    // Only keys travel: the rows are read when they are needed. A full identity takes no list of columns.
    return `${quoteRelation(relation)}${!isFull && serverVersion >= COLUMN_LISTS ? ` (${names(columns)})` : ''}`;
  });
  return [
    ...lines,
    comment('What changes is told from the write-ahead log. The server needs wal_level = logical.'),
    `CREATE PUBLICATION ${quoteName(publication)} FOR TABLE ${parts.join(', ')};`,
  ];
}

function keyExpression(keyColumns: string[], record: 'NEW' | 'OLD'): string {
  const column = (name: string) => `${record}.${quoteName(name)}::text`;
  const [only] = keyColumns;
  return keyColumns.length === 1 && only !== undefined
    ? column(only)
    : `jsonb_build_array(${keyColumns.map(column).join(', ')})::text`;
}

function triggers(terms: ScriptTerms): string[] {
  const { sourceId, username, mapping } = terms;
  const { schema, channel } = externalNames(sourceId);
  const own = quoteName(schema);
  const outbox = `${own}.outbox`;
  const lines = [
    comment(
      'Each changed row leaves the key of its product here, in the same transaction; Lockstep deletes what it has taken over.',
    ),
    `CREATE SCHEMA ${own};`,
    `CREATE TABLE ${outbox} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL, at timestamptz NOT NULL DEFAULT now());`,
    `GRANT USAGE ON SCHEMA ${own} TO ${quoteName(username)};`,
    `GRANT SELECT, DELETE ON ${outbox} TO ${quoteName(username)};`,
  ];
  for (const [index, { relation, keyColumns }] of watchedBy(mapping).entries()) {
    const name = `${own}.note_${index + 1}`;
    const insert = (record: 'NEW' | 'OLD') =>
      `INSERT INTO ${outbox} (key) SELECT noted.key FROM (SELECT ${keyExpression(keyColumns, record)} AS key) noted WHERE noted.key IS NOT NULL;`;
    lines.push(
      `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $lockstep$`,
      'BEGIN',
      "  IF TG_OP <> 'INSERT' THEN",
      `    ${insert('OLD')}`,
      '  END IF;',
      "  IF TG_OP = 'INSERT' OR (TG_OP = 'UPDATE' AND NEW IS DISTINCT FROM OLD) THEN",
      `    ${insert('NEW')}`,
      '  END IF;',
      `  PERFORM pg_notify(${quoteText(channel)}, '');`,
      '  RETURN NULL;',
      'END',
      '$lockstep$;',
      `CREATE TRIGGER ${quoteName(`lockstep_${index + 1}_${schema.slice(-12)}`)} AFTER INSERT OR UPDATE OR DELETE ON ${quoteRelation(relation)}`,
      `  FOR EACH ROW EXECUTE FUNCTION ${name}();`,
    );
  }
  lines.push(
    comment('TRUNCATE is not seen. To take all of this away again: DROP SCHEMA … CASCADE.'),
    comment(`DROP SCHEMA ${own} CASCADE;`),
  );
  return lines;
}

function scanning({ mapping, scanColumn }: ScriptTerms): string[] {
  const relation = quoteRelation(mapping.relation);
  const column = scanColumn ?? 'updated_at';
  return [
    comment('Each look asks for what changed since the last one: this index keeps that cheap.'),
    `CREATE INDEX CONCURRENTLY ON ${relation} (${quoteName(column)});`,
  ];
}

/** The script for a mode. Names and texts of the merchant are quoted; the password is left for the reader to choose. */
export function setUpScript(terms: ScriptTerms): string {
  const { mode } = terms;
  const parts = [
    [comment('Lockstep: run this once as the owner of the tables or as a superuser.')],
    role(terms, mode === 'stream'),
    reading(terms),
    mode === 'stream' ? publishing(terms) : mode === 'outbox' ? triggers(terms) : scanning(terms),
  ];
  return parts.map((lines) => lines.join('\n')).join('\n\n');
}

/** What takes all of it away again. */
export function removalScript(terms: Pick<ScriptTerms, 'sourceId' | 'mode'>): string {
  const { slot, publication, schema } = externalNames(terms.sourceId);
  if (terms.mode === 'stream')
    return [
      comment('A slot that nobody reads keeps the write-ahead log until the disk is full.'),
      `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = ${quoteText(slot)};`,
      `DROP PUBLICATION IF EXISTS ${quoteName(publication)};`,
    ].join('\n');
  return terms.mode === 'outbox' ? `DROP SCHEMA IF EXISTS ${quoteName(schema)} CASCADE;` : '';
}
