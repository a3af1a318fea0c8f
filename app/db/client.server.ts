import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '#generated/prisma/client';

export type Database = PrismaClient;
/** What a repository function takes: the client, or the transaction it is called in. */
export type Queryable = Omit<Database, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends'>;

/** Our statements are many and short: compiling them, or starting helpers for them, takes longer than running them. */
const SETTINGS = '-c jit=off -c max_parallel_workers_per_gather=0';

/**
 * Opens a pool of at most `poolSize` connections to PostgreSQL; `$disconnect()` closes it. Half of them stay open: after a
 * quiet time the first change would otherwise wait for new connections, whose caches are empty.
 */
export function openDatabase(url: string, poolSize = 20): Database {
  return new PrismaClient({
    adapter: new PrismaPg({
      connectionString: url,
      max: poolSize,
      min: poolSize / 2,
      options: SETTINGS,
    }),
  });
}
