/** What the use cases ask of a merchant's database, asked of each kind. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FollowTerms, FollowWay } from '~/catalog/external-database';
import { RereadEverything } from '~/catalog/external-database';
import { keyText, writableColumns } from '~/core/source-mapping';
import type { SourceMapping, SourceRow } from '~/core/source-mapping';
import type { SourceMode } from '~/core/source-mode';
import { mariaDbMerchant, postgresMerchant } from '../support/merchant-database';
import type { Merchant } from '../support/merchant-database';
import { ownMariaDb } from '../support/own-mariadb';
import type { OwnMariaDb } from '../support/own-mariadb';
import { waitFor } from '../support/wait-for';

const SIZE = { products: 6, variants: 2 };
const SOURCE = '12345678-1234-4234-8234-123456789012';

let mariaDb: OwnMariaDb | null = null;
afterAll(() => mariaDb?.remove());

const kinds = {
  postgresql: {
    prepare: () => Promise.resolve(),
    open: () => postgresMerchant(SIZE),
    /** A decimal, a whole number beyond 2^53, a truth, an instant, JSON, and a text that is not UTF-8 in the table. */
    exact: `CREATE TABLE shop.exact (id bigint PRIMARY KEY, amount numeric(30,10), huge bigint, is_on boolean, at timestamptz, list jsonb, word text);
      INSERT INTO shop.exact VALUES (9007199254740993, 12345678901234567890.1234567891, -9223372036854775808, true, '2026-03-29 02:30:00+02', '["a", "b"]', 'Süß')`,
    instant: /^2026-03-29 00:30:00\+00|^2026-03-29T00:30:00/,
  },
  mysql: {
    prepare: async () => {
      // Its DATETIMEs are of another zone than ours.
      mariaDb ??= await ownMariaDb(['--default-time-zone=+05:00']);
    },
    open: () => {
      if (mariaDb === null) throw new Error('There is no MariaDB.');
      return mariaDbMerchant(mariaDb, SIZE);
    },
    exact: `SET time_zone = '+02:00';
      CREATE TABLE exact (id bigint PRIMARY KEY, amount decimal(30,10), huge bigint, is_on tinyint(1), at timestamp NULL, list json, word varchar(20) CHARACTER SET latin1);
      INSERT INTO exact VALUES (9007199254740993, 12345678901234567890.1234567891, -9223372036854775808, true, '2026-03-29 02:30:00', '["a", "b"]', 'Süß')`,
    instant: /^2026-03-29T00:30:00Z$/,
  },
};

describe.each(Object.entries(kinds))('%s', (kind, { prepare, open, exact, instant }) => {
  let merchant: Merchant;
  const stops: (() => Promise<void>)[] = [];
  beforeAll(prepare);
  beforeEach(async () => {
    merchant = await open();
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
    await merchant.port.letGo(SOURCE);
    await merchant.close();
  });

  const begin = async (mapping: SourceMapping, mode: SourceMode) => {
    const snapshot = await merchant.port.beginSnapshot({
      sourceId: SOURCE,
      mapping,
      relation: await merchant.describe(mapping.relation.name),
      mode,
      batch: 5,
      signal: new AbortController().signal,
    });
    const rows: SourceRow[] = [];
    try {
      expect(await snapshot.count()).toBeGreaterThan(0);
      for (let next = await snapshot.next(); next.length > 0; next = await snapshot.next()) {
        expect(next.length).toBeLessThanOrEqual(5);
        rows.push(...next);
      }
    } finally {
      await snapshot.end();
    }
    return { rows, position: snapshot.position };
  };

  /** Follows in the background; `seen` is emptied by whoever looks. */
  const follow = (mapping: SourceMapping, way: FollowWay, more: Partial<FollowTerms> = {}) => {
    const stopping = new AbortController();
    const following = { seen: new Set<string>(), position: null as string | null, isAlive: false };
    const ended = merchant.port
      .follow({
        sourceId: SOURCE,
        mapping,
        way,
        signal: stopping.signal,
        now: () => new Date(),
        onAlive: () => (following.isAlive = true),
        onKeys: async (keys) => keys.forEach((key) => following.seen.add(key)),
        onPosition: async (position) => void (following.position = position),
        onUnseen: () => undefined,
        ...more,
      })
      .then(
        () => null,
        (error: unknown) => error,
      );
    const stop = async () => {
      stopping.abort(new Error('The test is over.'));
      await ended;
    };
    stops.push(stop);
    return {
      following,
      ended,
      stop,
      sees: async (...keys: string[]) => {
        await waitFor(`${keys.join(', ')} is told of`, () => keys.every((key) => following.seen.has(key)));
        const seen = [...following.seen].sort();
        following.seen.clear();
        return seen;
      },
    };
  };

  it('lists and describes tables and views', async () => {
    const view = `${merchant.schema}.offer`;
    await merchant.run(`CREATE VIEW ${view} AS SELECT style, title FROM ${merchant.schema}.article`);
    await merchant.run(
      kind === 'mysql'
        ? `GRANT SELECT ON ${view} TO \`${merchant.login.username}\`@'%'`
        : `GRANT SELECT ON ${view} TO "${merchant.login.username}"`,
    );
    const connection = await merchant.port.open();
    try {
      expect(await connection.listRelations()).toEqual([
        { schema: merchant.schema, name: 'article', kind: 'table' },
        { schema: merchant.schema, name: 'offer', kind: 'view' },
      ]);
      expect(await connection.describeRelation({ schema: merchant.schema, name: 'nothing' })).toBe(null);
    } finally {
      await connection.close();
    }
    const article = await merchant.describe('article');
    expect(article).toMatchObject({ kind: 'table', primaryKey: ['style', 'sku'] });
    expect(article.columns.map(({ name }) => name)).toContain('bra"nd');
    const tags = article.columns.find(({ name }) => name === 'tags');
    expect(tags?.isArray === true || tags?.type === 'json').toBe(true);
    expect(await merchant.describe('offer')).toMatchObject({ kind: 'view' });
    expect(await merchant.mapping()).toMatchObject({
      productKey: ['style'],
      product: { tags: { transform: { kind: 'json-list' } } },
      variant: { price: { column: 'price_cents', transform: { kind: 'minor-units' } } },
    });
  });

  it('reads every value exactly, as text', async () => {
    await merchant.run(exact);
    await merchant.run(
      kind === 'mysql'
        ? `GRANT SELECT ON exact TO \`${merchant.login.username}\`@'%'`
        : `GRANT SELECT ON shop.exact TO "${merchant.login.username}"`,
    );
    const relation = await merchant.describe('exact');
    const rule = (column: string) => ({
      column,
      otherwise: null,
      transform: { kind: 'text', trim: false } as const,
    });
    const mapping: SourceMapping = {
      ...(await merchant.mapping()),
      relation: { schema: merchant.schema, name: 'exact' },
      productKey: ['id'],
      variantKey: [],
      product: { title: rule('word'), tags: rule('list'), published: rule('is_on'), vendor: rule('at') },
      variant: { price: rule('amount'), sku: rule('huge') },
      options: [],
      quantities: [],
      metafields: [],
    };
    const connection = await merchant.port.open();
    try {
      const [row] = await connection.readFirstRows(mapping, relation, 20);
      expect(row).toMatchObject({
        id: '9007199254740993',
        amount: '12345678901234567890.1234567891',
        huge: '-9223372036854775808',
        word: 'Süß',
      });
      expect(['true', '1']).toContain(row?.['is_on']);
      expect(JSON.parse(row?.['list'] ?? '')).toEqual(['a', 'b']);
      if (kind === 'mysql') expect(row?.['at']).toMatch(instant);
      const found = await connection.readRowsOf(mapping, relation, ['9007199254740993', '9007199254740992']);
      expect([...found].map(([key, rows]) => [key, rows.length])).toEqual([
        ['9007199254740993', 1],
        ['9007199254740992', 0],
      ]);
    } finally {
      await connection.close();
    }
  });

  it.each(['stream', 'outbox', 'scan'] as const)(
    'is checked for the %s: the script gives all that is needed',
    async (mode) => {
      const mapping = await merchant.mapping();
      const terms = {
        sourceId: SOURCE,
        mapping,
        mode,
        scanColumn: 'updated_at',
        writes: writableColumns(mapping),
      };
      const before = await merchant.port.check(terms);
      if (mode !== 'scan') expect(before.problems).not.toEqual([]);
      for (const { reason, remedy } of before.problems)
        expect(`${reason} ${remedy}`).toMatch(/REPLICATION|script|publication|grant/i);
      await merchant.runScript({
        sourceId: SOURCE,
        mode,
        mapping,
        scanColumn: 'updated_at',
        writes: writableColumns(mapping),
      });
      expect((await merchant.port.check(terms)).problems).toEqual([]);
    },
  );

  it('streams from the snapshot on: inserts, updates, deletes, rows that change their product; and again from where it was', async () => {
    const mapping = await merchant.mapping();
    const table = `${merchant.schema}.article`;
    await merchant.runScript({ sourceId: SOURCE, mode: 'stream', mapping });
    const { rows, position } = await begin(mapping, 'stream');
    expect(rows.map((row) => row['sku'])).toEqual(
      [1, 2, 3, 4, 5, 6].flatMap((n) => [`ST-${n}-1`, `ST-${n}-2`]),
    );
    await merchant.run(`UPDATE ${table} SET price_cents = 1 WHERE style = 'ST-1'`);
    const first = follow(mapping, { mode: 'stream', from: position });
    expect(await first.sees('ST-1')).toEqual(['ST-1']);
    await merchant.run(`DELETE FROM ${table} WHERE sku = 'ST-2-1'`);
    expect(await first.sees('ST-2')).toEqual(['ST-2']);
    await merchant.run(`UPDATE ${table} SET style = 'Übung' WHERE sku = 'ST-3-1'`);
    expect(await first.sees('ST-3', 'Übung')).toEqual(['ST-3', 'Übung']);
    await merchant.fill({ products: 2, variants: 2, from: 50 });
    await first.sees('ST-50', 'ST-51');
    await waitFor('its place is kept', () => kind === 'postgresql' || first.following.position !== position);
    await first.stop();
    expect(await first.ended).toBe(null);

    await merchant.run(`UPDATE ${table} SET title = 'Later' WHERE style = 'ST-6'`);
    const second = follow(mapping, { mode: 'stream', from: first.following.position });
    expect(await second.sees('ST-6')).not.toContain('ST-1');
    // All of a transaction that is taken back is nothing.
    await merchant.run(`BEGIN; UPDATE ${table} SET title = 'Never' WHERE style = 'ST-4'; ROLLBACK`);
    await merchant.run(`UPDATE ${table} SET title = 'Last' WHERE style = 'ST-5'`);
    expect(await second.sees('ST-5')).toEqual(['ST-5']);
    await merchant.run(`TRUNCATE TABLE ${table}`);
    expect(await second.ended).toBeInstanceOf(RereadEverything);
  });

  it('what was not taken over when it was cut off comes again', async () => {
    const mapping = await merchant.mapping();
    const table = `${merchant.schema}.article`;
    await merchant.runScript({ sourceId: SOURCE, mode: 'stream', mapping });
    const { position } = await begin(mapping, 'stream');
    await merchant.run(`UPDATE ${table} SET price_cents = 1 WHERE style = 'ST-1'`);
    const broken = follow(
      mapping,
      { mode: 'stream', from: position },
      { onKeys: () => Promise.reject(new Error('The catalog is away.')) },
    );
    expect(String(await broken.ended)).toMatch(/catalog is away/);
    expect(broken.following.position).toBe(null);
    const again = follow(mapping, { mode: 'stream', from: position });
    await again.sees('ST-1');
  });

  it('what the stream tells of can be read: no row is read as it was before', async () => {
    const mapping = await merchant.mapping();
    const relation = await merchant.describe('article');
    await merchant.runScript({ sourceId: SOURCE, mode: 'stream', mapping });
    const { position } = await begin(mapping, 'stream');
    const reader = await merchant.port.open();
    const told: string[] = [];
    const followed = follow(
      mapping,
      { mode: 'stream', from: position },
      {
        onKeys: async (keys) => {
          const found = await reader.readRowsOf(mapping, relation, keys);
          told.push(found.get('ST-1')?.[0]?.['price_cents'] ?? '');
        },
      },
    );
    try {
      for (let price = 1; price <= 60; price += 1) {
        await merchant.run(
          `UPDATE ${merchant.schema}.article SET price_cents = ${price} WHERE style = 'ST-1'`,
        );
        await waitFor(`price ${price} is read`, () => told.at(-1) === String(price), { everyMs: 1 });
      }
    } finally {
      await followed.stop();
      await reader.close();
    }
  });

  it('follows an outbox, with a key of several columns, too', async () => {
    const mapping = { ...(await merchant.mapping()), productKey: ['style', 'sku'], options: [] };
    const table = `${merchant.schema}.article`;
    await merchant.runScript({ sourceId: SOURCE, mode: 'outbox', mapping });
    const followed = follow(mapping, { mode: 'outbox' });
    const key = (style: string, sku: string) => keyText(['style', 'sku'], { style, sku }) ?? '';
    await merchant.run(`UPDATE ${table} SET price_cents = 1 WHERE sku = 'ST-1-1'`);
    await merchant.run(`DELETE FROM ${table} WHERE sku = 'ST-2-1'`);
    await merchant.run(`UPDATE ${table} SET style = 'a "b" ü' WHERE sku = 'ST-3-1'`);
    await merchant.fill({ products: 1, variants: 1, from: 9 });
    expect(
      await followed.sees(
        key('ST-1', 'ST-1-1'),
        key('ST-2', 'ST-2-1'),
        key('ST-3', 'ST-3-1'),
        key('a "b" ü', 'ST-3-1'),
        key('ST-9', 'ST-9-1'),
      ),
    ).toHaveLength(5);
    const outbox = `lockstep_${SOURCE.replaceAll('-', '').slice(0, 12)}.outbox`;
    await waitFor(
      'the outbox is empty',
      async () => (await merchant.rows(`SELECT id FROM ${outbox}`)).length === 0,
    );
  });

  it('scans for dates, sees each once, and asks for all rows after a day', async () => {
    const mapping = await merchant.mapping();
    const table = `${merchant.schema}.article`;
    const hourAgo = kind === 'mysql' ? 'NOW(6) - INTERVAL 1 HOUR' : "now() - interval '1 hour'";
    await merchant.run(`UPDATE ${table} SET updated_at = ${hourAgo}`);
    await merchant.runScript({ sourceId: SOURCE, mode: 'scan', mapping, scanColumn: 'updated_at' });
    const { position } = await begin(mapping, 'scan');
    expect(position).not.toBe(null);
    const way = { mode: 'scan', column: 'updated_at', from: position } as const;
    const followed = follow(mapping, { ...way, rereadAt: new Date(Date.now() + 3_600_000) });
    await merchant.run(
      `UPDATE ${table} SET price_cents = 1, updated_at = CURRENT_TIMESTAMP WHERE style = 'ST-1'`,
    );
    expect(await followed.sees('ST-1')).toEqual(['ST-1']);
    await merchant.run(
      `UPDATE ${table} SET price_cents = 2, updated_at = CURRENT_TIMESTAMP WHERE style = 'ST-2'`,
    );
    expect(await followed.sees('ST-2')).toEqual(['ST-2']);
    await followed.stop();
    const late = follow(mapping, { ...way, rereadAt: new Date(0) });
    expect(await late.ended).toBeInstanceOf(RereadEverything);
  });

  it('writes a column only over what was known of it', async () => {
    const mapping = await merchant.mapping();
    const relation = await merchant.describe('article');
    const table = `${merchant.schema}.article`;
    await merchant.runScript({ sourceId: SOURCE, mode: 'scan', mapping, writes: writableColumns(mapping) });
    const connection = await merchant.port.open();
    const keys = { style: 'ST-1', sku: 'ST-1-1' };
    const write = (column: string, known: string | null, text: string | null) =>
      connection.writeColumn(relation, { kind: 'write', column, known, text, keys });
    try {
      expect(await write('price_cents', '1002', '1500')).toEqual({ result: 'written', text: '1500' });
      // The answer was lost: the same write finds its own text.
      expect(await write('price_cents', '1002', '1500')).toEqual({ result: 'written', text: '1500' });
      expect(await write('price_cents', '1002', '1600')).toEqual({ result: 'moved' });
      // A collation calls them the same; they are not.
      expect(await write('title', 'TENT 1', 'Other')).toEqual({ result: 'moved' });
      expect(await write('title', 'Tent 1', "O'Neill \\ “ß”")).toEqual({
        result: 'written',
        text: "O'Neill \\ “ß”",
      });
      expect(await write('title', "O'Neill \\ “ß”", null)).toEqual({ result: 'written', text: null });
      expect(await write('title', null, 'Back')).toEqual({ result: 'written', text: 'Back' });
      const first = (await connection.readRowsOf(mapping, relation, ['ST-1'])).get('ST-1')?.[0];
      expect(await write('tags', first?.['tags'] ?? null, '["a","b"]')).toMatchObject({ result: 'written' });
      const again = (await connection.readRowsOf(mapping, relation, ['ST-1'])).get('ST-1')?.[0];
      expect(JSON.parse(again?.['tags'] ?? '')).toEqual(['a', 'b']);
      const others = await merchant.rows(`SELECT title FROM ${table} WHERE sku = 'ST-1-2'`);
      expect(others).toEqual([{ title: 'Tent 1' }]);
    } finally {
      await connection.close();
    }
  });

  it('says what is wrong with a login', async () => {
    const { externalKinds } = await import('~/catalog/database-kinds');
    const { database, advice } = externalKinds[merchant.login.kind];
    const told = async (changes: Partial<Merchant['login']>) => {
      const login = { ...merchant.login, ...changes };
      try {
        await (await database({ ...login, address: login.host }).open()).close();
        return '';
      } catch (error) {
        const { reason, remedy } = advice(error, login);
        return `${reason} ${remedy}`;
      }
    };
    expect(await told({ password: 'wrong' })).toMatch(/password/);
    expect(await told({ database: 'nowhere' })).toMatch(/nowhere/);
    expect(await told({ port: 1 })).toMatch(/refuses connections on port 1/);
    expect(await told({})).toBe('');
  });
});
