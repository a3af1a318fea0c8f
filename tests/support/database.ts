import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { openDatabase } from '~/db/client.server';
import type { Database } from '~/db/client.server';
import { waitFor } from './wait-for';

export interface TestDatabase {
  url: string;
  db: Database;
  /** Closes `db` and removes the database, open connections of others included. */
  drop(): Promise<void>;
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A database of its own with every table, empty. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(`CREATE DATABASE "${name}" TEMPLATE "${inject('templateDatabase')}"`);
  const address = new URL(inject('postgresUrl'));
  address.pathname = `/${name}`;
  const db = openDatabase(address.href, 5);
  return {
    url: address.href,
    db,
    drop: async () => {
      await db.$disconnect();
      // Whoever followed its changes may be on the way out: an active slot keeps the database.
      await waitFor('nobody follows the database', () =>
        administer(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`).then(
          () => true,
          (error: unknown) => {
            if (String(error).includes('active logical replication slot')) return false;
            throw error;
          },
        ),
      );
    },
  };
}
