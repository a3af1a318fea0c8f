/** A merchant's own database: one more in the test server, with a table that is nothing like the catalog's. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { setUpScript } from '~/catalog/postgres/postgres-scripts';
import type { ScriptTerms } from '~/catalog/postgres/postgres-scripts';
import { describeRelation } from '~/catalog/postgres/postgres-tables';
import { watchedBy } from '~/core/source-mapping';
import { suggestMapping } from '~/core/suggest-mapping';
import type { SourceMapping } from '~/core/source-mapping';
import { waitFor } from './wait-for';

export interface ExternalDatabase {
  /** As its owner. */
  client: pg.Client;
  url: URL;
  /** The role that Lockstep connects as. */
  role: string;
  password: string;
  close(): Promise<void>;
}

const PASSWORD = 'Zebra crossing 42';

/** A database with a table shop.article: a row a variant, prices in cents, a code with a quote in its name. */
export async function createExternalDatabase(options: {
  products: number;
  variants: number;
}): Promise<ExternalDatabase> {
  const name = `merchant_${randomUUID().slice(0, 8)}`;
  const role = `reader_${randomUUID().slice(0, 8)}`;
  const administer = async (sql: string) => {
    const client = new pg.Client({ connectionString: inject('postgresUrl') });
    await client.connect();
    try {
      await client.query(sql);
    } finally {
      await client.end();
    }
  };
  await administer(`CREATE DATABASE "${name}"`);
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  const client = new pg.Client({ connectionString: url.href });
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`
    CREATE SCHEMA shop;
    CREATE TABLE shop.article (
      style text NOT NULL, sku text NOT NULL, title text, "bra""nd" text, price_cents bigint, size text, color text,
      stock integer, tags text[], state text, body text, internal_note text, updated_at timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (style, sku)
    );`);
  await fillArticles(client, options);
  return {
    client,
    url,
    role,
    password: PASSWORD,
    close: async () => {
      await client.end();
      await waitFor('the merchant’s database can be dropped', async () => {
        try {
          await administer(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
          return true;
        } catch (error) {
          if (!String(error).includes('replication slot')) throw error;
          await administer(
            `SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE database = '${name}' AND NOT active`,
          );
          return false;
        }
      });
      await administer(`DROP ROLE IF EXISTS "${role}"`);
    },
  };
}

/** Styles of `variants` rows each, numbered on from `from`. */
export async function fillArticles(
  client: pg.Client,
  { products, variants, from = 1 }: { products: number; variants: number; from?: number },
): Promise<void> {
  await client.query(
    `INSERT INTO shop.article (style, sku, title, "bra""nd", price_cents, size, color, stock, tags, state, body)
     SELECT 'ST-' || p, 'ST-' || p || '-' || v, 'Tent ' || p, 'Müller & Söhne', 1000 + p % 500 + v, 'Size ' || v,
       'Green', (p + v) % 40, ARRAY['outdoor', 'p' || p % 7], CASE WHEN p % 50 = 0 THEN 'hidden' ELSE 'on sale' END,
       'Line one' || chr(10) || 'and <two> of ' || p
     FROM generate_series($1::int, $2::int) p, generate_series(1, $3::int) v`,
    [from, from + products - 1, variants],
  );
}

/** The mapping a merchant would make of shop.article. */
export async function articleMapping(client: pg.Client): Promise<SourceMapping> {
  const relation = await describeRelation(client, { schema: 'shop', name: 'article' });
  if (relation === null) throw new Error('There is no shop.article.');
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

/** Runs what the script for the DBA says, word for word but for the password. */
export async function runScript(
  { client, role, url }: ExternalDatabase,
  terms: Pick<ScriptTerms, 'sourceId' | 'mode' | 'mapping'> & {
    scanColumn?: string | null;
    writes?: string[];
  },
): Promise<void> {
  const described = await Promise.all(
    watchedBy(terms.mapping).map(({ relation }) => describeRelation(client, relation)),
  );
  const script = setUpScript({
    scanColumn: null,
    writes: [],
    ...terms,
    database: url.pathname.slice(1),
    username: role,
    watched: described.flatMap((one) => one ?? []),
    serverVersion: 180_000,
  });
  const [known] = (await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [role])).rows;
  const lines = script.replace("'choose a long password'", `'${PASSWORD}'`).replaceAll('CONCURRENTLY ', '');
  await client.query(known === undefined ? lines : lines.replace(/CREATE ROLE[^;]*;/, ''));
}

/** Exists before the mapping does: whoever connects first needs a role that may log in. */
export async function createRole({ client, role }: ExternalDatabase): Promise<void> {
  await client.query(`CREATE ROLE "${role}" LOGIN REPLICATION PASSWORD '${PASSWORD}'`);
  await client.query(`GRANT USAGE ON SCHEMA shop TO "${role}"; GRANT SELECT ON shop.article TO "${role}"`);
}
