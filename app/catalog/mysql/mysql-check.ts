/** What following a MySQL or MariaDB needs of it, tried as far as that can be without writing anything. */
import { z } from 'zod';
import { watchedBy } from '~/core/source-mapping';
import type { SourceMapping } from '~/core/source-mapping';
import type { SourceMode } from '~/core/source-mode';
import { SourceTrouble } from '../external-advice';
import type { SourceAdvice, Where } from '../external-advice';
import { externalNames } from '../external-names';
import { dumpBinlog } from './binlog-dump';
import { isReadable } from './binlog-values';
import { endOfLog } from './log-visibility';
import { mysqlAdvice } from './mysql-advice';
import type { MysqlConnection } from './mysql-connection';
import { quoteName } from './mysql-quoting';
import { describeRelation, hasCascade, readKeyColumns } from './mysql-tables';

const HOUR_S = 3_600;
const CASCADE =
  'Rows that a foreign key deletes or changes (ON DELETE CASCADE, SET NULL) are told by no log and no trigger';
const CASCADE_REMEDY =
  'Have the application delete them itself, or choose “Read all rows again” after such a change. Everything else is followed.';
const OTHERWISE = 'Where that is not possible, choose triggers or the scan.';

const variableRows = z.array(z.object({ Variable_name: z.string(), Value: z.string().nullable() }));

const VARIABLES = [
  'log_bin',
  'binlog_format',
  'binlog_row_image',
  'binlog_row_value_options',
  'binlog_transaction_compression',
  'binlog_expire_logs_seconds',
  'expire_logs_days',
  'gtid_mode',
  'server_id',
];

async function readVariables(connection: MysqlConnection): Promise<(name: string) => string | null> {
  const rows = variableRows.parse(
    await connection.rows(
      `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${VARIABLES.map(() => '?').join(', ')})`,
      VARIABLES,
    ),
  );
  const values = new Map(rows.map((row) => [row.Variable_name.toLowerCase(), row.Value]));
  return (name) => values.get(name) ?? null;
}

/** Settings without which the log does not tell all that is needed. */
async function settingProblems(connection: MysqlConnection): Promise<SourceAdvice[]> {
  const { flavour } = connection.server;
  const value = await readVariables(connection);
  const problems: SourceAdvice[] = [];
  const demand = (isGood: boolean, reason: string, remedy: string) => {
    if (!isGood) problems.push({ reason, remedy });
  };
  if (value('log_bin') !== 'ON')
    return [
      {
        reason: 'The server writes no binary log (log_bin is off).',
        remedy: `Set log_bin, server_id and binlog_format = ROW in its configuration and restart it. Amazon RDS: switch automatic backups on. ${OTHERWISE}`,
      },
    ];
  demand(
    value('binlog_format') === 'ROW',
    `The binary log does not tell rows: binlog_format is “${value('binlog_format')}”.`,
    `SET GLOBAL binlog_format = 'ROW', and in the configuration; connections that are open keep their own until they reconnect. ${OTHERWISE}`,
  );
  demand(
    (value('binlog_row_image') ?? 'FULL').startsWith('FULL'),
    `The binary log tells rows in part only: binlog_row_image is “${value('binlog_row_image')}”.`,
    `SET GLOBAL binlog_row_image = 'FULL', and in the configuration. ${OTHERWISE}`,
  );
  demand(
    (value('binlog_row_value_options') ?? '') === '',
    'The binary log tells JSON in part only (binlog_row_value_options).',
    "SET GLOBAL binlog_row_value_options = '', and in the configuration.",
  );
  demand(
    value('binlog_transaction_compression') !== 'ON',
    'The binary log is compressed (binlog_transaction_compression), which Lockstep does not read.',
    `SET GLOBAL binlog_transaction_compression = OFF, and in the configuration. ${OTHERWISE}`,
  );
  demand(
    value('server_id') !== '0',
    'The server has no number (server_id is 0) and serves no replicas.',
    'SET GLOBAL server_id = 1, and in the configuration.',
  );
  demand(
    flavour === 'mariadb' || value('gtid_mode') === 'ON',
    `Transactions have no numbers: gtid_mode is “${value('gtid_mode')}”. By them Lockstep knows when it can read what the log has told.`,
    `Switch it on step by step, without a restart: enforce_gtid_consistency = ON, then gtid_mode = OFF_PERMISSIVE, ON_PERMISSIVE, ON. ${OTHERWISE}`,
  );
  const seconds = Number(value('binlog_expire_logs_seconds') ?? 0);
  const days = Number(value('expire_logs_days') ?? 0);
  const kept = seconds > 0 ? seconds : days * 24 * HOUR_S;
  demand(
    kept === 0 || kept >= 24 * HOUR_S,
    `The server deletes its binary log after ${Math.round((kept * 10) / HOUR_S) / 10} hours: what Lockstep has not read by then makes it read all rows again.`,
    'SET GLOBAL binlog_expire_logs_seconds = 604800 (a week), and in the configuration.',
  );
  return problems;
}

const logRow = z.object({ Binlog_Do_DB: z.string().nullish(), Binlog_Ignore_DB: z.string().nullish() });

function isLogged(
  schema: string,
  { Binlog_Do_DB: logged, Binlog_Ignore_DB: ignored }: z.infer<typeof logRow>,
) {
  const list = (text: string | null | undefined) => (text ?? '').split(',').filter((name) => name !== '');
  return (list(logged).length === 0 || list(logged).includes(schema)) && !list(ignored).includes(schema);
}

/** Reads the log's end as a replica would: that alone proves the right to. */
async function rightProblems(
  connection: MysqlConnection,
  stream: MysqlConnection,
  { mapping, serverId }: { mapping: SourceMapping; serverId: number },
  where: Where,
): Promise<SourceAdvice[]> {
  try {
    const place = await endOfLog(connection);
    const { flavour, version } = connection.server;
    const [told] = await connection.rows(
      flavour === 'mysql' && version >= 80_200 ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS',
    );
    const hidden = watchedBy(mapping).filter(
      ({ relation }) => told !== undefined && !isLogged(relation.schema, logRow.parse(told)),
    );
    await dumpBinlog(stream, {
      from: place,
      serverId,
      signal: AbortSignal.timeout(10_000),
      untilEnd: true,
      onEvent: () => undefined,
    });
    return hidden.map(({ relation }) => ({
      reason: `The binary log leaves the database “${relation.schema}” out (binlog_do_db, binlog_ignore_db).`,
      remedy: `Have it logged, and restart the server. ${OTHERWISE}`,
    }));
  } catch (error) {
    return [mysqlAdvice(error, where)];
  }
}

async function tableProblems(connection: MysqlConnection, mapping: SourceMapping): Promise<SourceAdvice[]> {
  const problems: SourceAdvice[] = [];
  for (const { relation, keyColumns } of watchedBy(mapping)) {
    try {
      if (await hasCascade(connection, relation))
        problems.push({ reason: `${CASCADE}: ${relation.schema}.${relation.name}.`, remedy: CASCADE_REMEDY });
      for (const column of await readKeyColumns(connection, relation, keyColumns))
        if (!isReadable(column))
          problems.push({
            reason: `The column “${column.name}” of ${relation.schema}.${relation.name} is of the type ${column.type}${column.charset === null ? '' : ` (${column.charset})`}, by which changes cannot be followed.`,
            remedy: 'Choose a whole number, a decimal, a text or a date as product key, or the scan.',
          });
    } catch (error) {
      if (!(error instanceof SourceTrouble)) throw error;
      problems.push(error.advice);
    }
  }
  return problems;
}

/** What is worth knowing, but stands in nobody's way. */
export const isWarning = ({ reason }: SourceAdvice) =>
  reason.startsWith(CASCADE) || reason.includes('deletes its binary log');

/** Empty: the log can be followed. `stream` is closed. */
export async function streamProblems(
  connection: MysqlConnection,
  stream: MysqlConnection,
  terms: { mapping: SourceMapping; serverId: number },
  where: Where,
): Promise<SourceAdvice[]> {
  const settings = await settingProblems(connection);
  const isWritten = !settings.some(({ reason }) => reason.includes('log_bin'));
  const rights = isWritten ? await rightProblems(connection, stream, terms, where) : [];
  stream.close();
  return [...settings, ...rights, ...(await tableProblems(connection, terms.mapping))];
}

async function outboxProblems(connection: MysqlConnection, sourceId: string): Promise<SourceAdvice[]> {
  const { schema } = externalNames(sourceId);
  try {
    const table = `${quoteName(schema)}.\`outbox\``;
    await connection.rows(`SELECT id FROM ${table} LIMIT 1`);
    // Finds nothing, and fails where the right is missing.
    await connection.change(`DELETE FROM ${table} WHERE id = 0`);
    return [];
  } catch (error) {
    if (!(error instanceof Error && 'errno' in error)) throw error;
    return [
      {
        reason: `The table “${schema}.outbox” is not there yet, or the user may not read and delete from it.`,
        remedy: 'Run the script, then check again.',
      },
    ];
  }
}

async function scanProblems(
  connection: MysqlConnection,
  mapping: SourceMapping,
  scanColumn: string | null,
): Promise<SourceAdvice[]> {
  const relation = await describeRelation(connection, mapping.relation);
  const column = relation?.columns.find(({ name }) => name === scanColumn);
  return column === undefined || /^(timestamp|datetime|date)\b/.test(column.type)
    ? []
    : [
        {
          reason: `The column “${column.name}” is of the type ${column.type} and tells no time.`,
          remedy: 'Choose a column of the type TIMESTAMP or DATETIME.',
        },
      ];
}

/** What stands against following in another way than by the log. */
export function otherProblems(
  connection: MysqlConnection,
  terms: {
    sourceId: string;
    mapping: SourceMapping;
    mode: Exclude<SourceMode, 'stream'>;
    scanColumn: string | null;
  },
): Promise<SourceAdvice[]> {
  return terms.mode === 'outbox'
    ? outboxProblems(connection, terms.sourceId).then(async (problems) => [
        ...problems,
        ...(await tableProblems(connection, terms.mapping)),
      ])
    : scanProblems(connection, terms.mapping, terms.scanColumn);
}
