/** The databases that answer the port, by kind. */
import type { DatabaseKind } from '~/core/database-kind';
import type { SourceAdvice, Where } from './external-advice';
import type { ExternalAddress, ExternalDatabase } from './external-database';
import { mysqlAdvice } from './mysql/mysql-advice';
import { mysqlDatabase } from './mysql/mysql-database';
import { postgresAdvice } from './postgres/postgres-advice';
import { postgresDatabase } from './postgres/postgres-database';

interface Kind {
  /** Nothing is opened yet. */
  database: (address: ExternalAddress) => ExternalDatabase;
  /** What an error means, and what to do. */
  advice: (error: unknown, where: Where) => SourceAdvice;
}

export const externalKinds: Record<DatabaseKind, Kind> = {
  postgresql: { database: postgresDatabase, advice: postgresAdvice },
  mysql: { database: mysqlDatabase, advice: mysqlAdvice },
};
