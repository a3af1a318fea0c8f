/** The SQL that whoever looks after a MySQL or MariaDB runs: no right that is not needed. Pure. */
import { columnsOf, watchedBy } from '~/core/source-mapping';
import type { RelationDescription } from '~/core/source-mapping';
import type { CheckTerms } from '../external-database';
import { externalNames } from '../external-names';
import { quoteName, quoteRelation, textOf } from './mysql-quoting';
import { columnNamed } from './mysql-tables';

export interface MysqlScriptTerms extends CheckTerms {
  username: string;
  /** The watched tables as they are. */
  watched: RelationDescription[];
}

/** A comment of one line, whatever the text holds. */
const comment = (text: string) => `-- ${text.replaceAll(/[\r\n]+/g, ' ')}`;

const account = (username: string) => `${quoteName(username)}@'%'`;
const names = (columns: string[]) => columns.map(quoteName).join(', ');

function user({ username }: MysqlScriptTerms): string[] {
  return [
    comment(
      'The user. Leave this out where it exists already; in place of % may stand the address of this server.',
    ),
    `CREATE USER ${account(username)} IDENTIFIED BY 'choose a long password';`,
  ];
}

function reading({ mapping, username, mode, scanColumn, writes }: MysqlScriptTerms): string[] {
  const scanned = mode === 'scan' && scanColumn !== null ? [scanColumn] : [];
  const columns = [...new Set([...columnsOf(mapping), ...scanned])];
  const relation = quoteRelation(mapping.relation);
  const to = account(username);
  return [
    comment('It may read the mapped columns, and nothing else.'),
    `GRANT SELECT (${names(columns)}) ON ${relation} TO ${to};`,
    ...(writes.length > 0
      ? [
          comment('What Shopify’s side wins is written back into these columns.'),
          `GRANT UPDATE (${names(writes)}) ON ${relation} TO ${to};`,
        ]
      : []),
  ];
}

function replicating({ mapping, username }: MysqlScriptTerms): string[] {
  const to = account(username);
  return [
    comment(
      'What changes is told from the binary log, as to a replica. The server needs log_bin, binlog_format = ROW',
    ),
    comment(
      'and binlog_row_image = FULL; MySQL also gtid_mode = ON and binlog_transaction_compression = OFF.',
    ),
    `GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO ${to};`,
    ...mapping.watched.map(
      ({ relation, keyColumns }) =>
        `GRANT SELECT (${names(keyColumns)}) ON ${quoteRelation(relation)} TO ${to};`,
    ),
  ];
}

function keyExpression(
  table: RelationDescription | undefined,
  keyColumns: string[],
  record: 'NEW' | 'OLD',
): string {
  const column = (name: string) => {
    const of = `${record}.${quoteName(name)}`;
    return table === undefined ? `CONVERT(${of} USING utf8mb4)` : textOf(columnNamed(table, name), of);
  };
  const [only] = keyColumns;
  return keyColumns.length === 1 && only !== undefined
    ? column(only)
    : `JSON_ARRAY(${keyColumns.map(column).join(', ')})`;
}

function triggers(terms: MysqlScriptTerms): string[] {
  const { sourceId, username, mapping, watched } = terms;
  const { schema } = externalNames(sourceId);
  const own = quoteName(schema);
  const outbox = `${own}.\`outbox\``;
  const lines = [
    comment(
      'Each changed row leaves the key of its product here, in the same transaction; Lockstep deletes what it has',
    ),
    comment('taken over. The triggers run as you, who create them: choose an account that stays.'),
    comment(
      'With log_bin on, an account without SUPER needs log_bin_trust_function_creators = ON to create triggers.',
    ),
    `CREATE DATABASE ${own} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;`,
    `CREATE TABLE ${outbox} (id bigint unsigned AUTO_INCREMENT PRIMARY KEY, \`key\` text NOT NULL, at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP) ENGINE = InnoDB;`,
    `GRANT SELECT, DELETE ON ${outbox} TO ${account(username)};`,
  ];
  for (const [index, { relation, keyColumns }] of watchedBy(mapping).entries()) {
    const table = watched.find(({ schema: of, name }) => of === relation.schema && name === relation.name);
    const key = (record: 'NEW' | 'OLD') => keyExpression(table, keyColumns, record);
    const isWhole = (record: 'NEW' | 'OLD') =>
      keyColumns.map((name) => `${record}.${quoteName(name)} IS NOT NULL`).join(' AND ');
    const note = (record: 'NEW' | 'OLD') => `SELECT ${key(record)} FROM DUAL WHERE ${isWhole(record)}`;
    const moments: [string, string][] = [
      ['INSERT', note('NEW')],
      ['UPDATE', `${note('OLD')} UNION ALL ${note('NEW')}`],
      ['DELETE', note('OLD')],
    ];
    for (const [moment, selected] of moments) {
      const trigger = `${quoteName(relation.schema)}.${quoteName(`${schema}_${index + 1}_${moment.toLowerCase()}`)}`;
      lines.push(
        `CREATE TRIGGER ${trigger} AFTER ${moment} ON ${quoteRelation(relation)} FOR EACH ROW INSERT INTO ${outbox} (\`key\`) ${selected};`,
      );
    }
  }
  return [...lines, comment('TRUNCATE is not seen.')];
}

function scanning({ mapping, scanColumn }: MysqlScriptTerms): string[] {
  return [
    comment('Each look asks for what changed since the last one: this index keeps that cheap.'),
    `CREATE INDEX lockstep_moved ON ${quoteRelation(mapping.relation)} (${quoteName(scanColumn ?? 'updated_at')});`,
  ];
}

/** The script for a mode. Names of the merchant are quoted; the password is left for the reader to choose. */
export function mysqlScript(terms: MysqlScriptTerms): string {
  const { mode } = terms;
  const parts = [
    [comment('Lockstep: run this once as an administrator.')],
    user(terms),
    reading(terms),
    mode === 'stream' ? replicating(terms) : mode === 'outbox' ? triggers(terms) : scanning(terms),
  ];
  return parts.map((lines) => lines.join('\n')).join('\n\n');
}
