/** A merchant's own database of either kind, with a table shop.article that is nothing like the catalog's. */
import { randomUUID } from 'node:crypto';
import type { RowDataPacket } from 'mysql2/promise';
import type { ExternalDatabase as Port } from '~/catalog/external-database';
import { mysqlDatabase } from '~/catalog/mysql/mysql-database';
import { mysqlScript } from '~/catalog/mysql/mysql-scripts';
import { postgresDatabase } from '~/catalog/postgres/postgres-database';
import type { DatabaseKind } from '~/core/database-kind';
import { watchedBy } from '~/core/source-mapping';
import type { Relation, RelationDescription, SourceMapping } from '~/core/source-mapping';
import type { SourceMode } from '~/core/source-mode';
import { suggestMapping } from '~/core/suggest-mapping';
import {
  createExternalDatabase,
  createRole,
  fillArticles,
  runScript as runPostgresScript,
} from './external-database';
import type { OwnMariaDb } from './own-mariadb';

export interface MerchantLogin {
  kind: DatabaseKind;
  host: string;
  port: number;
  database: string;
  username: string;
  password: string;
  tls: 'off';
  authority: null;
}

export interface ScriptChoice {
  sourceId: string;
  mode: SourceMode;
  mapping: SourceMapping;
  scanColumn?: string | null;
  writes?: string[];
}

export interface Merchant {
  login: MerchantLogin;
  /** As Lockstep sees it. */
  port: Port;
  /** The schema, or what MySQL calls a database. */
  schema: string;
  /** As its owner. In a name, "article" is the table. */
  run(sql: string): Promise<void>;
  rows(sql: string): Promise<Record<string, unknown>[]>;
  /** Rows of `variants` each, numbered on from `from`. */
  fill(options: { products: number; variants: number; from?: number }): Promise<void>;
  describe(name: string): Promise<RelationDescription>;
  mapping(): Promise<SourceMapping>;
  /** Runs what the script for the DBA says, word for word but for the password. */
  runScript(choice: ScriptChoice): Promise<void>;
  close(): Promise<void>;
}

const PASSWORD = 'Zebra crossing 42';

export function articleMappingOf(relation: RelationDescription): SourceMapping {
  const suggested = suggestMapping(relation);
  return {
    ...suggested,
    product: {
      ...suggested.product,
      vendor: { column: 'bra"nd', otherwise: null, transform: { kind: 'text', trim: true } },
      descriptionHtml: { column: 'body', otherwise: null, transform: { kind: 'plain-text' } },
      status: {
        column: 'state',
        otherwise: 'on sale',
        transform: { kind: 'words', words: { 'on sale': 'ACTIVE', hidden: 'DRAFT' } },
      },
    },
  };
}

async function described(port: Port, relation: Relation): Promise<RelationDescription> {
  const connection = await port.open();
  try {
    const found = await connection.describeRelation(relation);
    if (found === null) throw new Error(`There is no ${relation.schema}.${relation.name}.`);
    return found;
  } finally {
    await connection.close();
  }
}

export async function postgresMerchant(options: { products: number; variants: number }): Promise<Merchant> {
  const external = await createExternalDatabase(options);
  await createRole(external);
  const { url, role, password, client } = external;
  const login: MerchantLogin = {
    kind: 'postgresql',
    host: url.hostname,
    port: Number(url.port),
    database: url.pathname.slice(1),
    username: role,
    password,
    tls: 'off',
    authority: null,
  };
  const port = postgresDatabase({ ...login, address: login.host });
  const describe = (name: string) => described(port, { schema: 'shop', name });
  return {
    login,
    port,
    schema: 'shop',
    run: async (sql) => void (await client.query(sql)),
    rows: async (sql) => (await client.query(sql)).rows,
    fill: (more) => fillArticles(client, more),
    describe,
    mapping: async () => articleMappingOf(await describe('article')),
    runScript: (choice) => runPostgresScript(external, choice),
    close: external.close,
  };
}

/** Rows of MySQL and MariaDB: sequences of numbers come from a recursive query. */
const fillSql = (
  schema: string,
  { products, variants, from = 1 }: { products: number; variants: number; from?: number },
) => `
  SET SESSION max_recursive_iterations = 1000000;
  INSERT INTO \`${schema}\`.article (style, sku, title, \`bra"nd\`, price_cents, size, color, stock, tags, state, body)
  WITH RECURSIVE p AS (SELECT ${from} AS n UNION ALL SELECT n + 1 FROM p WHERE n < ${from + products - 1}),
    v AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM v WHERE n < ${variants})
  SELECT CONCAT('ST-', p.n), CONCAT('ST-', p.n, '-', v.n), CONCAT('Tent ', p.n), 'Müller & Söhne', 1000 + p.n % 500 + v.n,
    CONCAT('Size ', v.n), 'Green', (p.n + v.n) % 40, JSON_ARRAY('outdoor', CONCAT('p', p.n % 7)),
    IF(p.n % 50 = 0, 'hidden', 'on sale'), CONCAT('Line one\\n', 'and <two> of ', p.n)
  FROM p CROSS JOIN v`;

export async function mariaDbMerchant(
  server: OwnMariaDb,
  options: { products: number; variants: number },
): Promise<Merchant> {
  const short = randomUUID().slice(0, 8);
  const schema = `shop_${short}`;
  const username = `reader_${short}`;
  let owner = await server.connect();
  owner.on('error', () => undefined);
  const ask = async (sql: string): Promise<RowDataPacket[]> => {
    try {
      return (await owner.query<RowDataPacket[]>(sql))[0];
    } catch (error) {
      if (!/closed state|Connection lost/.test(String(error))) throw error;
      // The server was killed on purpose.
      owner = await server.connect();
      owner.on('error', () => undefined);
      await owner.query(`USE \`${schema}\``);
      return (await owner.query<RowDataPacket[]>(sql))[0];
    }
  };
  await ask(`
    CREATE DATABASE \`${schema}\`; USE \`${schema}\`;
    CREATE TABLE article (
      style varchar(64) NOT NULL, sku varchar(64) NOT NULL, title varchar(255), \`bra"nd\` varchar(255) CHARACTER SET latin1,
      price_cents bigint, size varchar(40), color varchar(40), stock int, tags json, state varchar(40), body text,
      internal_note text, updated_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6), PRIMARY KEY (style, sku)
    );
    CREATE USER \`${username}\`@'%' IDENTIFIED BY '${PASSWORD}';
    GRANT SELECT ON article TO \`${username}\`@'%';
    ${fillSql(schema, options)}`);
  const login: MerchantLogin = {
    kind: 'mysql',
    host: server.host,
    port: server.port,
    database: schema,
    username,
    password: PASSWORD,
    tls: 'off',
    authority: null,
  };
  const port = mysqlDatabase({ ...login, address: login.host });
  const describe = (name: string) => described(port, { schema, name });
  return {
    login,
    port,
    schema,
    run: async (sql) => void (await ask(sql)),
    rows: ask,
    fill: async (more) => void (await ask(fillSql(schema, more))),
    describe,
    mapping: async () => articleMappingOf(await describe('article')),
    runScript: async (choice) => {
      // Tables behind a view may not be visible before the script has run.
      const watched: RelationDescription[] = [];
      const connection = await port.open();
      for (const { relation } of watchedBy(choice.mapping)) {
        const found = await connection.describeRelation(relation);
        if (found !== null) watched.push(found);
      }
      await connection.close();
      const script = mysqlScript({ scanColumn: null, writes: [], ...choice, username, watched });
      await ask(script.replace(/CREATE USER[^;]*;/, ''));
    },
    close: async () => {
      await ask(`DROP DATABASE \`${schema}\`; DROP USER \`${username}\`@'%'`);
      const own = await ask("SHOW DATABASES LIKE 'lockstep\\_%'");
      for (const row of own) await ask(`DROP DATABASE \`${Object.values(row)[0]}\``);
      await owner.end();
    },
  };
}
